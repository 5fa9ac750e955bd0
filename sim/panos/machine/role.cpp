#include "sim/panos/machine/role.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

struct Named {
    RoleKind kind;
    std::string_view name;  // of the option and of the element
};

constexpr std::array role_names{Named{RoleKind::superuser, "superuser"},
                                Named{RoleKind::superreader, "superreader"},
                                Named{RoleKind::device_admin, "deviceadmin"},
                                Named{RoleKind::device_reader, "devicereader"},
                                Named{RoleKind::vsys_admin, "vsysadmin"},
                                Named{RoleKind::vsys_reader, "vsysreader"},
                                Named{RoleKind::custom, "custom"}};

constexpr std::string_view users_path = "/config/mgt-config";

Right right_of(std::string_view text) {
    return text == "enable" || text == "yes" ? Right::write : text == "read-only" ? Right::read : Right::none;
}

// The rights of the profile's device or vsys half; elements that are not there give none.
void read_profile(Role& role, const NodePtr& running) {
    const NodePtr profiles = node_at(running, std::vector<std::string>{"shared", "admin-role"});
    const NodePtr profile = profiles ? profiles->child_ptr("entry", role.profile) : nullptr;
    const NodePtr halves = profile ? profile->child_ptr("role") : nullptr;
    if (!halves) {
        return;
    }
    for (const std::string_view half : {"device", "vsys"}) {
        const NodePtr rights = halves->child_ptr(half);
        if (!rights) {
            continue;
        }
        if (const Node* xmlapi = rights->child("xmlapi")) {
            xmlapi->children().each([&role](const Child& each) {
                role.xmlapi[each.node->tag()] = right_of(each.node->value());
                return true;
            });
        }
        if (const Node* restapi = rights->child("restapi")) {
            restapi->children().each([&role](const Child& part) {
                part.node->children().each([&](const Child& each) {
                    role.restapi[part.node->tag() + '/' + each.node->tag()] = right_of(each.node->value());
                    return true;
                });
                return true;
            });
        }
    }
}

void read_members(const Node& list, std::set<std::string>& into) {
    list.children().each([&into](const Child& each) {
        if (each.node->tag() == "member") {
            into.insert(each.node->value());
        } else {
            read_members(*each.node, into);
        }
        return true;
    });
}

// Of `request` what only tells ("license info", "system software check") and no secret, of `set` what is the session's
// own.
bool command_only_reads(const Element& command) {
    static constexpr std::array<std::string_view, 4> telling{"info", "check", "show", "stats"};
    std::vector<std::string_view> words{command.name};
    for (const Element* at = &command; !at->children.empty();) {
        at = &at->children.front();
        words.emplace_back(at->name);
    }
    const std::string_view verb = words.front();
    if (verb == "request") {
        const bool secret = std::find(words.begin(), words.end(), "api-key") != words.end();
        return !secret && std::find_first_of(words.begin(), words.end(), telling.begin(), telling.end()) != words.end();
    }
    if (verb == "set") {
        return words.size() > 1 && (words[1] == "cli" || words.back() == "target-vsys");
    }
    return verb == "show" || verb == "test" || verb == "check" || verb == "ping" || verb == "traceroute";
}

bool only_reads(std::string_view type, const Parameters& parameters) {
    if (type == "config") {
        const std::string_view action = parameters.value("action");
        return action == "get" || action == "show" || action == "complete";
    }
    if (type == "op") {
        const auto command = read_xml(parameters.value("cmd"));
        if (!command || command->empty()) {
            return true;  // it will not be carried out anyway
        }
        return command_only_reads(command->front());
    }
    return type == "log" || type == "report" || type == "export";
}

// Whether `xpath` stays within the virtual systems that the role is for.
bool reaches(const Role& role, std::string_view xpath) {
    if (role.everywhere()) {
        return true;
    }
    constexpr std::string_view step = "/vsys/entry[@name=";
    const std::size_t at = xpath.find(step);
    if (at == std::string_view::npos || at + step.size() + 1 >= xpath.size()) {
        return false;
    }
    const std::string_view rest = xpath.substr(at + step.size() + 1);
    return role.vsys.contains(std::string(rest.substr(0, rest.find_first_of("'\""))));
}

bool names_users(std::string_view xpath) {
    return xpath.rfind(users_path, 0) == 0 || xpath == "/config";
}

bool may_change(const Role& role, std::string_view xpath) {
    // Only a superuser makes and changes administrators.
    return reaches(role, xpath) && (role.superuser() || !names_users(xpath));
}

bool may_change_all(const Role& role, const Parameters& parameters) {
    if (parameters.value("action").rfind("multi", 0) != 0) {
        return may_change(role, parameters.value("xpath"));
    }
    const auto parts = read_xml(parameters.value("element"));
    return !parts || std::all_of(parts->begin(), parts->end(), [&role](const Element& all) {
        return std::all_of(all.children.begin(), all.children.end(),
                           [&role](const Element& part) { return may_change(role, part.attribute("xpath")); });
    });
}

}  // namespace

Right Role::xmlapi_right(std::string_view type) const {
    if (type == "keygen" || type == "version") {
        return Right::write;
    }
    switch (kind) {
        case RoleKind::superuser:
        case RoleKind::device_admin:
        case RoleKind::vsys_admin:
            return Right::write;
        case RoleKind::superreader:
        case RoleKind::device_reader:
        case RoleKind::vsys_reader:
            return Right::read;
        case RoleKind::custom: {
            const auto at = xmlapi.find(type);
            return at == xmlapi.end() ? Right::none : at->second;
        }
        case RoleKind::none:
            break;
    }
    return Right::none;
}

Right Role::restapi_right(std::string_view resource) const {
    if (kind != RoleKind::custom) {
        return xmlapi_right("config");
    }
    const auto at = restapi.find(resource);
    return at == restapi.end() ? Right::none : at->second;
}

tl::expected<Role, std::string> read_role(std::string_view text, const NodePtr& running) {
    const std::string_view name = text.substr(0, text.find(':'));
    std::string_view rest = name.size() == text.size() ? std::string_view{} : text.substr(name.size() + 1);
    const auto at =
        std::find_if(role_names.begin(), role_names.end(), [name](const Named& each) { return each.name == name; });
    if (at == role_names.end()) {
        std::vector<std::string_view> all;
        for (const Named& each : role_names) {
            all.push_back(each.name);
        }
        return tl::make_unexpected(fmt::format("role '{}' is not one of {}", text, fmt::join(all, ", ")));
    }
    Role role;
    role.kind = at->kind;
    if (role.kind == RoleKind::custom) {
        role.profile = std::string(rest);
        const NodePtr profiles = node_at(running, std::vector<std::string>{"shared", "admin-role"});
        if (!profiles || profiles->child("entry", rest) == nullptr) {
            return tl::make_unexpected(fmt::format(
                "role '{}': the configuration has no such admin-role profile (/config/shared/admin-role)", text));
        }
        read_profile(role, running);
        return role;
    }
    if (role.kind == RoleKind::vsys_admin || role.kind == RoleKind::vsys_reader) {
        while (!rest.empty()) {
            const std::string_view one = rest.substr(0, rest.find(','));
            if (!one.empty()) {
                role.vsys.insert(std::string(one));
            }
            rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        }
        if (role.vsys.empty()) {
            return tl::make_unexpected(fmt::format("role '{}' names no vsys; write it as {}:vsys1", text, name));
        }
        return role;
    }
    if (!rest.empty()) {
        return tl::make_unexpected(fmt::format("role '{}': nothing follows {}", text, name));
    }
    return role;
}

bool names_a_role(std::string_view text) {
    const std::string_view name = text.substr(0, text.find(':'));
    return std::any_of(role_names.begin(), role_names.end(), [name](const Named& each) { return each.name == name; });
}

Role role_of(const Node& user, const NodePtr& running) {
    Role role;
    role.kind = RoleKind::none;
    const NodePtr permissions = user.child_ptr("permissions");
    const NodePtr based = permissions ? permissions->child_ptr("role-based") : nullptr;
    if (!based) {
        return role;
    }
    for (const Named& each : role_names) {
        const Node* given = based->child(each.name);
        const bool flag = each.kind == RoleKind::superuser || each.kind == RoleKind::superreader;
        if (given == nullptr || (flag && given->value() != "yes")) {
            continue;
        }
        role.kind = each.kind;
        if (each.kind == RoleKind::vsys_admin || each.kind == RoleKind::vsys_reader) {
            read_members(*given, role.vsys);
        } else if (each.kind == RoleKind::custom) {
            role.profile = std::string(given->text_of("profile"));
            if (const Node* vsys = given->child("vsys")) {
                read_members(*vsys, role.vsys);
            }
            read_profile(role, running);
        }
        break;
    }
    return role;
}

std::string role_name(const Role& role) {
    const auto at = std::find_if(role_names.begin(), role_names.end(),
                                 [&role](const Named& each) { return each.kind == role.kind; });
    if (at == role_names.end()) {
        return "none";
    }
    std::string text(at->name);
    if (role.kind == RoleKind::custom) {
        return text + ':' + role.profile;
    }
    return role.vsys.empty() ? text : fmt::format("{}:{}", text, fmt::join(role.vsys, ","));
}

std::string role_xml(const Role& role) {
    std::string inner = "yes";
    switch (role.kind) {
        case RoleKind::superuser:
        case RoleKind::superreader:
            break;
        case RoleKind::device_admin:
        case RoleKind::device_reader:
            inner = "<member>localhost.localdomain</member>";
            break;
        case RoleKind::vsys_admin:
        case RoleKind::vsys_reader: {
            inner = "<entry name=\"localhost.localdomain\"><vsys>";
            for (const std::string& each : role.vsys) {
                inner += "<member>" + escaped_text(each) + "</member>";
            }
            inner += "</vsys></entry>";
            break;
        }
        case RoleKind::custom:
            inner = "<profile>" + escaped_text(role.profile) + "</profile>";
            break;
        case RoleKind::none:
            return "<role-based></role-based>";
    }
    const std::string name = role_name(role);
    return fmt::format("<role-based><{0}>{1}</{0}></role-based>", name.substr(0, name.find(':')), inner);
}

Reply unauthorised() {
    Reply reply;
    reply.body = "<response status=\"unauth\" code=\"16\"><msg><line>Unauthorized request</line></msg></response>";
    reply.status = "unauth";
    reply.code = "16";
    return reply;
}

std::optional<Reply> refusal_by_role(const Role& role, std::string_view type, const Parameters& parameters) {
    static constexpr std::array<std::string_view, 10> types{"config", "op",     "commit", "user-id", "export",
                                                            "import", "report", "log",    "version", "keygen"};
    if (std::find(types.begin(), types.end(), type) == types.end()) {
        return std::nullopt;  // the answer is that there is no such type
    }
    const Right right = role.xmlapi_right(type);
    if (right == Right::none) {
        return web_error(403, fmt::format("Type [{}] not authorized for user role.", type));
    }
    if (type == "version" || type == "keygen") {
        return std::nullopt;
    }
    const bool reading = only_reads(type, parameters);
    if (!reading && right == Right::read) {
        return unauthorised();
    }
    if (type == "config" && !(reading ? reaches(role, parameters.value("xpath")) : may_change_all(role, parameters))) {
        return unauthorised();
    }
    if ((type == "user-id" || type == "op") && !role.everywhere() && !parameters.value("vsys").empty() &&
        !role.vsys.contains(std::string(parameters.value("vsys")))) {
        return unauthorised();
    }
    return std::nullopt;
}

}  // namespace sim::panos
