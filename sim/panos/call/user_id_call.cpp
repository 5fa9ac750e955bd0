// type=user-id: messages of User-ID agents. The reader is as lenient as the device's (pan-python's test suite sends a
// payload inside the type): what counts is the payload, wherever it stands.
#include <fmt/format.h>

#include <map>

#include "sim/panos/call/call.hpp"
#include "sim/panos/machine/machine.hpp"
#include "sim/panos/machine/synchronisation.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

const Element* payload_in(const Element& element) {
    if (element.name == "payload") {
        return &element;
    }
    for (const Element& child : element.children) {
        if (const Element* found = payload_in(child)) {
            return found;
        }
    }
    return nullptr;
}

struct Tag {
    std::string name;
    std::optional<std::uint64_t> timeout;  // nothing: can't be read
};

std::vector<Tag> tags_of(const Element& entry) {
    std::vector<Tag> tags;
    for (const Element& tag : entry.children) {
        if (tag.name != "tag") {
            continue;
        }
        for (const Element& member : tag.children) {
            const std::string_view timeout = member.attribute("timeout");
            tags.push_back({member.text, timeout.empty() ? 0 : whole_number(timeout)});
        }
        if (tag.children.empty() && !tag.text.empty()) {
            tags.push_back({tag.text, 0});
        }
    }
    return tags;
}

/// Carries out one message in one vsys, and words the answer.
class Message {
public:
    Message(Machine& machine, std::string vsys, Instant now)
        : registration_(machine.registration),
          users_have_tags_(machine.version.at_least(9, 1)),
          vsys_(std::move(vsys)),
          now_(now) {}

    Reply carry_out(const Element& payload) {
        for (const Element& section : payload.children) {
            if (!known(section.name)) {
                std::vector<std::string> path{"uid-message", "payload", section.name};
                return error(17, unexpected_lines(path));
            }
        }
        for (const Element& section : payload.children) {
            if (section.name == "logout") {
                add("login", "");  // device's answers to a logout name an empty login as well
            }
            add(section.name, "");
            for (const Element& entry : section.children) {
                carry_out(section.name, entry);
            }
        }
        std::string told;
        for (const auto& [name, refusals] : sections_) {
            told += fmt::format("<{0}>{1}</{0}>", name, refusals);
        }
        const std::string answer =
            fmt::format("<uid-response><version>2.0</version><payload>{}</payload></uid-response>", told);
        return refused_ ? error(0, {answer}) : result(answer);
    }

private:
    Registration& registration_;
    bool users_have_tags_;
    std::string vsys_;
    Instant now_;
    std::vector<std::pair<std::string, std::string>> sections_;  // in the order in which they were sent
    bool refused_ = false;

    bool known(std::string_view section) const {
        return section == "register" || section == "unregister" || section == "login" || section == "logout" ||
               section == "groups" ||
               (users_have_tags_ && (section == "register-user" || section == "unregister-user"));
    }

    void add(const std::string& section, const std::string& text) {
        for (auto& [name, refusals] : sections_) {
            if (name == section) {
                refusals += text;
                return;
            }
        }
        sections_.emplace_back(section, text);
    }

    void refuse(const std::string& section, std::initializer_list<std::pair<std::string_view, std::string_view>> who,
                const Registration::Refused& why) {
        if (!why) {
            return;
        }
        refused_ = true;
        std::string text = "<entry";
        for (const auto& [name, value] : who) {
            text += fmt::format(" {}=\"{}\"", name, escaped_attribute(std::string(value)));
        }
        add(section, text + fmt::format(" message=\"{}\"/>", escaped_attribute(*why)));
    }

    void carry_out(const std::string& section, const Element& entry) {
        if (section == "register") {
            add_tags(entry);
        } else if (section == "unregister") {
            remove_tags(entry);
        } else if (section == "register-user") {
            add_user_tags(entry);
        } else if (section == "unregister-user") {
            remove_user_tags(entry);
        } else if (section == "groups") {
            set_group(entry);
        } else {
            log(section, entry);
        }
    }

    void add_tags(const Element& entry) {
        const std::string ip(entry.attribute("ip"));
        const bool persistent = entry.attribute("persistent") != "0";
        const std::vector<Tag> tags = tags_of(entry);
        if (tags.empty()) {
            refuse("register", {{"ip", ip}}, std::string("Failed to register, there is no tag"));
        }
        for (const Tag& tag : tags) {
            refuse("register", {{"ip", ip}},
                   tag.timeout ? registration_.add_tag(vsys_, ip, tag.name, persistent, *tag.timeout, now_)
                               : std::string("Failed to register, the timeout is no number"));
        }
    }

    void remove_tags(const Element& entry) {
        const std::string ip(entry.attribute("ip"));
        const std::vector<Tag> tags = tags_of(entry);
        if (tags.empty()) {
            refuse("unregister", {{"ip", ip}}, registration_.remove_address(vsys_, ip, now_));
        }
        for (const Tag& tag : tags) {
            refuse("unregister", {{"ip", ip}}, registration_.remove_tag(vsys_, ip, tag.name, now_));
        }
    }

    void add_user_tags(const Element& entry) {
        const std::string user(entry.attribute("user"));
        for (const Tag& tag : tags_of(entry)) {
            refuse("register-user", {{"user", user}},
                   user.empty()  ? std::string("Failed to register, there is no user")
                   : tag.timeout ? registration_.add_user_tag(vsys_, user, tag.name, *tag.timeout, now_)
                                 : std::string("Failed to register, the timeout is no number"));
        }
    }

    void remove_user_tags(const Element& entry) {
        const std::string user(entry.attribute("user"));
        const std::vector<Tag> tags = tags_of(entry);
        if (tags.empty()) {
            refuse("unregister-user", {{"user", user}}, registration_.remove_user(vsys_, user));
        }
        for (const Tag& tag : tags) {
            refuse("unregister-user", {{"user", user}}, registration_.remove_user_tag(vsys_, user, tag.name));
        }
    }

    void log(const std::string& section, const Element& entry) {
        const std::string user(entry.attribute("name"));
        const std::string ip(entry.attribute("ip"));
        const std::string_view timeout = entry.attribute("timeout");
        const auto minutes =
            timeout.empty() ? std::optional<std::uint64_t>(45) : whole_number(timeout);  // User-ID's default
        const auto start = whole_number(entry.attribute("blockstart"));
        const auto block = start && *start < 65536 ? std::optional(static_cast<std::uint32_t>(*start)) : std::nullopt;
        refuse(section, {{"name", user}, {"ip", ip}},
               section == "logout" ? registration_.logout(vsys_, user, ip, block)
               : minutes           ? registration_.login(vsys_, user, ip, *minutes, block, now_)
                                   : std::string("Add mapping failed"));
    }

    void set_group(const Element& entry) {
        std::vector<std::string> members;
        if (const Element* list = entry.child("members")) {
            for (const Element& member : list->children) {
                members.emplace_back(member.attribute("name"));
            }
        }
        registration_.set_group(vsys_, std::string(entry.attribute("name")), std::move(members));
    }
};

// "register 3, unregister 1": how many entries of each section, and nothing of what is in them
std::string summary(const Element& payload) {
    std::map<std::string, std::size_t> counts;
    std::vector<std::string> order;
    for (const Element& section : payload.children) {
        if (counts.emplace(section.name, 0).second) {
            order.push_back(section.name);
        }
        counts[section.name] += section.children.size();
    }
    std::string text;
    for (const std::string& name : order) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name.substr(0, 20), counts[name]);
        if (text.size() > 100) {
            break;
        }
    }
    return text;
}

bool has_vsys(const Machine& machine, std::string_view vsys) {
    bool any = false;
    for (const Scope& scope : scopes_of(machine.configuration.running())) {
        any = any || !scope.shared();
        if (!scope.shared() && scope.vsys() == vsys) {
            return true;
        }
    }
    return !any;
}

}  // namespace

Prepared prepare_user_id(Machine& machine, const Session& session, const Parameters& parameters) {
    const MultipartPart* file = parameters.part("file");
    const std::string text(file != nullptr ? std::string_view(file->content) : parameters.value("cmd"));
    Prepared prepared;
    prepared.kind = FaultOn::user_id;
    prepared.note.element_bytes = text.size();
    if (text.empty()) {
        prepared.carry_out = [] { return web_error(400, "Missing value for parameter \"cmd\"."); };
        return prepared;
    }
    auto elements = read_xml(text);
    const Element* payload = elements && elements->size() == 1 && elements->front().name == "uid-message"
                                 ? payload_in(elements->front())
                                 : nullptr;
    if (payload == nullptr) {
        const bool xml = elements.has_value() && !elements->empty();
        std::vector<std::string> path;
        if (xml && elements->front().name != "uid-message") {
            path.push_back(elements->front().name);
        } else if (xml) {
            path = {"uid-message", "payload"};
        }
        prepared.carry_out = [xml, path] {
            return !xml               ? error(18, {"Malformed Request"})
                   : path.size() == 1 ? error(17, unexpected_lines(path))
                                      : error(17, {" uid-message -> payload is missing", " uid-message is invalid"});
        };
        return prepared;
    }
    prepared.note.action = summary(*payload);
    const std::string vsys = session.vsys.empty() ? "vsys1" : session.vsys;
    prepared.carry_out = [&machine, vsys, now = session.now, message = *payload] {
        if (!has_vsys(machine, vsys)) {
            return error(0, {fmt::format("vsys {} does not exist", escaped_text(vsys))});
        }
        Reply reply = Message(machine, vsys, now).carry_out(message);
        at_peer(machine, [&](Machine& peer) { Message(peer, vsys, now).carry_out(message); });
        return reply;
    };
    return prepared;
}

}  // namespace sim::panos
