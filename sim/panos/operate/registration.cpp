// Operational commands on what User-ID holds: registered addresses and users, dynamic address groups, mappings of users
// to addresses, groups of users.
#include <fmt/format.h>

#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t entries_before_8_0 = 500;  // more went to a file, as pan-os-python knows it

/// What of a list is asked for: `limit` entries from the `start-point`th on, which counts from 1.
struct Page {
    std::size_t from = 0;
    std::size_t most = SIZE_MAX;

    template <class Entries>
    void cut(Entries& entries) const {
        entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(std::min(from, entries.size())));
        if (entries.size() > most) {
            entries.resize(most);
        }
    }
};

tl::expected<Page, Reply> page_of(const Element& command, const std::string& path) {
    Page page;
    if (const Element* limit = command.child("limit")) {
        const auto value = whole_number(limit->text);
        if (!value || *value == 0) {
            return tl::make_unexpected(error(17, {fmt::format(" {} -> limit is invalid", path)}));
        }
        page.most = *value;
    }
    if (const Element* start = command.child("start-point")) {
        const auto value = whole_number(start->text);
        if (!value || *value == 0) {
            return tl::make_unexpected(error(17, {fmt::format(" {} -> start-point is invalid", path)}));
        }
        page.from = *value - 1;
    }
    return page;
}

std::string members_xml(const std::vector<RegisteredAddress::Tag>& tags, const std::string& only) {
    std::string out = "<tag>";
    for (const RegisteredAddress::Tag& tag : tags) {
        if (only.empty() || tag.name == only) {
            out += "<member>" + escaped_text(tag.name) + "</member>";
        }
    }
    return out + "</tag>";
}

// The tag of <tag><entry name=".."/></tag>, empty without one.
std::string asked_tag(const Element& command) {
    const Element* tag = command.child("tag");
    const Element* entry = tag == nullptr ? nullptr : tag->child("entry");
    return entry == nullptr ? std::string{} : std::string(entry->attribute("name"));
}

// `option` of `all`: only "count" is known. True: the count alone is asked for.
tl::expected<bool, Reply> only_count(const Element& command, const std::vector<std::string>& path) {
    const Element* all = command.child("all");
    const Element* option = all == nullptr ? command.child("option") : all->child("option");
    if (option == nullptr) {
        return false;
    }
    if (option->text != "count") {
        std::vector<std::string> steps = path;
        steps.insert(steps.end(), {"all", "option", option->text});
        return tl::make_unexpected(error(17, unexpected_lines(steps)));
    }
    return true;
}

Reply show_registered_addresses(const OperationCall& call) {
    const auto page = page_of(call.command, "show -> object -> registered-ip");
    const auto count = only_count(call.command, {"show", "object", "registered-ip"});
    if (!page || !count) {
        return !page ? page.error() : count.error();
    }
    const Registration& registration = call.machine.registration;
    const std::string vsys = vsys_of(call);
    const std::string tag = asked_tag(call.command);
    std::vector<const RegisteredAddress*> entries;
    if (const Element* ip = call.command.child("ip")) {
        if (const RegisteredAddress* one = registration.address(vsys, ip->text)) {
            entries.push_back(one);
        }
    } else {
        entries = registration.addresses(vsys);
    }
    std::erase_if(entries, [&tag](const RegisteredAddress* each) { return !tag.empty() && !each->has(tag); });
    if (*count) {
        return result(fmt::format("<count>{}</count>", entries.size()));
    }
    page->cut(entries);
    if (!call.machine.version.at_least(8, 0) && entries.size() > entries_before_8_0) {
        return result("<msg><line><outfile>registered-ip.xml</outfile></line></msg>");
    }
    std::string out;
    for (const RegisteredAddress* each : entries) {
        out += fmt::format("<entry ip=\"{}\" from_agent=\"0\" persistent=\"{}\">{}</entry>",
                           escaped_attribute(each->text), each->persistent ? 1 : 0, members_xml(each->tags, tag));
    }
    return result(fmt::format("{}<count>{}</count>", out, entries.size()));
}

Reply show_registered_users(const OperationCall& call) {
    if (!call.machine.version.at_least(9, 1)) {
        return error(17, unexpected_lines({"show", "object", "registered-user"}));
    }
    const Element* all = call.command.child("all");
    const auto page = page_of(all == nullptr ? call.command : *all, "show -> object -> registered-user");
    const auto count = only_count(call.command, {"show", "object", "registered-user"});
    if (!page || !count) {
        return !page ? page.error() : count.error();
    }
    const Element* user = call.command.child("user");
    const std::string tag = asked_tag(call.command);
    std::vector<RegisteredUser> entries = call.machine.registration.users(vsys_of(call));
    std::erase_if(entries, [&](const RegisteredUser& each) {
        const bool other = user != nullptr && each.name != user->text;
        const bool tagged = tag.empty() || std::any_of(each.tags.begin(), each.tags.end(),
                                                       [&tag](const auto& its) { return its.name == tag; });
        return other || !tagged;
    });
    if (*count) {
        return result(fmt::format("<count>{}</count>", entries.size()));
    }
    page->cut(entries);
    std::string out;
    for (const RegisteredUser& each : entries) {
        out += fmt::format("<entry user=\"{}\">{}</entry>", escaped_attribute(each.name), members_xml(each.tags, tag));
    }
    return result(fmt::format("{}<count>{}</count>", out, entries.size()));
}

Reply show_dynamic_groups(const OperationCall& call) {
    const Element* name = call.command.child("name");
    std::string out;
    for (const DynamicGroup& group :
         call.machine.compiled().dynamic_groups(call.session.vsys, call.machine.surroundings())) {
        if (name != nullptr && group.name != name->text) {
            continue;
        }
        out += "<entry>";
        if (!group.vsys.empty()) {
            out += "<vsys>" + escaped_text(group.vsys) + "</vsys>";
        }
        out += fmt::format("<group-name>{}</group-name><filter>{}</filter><member-list>", escaped_text(group.name),
                           escaped_text(group.filter));
        for (const std::string& object : group.objects) {
            out += fmt::format("<entry name=\"{}\" type=\"address-object\"/>", escaped_attribute(object));
        }
        for (const std::string& address : group.registered) {
            out += fmt::format("<entry name=\"{}\" type=\"registered-ip\"/>", escaped_attribute(address));
        }
        out += "</member-list></entry>";
    }
    Reply reply = result("<dyn-addr-grp>" + out + "</dyn-addr-grp>");
    reply.body.insert(std::string_view("<response").size(), " cmd=\"status\"");
    return reply;
}

// ---- users at addresses ---------------------------------------------------------------------------------------------

std::string left_of(const std::optional<Instant>& until, Instant now) {
    return until ? std::to_string(std::chrono::ceil<std::chrono::seconds>(*until - now).count()) : "Never";
}

Reply mappings(const OperationCall& call, bool ports, const std::optional<std::string>& only) {
    std::string out;
    std::size_t count = 0;
    const auto ip = only ? parse_ip(*only) : std::nullopt;
    for (const UserMapping& each : call.machine.registration.mappings(vsys_of(call))) {
        if (each.block_start.has_value() != ports || (only && (!ip || each.address != to_text(*ip)))) {
            continue;
        }
        ++count;
        const std::string left = left_of(each.until, call.session.now);
        out += fmt::format(
            "<entry><ip>{}</ip><vsys>{}</vsys><type>XMLAPI</type><user>{}</user>{}<idle_timeout>{}</idle_timeout>"
            "<timeout>{}</timeout></entry>",
            each.address, escaped_text(vsys_of(call)), escaped_text(each.user),
            each.block_start ? fmt::format("<port>{}</port>", *each.block_start) : "", left, left);
    }
    return count == 0 || only ? result(out) : result(fmt::format("{}<count>{}</count>", out, count));
}

// All that the mock has came through the API: other sources have none. With option count only their number.
Reply show_all_mappings(const OperationCall& call) {
    const Element* const type = call.command.child("type");
    const auto count = only_count(call.command, {"show", "user", "ip-user-mapping"});
    if (!count) {
        return count.error();
    }
    const bool ours = type == nullptr || type->text == "XMLAPI";
    if (*count) {
        std::size_t all = 0;
        for (const UserMapping& each : call.machine.registration.mappings(vsys_of(call))) {
            all += ours && !each.block_start ? 1U : 0U;
        }
        return result(fmt::format("<count>{}</count>", all));
    }
    return ours ? mappings(call, false, std::nullopt) : result("");
}
Reply show_mapping(const OperationCall& call) {
    return mappings(call, false, call.command.text);
}
Reply show_port_mappings(const OperationCall& call) {
    return mappings(call, true, std::nullopt);
}

Reply clear_all_mappings(const OperationCall& call) {
    call.machine.registration.forget_mappings(vsys_of(call), std::nullopt);
    return result("");
}

Reply clear_mapping(const OperationCall& call) {
    call.machine.registration.forget_mappings(vsys_of(call), call.command.text);
    return result("");
}

Reply clear_registered(const OperationCall& call) {
    call.machine.registration.clear_addresses(vsys_of(call), call.session.now);
    return result("");
}

// ---- groups of users, in words, as pan-os-python quotes them of 9.1
// ---------------------------------------------------

Reply list_groups(const OperationCall& call) {
    std::string text = "\n";
    const std::vector<std::string> names = call.machine.registration.groups(vsys_of(call));
    for (const std::string& name : names) {
        text += name + " \n";
    }
    return result(cdata(fmt::format("{}\nTotal: {}\n* : Custom Group\n\n", text, names.size())));
}

Reply show_group(const OperationCall& call) {
    const std::vector<std::string> members = call.machine.registration.members(vsys_of(call), call.command.text);
    if (members.empty()) {
        return result(
            cdata(fmt::format("\nUser group '{}' does not exist or does not have members\n", call.command.text)));
    }
    std::string text = "\n\nsource type: xmlapi\nGroup type: Dynamic\n\n";
    for (std::size_t i = 0; i < members.size(); ++i) {
        text += fmt::format("[{:<6}] {}\n", i + 1, members[i]);
    }
    return result(cdata(text + "\n"));
}

constexpr Operation registration_commands[] = {
    {"show object registered-ip", "all ip tag limit start-point option", show_registered_addresses},
    {"show object registered-user", "all user tag limit start-point option", show_registered_users},
    {"show object dynamic-address-group", "all name", show_dynamic_groups},
    {"show user ip-user-mapping all", "type option", show_all_mappings},
    {"show user ip-user-mapping ip", "", show_mapping},
    {"show user ip-user-mapping-mp all", "type option", show_all_mappings},
    {"show user ip-user-mapping-mp ip", "", show_mapping},
    {"show user ip-port-user-mapping all", "", show_port_mappings},
    {"show user group list", "entry", list_groups},
    {"show user group name", "", show_group},
    {"clear user-cache all", "", clear_all_mappings},
    {"clear user-cache ip", "", clear_mapping},
    {"clear user-cache-mp all", "", clear_all_mappings},
    {"clear user-cache-mp ip", "", clear_mapping},
    {"debug object registered-ip clear all", "", clear_registered},
};

}  // namespace

std::span<const Operation> registration_operations() {
    return registration_commands;
}

}  // namespace sim::panos
