#include "sim/panos/configuration/ha_monitoring.hpp"

#include <fmt/format.h>

#include <functional>

#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

using Tags = std::vector<std::string>;

NodePtr part_of(const NodePtr& running, const Tags& tags) {
    const NodePtr device = device_part(*running);
    const NodePtr ha = device ? node_at(device, Tags{"deviceconfig", "high-availability"}) : nullptr;
    return ha ? node_at(ha, tags) : nullptr;
}

// Until 8.0 the group was an entry named after its number.
NodePtr group_part(const NodePtr& running, const Tags& tags) {
    NodePtr group = part_of(running, {"group"});
    NodePtr numbered;
    each_entry(group, [&numbered](const NodePtr& each) { numbered = each->is_entry() && !numbered ? each : numbered; });
    group = numbered ? numbered : group;
    return group ? node_at(group, tags) : nullptr;
}

NodePtr monitoring(const NodePtr& running, const std::string& kind) {
    return group_part(running, {"monitoring", kind});
}

constexpr std::string_view path_kinds[] = {"virtual-wire", "vlan", "virtual-router", "logical-router"};

std::string text_or(const NodePtr& node, std::string_view tag, std::string_view otherwise) {
    const std::string text = node ? std::string(node->text_of(tag)) : std::string{};
    return escaped_text(text.empty() ? otherwise : std::string_view(text));
}

using Down = std::set<std::string, std::less<>>;

std::string watched(const NodePtr& members, std::string_view element, const Down& down) {
    std::string out;
    each_entry(members, [&](const NodePtr& member) {
        out += fmt::format("<entry><name>{}</name><status>{}</status></entry>", escaped_text(member->value()),
                           down.contains(member->value()) ? "down" : "up");
    });
    return fmt::format("<{0}>{1}</{0}>", element, out);
}

// Counts what is watched, and what of it has failed.
struct Tally {
    std::size_t watched = 0;
    std::size_t failed = 0;

    void add(bool has_failed) {
        ++watched;
        failed += has_failed ? 1 : 0;
    }
    /// `of`: the part of the configuration that says whether any or all of them count.
    bool fails(const NodePtr& of) const {
        return watched > 0 && (of && of->text_of("failure-condition") == "all" ? failed == watched : failed > 0);
    }
};

bool disabled(const NodePtr& node) {
    return node && node->text_of("enabled") == "no";
}

Tally tally_of(const NodePtr& members, const Down& down) {
    Tally tally;
    each_entry(members, [&](const NodePtr& member) { tally.add(down.contains(member->value())); });
    return tally;
}

// From 10.0 on destinations stand in groups of their own.
bool path_group_fails(const NodePtr& group, const Down& down) {
    Tally tally = tally_of(group->child_ptr("destination-ip"), down);
    bool fails = tally.fails(group);
    Tally groups;
    each_entry(group->child_ptr("destination-ip-group"), [&](const NodePtr& each) {
        if (!disabled(each)) {
            groups.add(tally_of(each->child_ptr("destination-ip"), down).fails(each));
        }
    });
    return fails || groups.fails(group);
}

void each_path_group(const NodePtr& configured, const std::function<void(const NodePtr&)>& tell) {
    for (const std::string_view kind : path_kinds) {
        each_entry(configured ? node_at(configured, Tags{"path-group", std::string(kind)}) : nullptr, tell);
    }
}

void each_path(const NodePtr& group, const std::function<void(const NodePtr&)>& tell) {
    each_entry(group->child_ptr("destination-ip"), tell);
    each_entry(group->child_ptr("destination-ip-group"),
               [&tell](const NodePtr& each) { each_entry(each->child_ptr("destination-ip"), tell); });
}

std::chrono::minutes minutes_or(const NodePtr& node, std::string_view tag, std::chrono::minutes otherwise) {
    const auto told = node ? whole_number(node->text_of(tag), 60) : std::nullopt;
    return told ? std::chrono::minutes(static_cast<int>(*told)) : otherwise;
}

std::string group_xml(const NodePtr& group, std::string_view content) {
    return fmt::format("<entry><name>{}</name><enabled>{}</enabled><fail-cond>{}</fail-cond>{}</entry>",
                       escaped_text(group->value()), text_or(group, "enabled", "yes"),
                       text_or(group, "failure-condition", "any"), content);
}

}  // namespace

std::string link_monitoring(const NodePtr& running, const Outages& outages) {
    const NodePtr configured = monitoring(running, "link-monitoring");
    std::string groups;
    each_entry(configured ? configured->child_ptr("link-group") : nullptr, [&](const NodePtr& group) {
        groups += group_xml(group, watched(group->child_ptr("interface"), "interface", outages.interfaces));
    });
    return fmt::format("<link-monitoring><fail-cond>{}</fail-cond><enabled>{}</enabled>{}</link-monitoring>",
                       text_or(configured, "failure-condition", "any"), text_or(configured, "enabled", "yes"),
                       groups.empty() ? "<groups/>" : "<groups>" + groups + "</groups>");
}

std::string path_monitoring(const NodePtr& running, const Outages& outages) {
    const NodePtr configured = monitoring(running, "path-monitoring");
    std::string kinds;
    for (const std::string kind : {"virtual-wire", "vlan", "virtual-router"}) {
        std::string groups;
        each_entry(configured ? node_at(configured, Tags{"path-group", kind}) : nullptr, [&](const NodePtr& group) {
            std::string more;
            each_entry(group->child_ptr("destination-ip-group"), [&](const NodePtr& each) {
                more += group_xml(each, watched(each->child_ptr("destination-ip"), "destination-ip", outages.paths));
            });
            groups += group_xml(
                group, more.empty() ? watched(group->child_ptr("destination-ip"), "destination-ip", outages.paths)
                                    : "<destination-ip-group>" + more + "</destination-ip-group>");
        });
        kinds += groups.empty() ? fmt::format("<{}/>", kind) : fmt::format("<{0}>{1}</{0}>", kind, groups);
    }
    return fmt::format("<path-monitoring><fail-cond>{}</fail-cond><enabled>{}</enabled>{}</path-monitoring>",
                       text_or(configured, "failure-condition", "any"), text_or(configured, "enabled", "yes"), kinds);
}

std::string monitoring_failure(const NodePtr& running, const Outages& outages) {
    if (outages.interfaces.empty() && outages.paths.empty()) {
        return {};
    }
    const NodePtr links = monitoring(running, "link-monitoring");
    Tally groups;
    each_entry(links ? links->child_ptr("link-group") : nullptr, [&](const NodePtr& group) {
        if (!disabled(group)) {
            groups.add(tally_of(group->child_ptr("interface"), outages.interfaces).fails(group));
        }
    });
    if (!disabled(links) && groups.fails(links)) {
        return "Link monitoring failure";
    }
    const NodePtr paths = monitoring(running, "path-monitoring");
    groups = {};
    each_path_group(paths, [&](const NodePtr& group) {
        if (!disabled(group)) {
            groups.add(path_group_fails(group, outages.paths));
        }
    });
    return !disabled(paths) && groups.fails(paths) ? "Path monitoring failure" : "";
}

bool watches_path(const NodePtr& running, std::string_view address) {
    bool found = false;
    each_path_group(monitoring(running, "path-monitoring"), [&](const NodePtr& group) {
        each_path(group, [&](const NodePtr& each) { found = found || each->value() == address; });
    });
    return found;
}

HaElection ha_election(const NodePtr& running) {
    HaElection election;
    const NodePtr option = group_part(running, {"election-option"});
    if (const auto priority = option ? whole_number(option->text_of("device-priority"), 255) : std::nullopt) {
        election.priority = static_cast<int>(*priority);
    }
    election.preemptive = option && option->text_of("preemptive") == "yes";
    election.preemption_hold = minutes_or(group_part(running, {"election-option", "timers", "advanced"}),
                                          "preemption-hold-time", election.preemption_hold);
    election.failure_hold = minutes_or(group_part(running, {"mode", "active-passive"}), "monitor-fail-hold-down-time",
                                       election.failure_hold);
    return election;
}

bool ha1_encrypted(const NodePtr& running) {
    const NodePtr encryption = part_of(running, {"interface", "ha1", "encryption"});
    return encryption && encryption->text_of("enabled") == "yes";
}

HaInterface ha_interface(const NodePtr& running, std::string_view name) {
    const NodePtr found = part_of(running, {"interface", std::string(name)});
    if (!found) {
        return {};
    }
    return {std::string(found->text_of("port")), std::string(found->text_of("ip-address")),
            std::string(found->text_of("netmask"))};
}

}  // namespace sim::panos
