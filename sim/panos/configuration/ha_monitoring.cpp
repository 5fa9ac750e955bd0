#include "sim/panos/configuration/ha_monitoring.hpp"

#include <fmt/format.h>

#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/tree/place.hpp"
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
NodePtr monitoring(const NodePtr& running, const std::string& kind) {
    NodePtr group = part_of(running, {"group"});
    NodePtr numbered;
    each_entry(group, [&numbered](const NodePtr& each) { numbered = each->is_entry() && !numbered ? each : numbered; });
    group = numbered ? numbered : group;
    return group ? node_at(group, Tags{"monitoring", kind}) : nullptr;
}

std::string text_or(const NodePtr& node, std::string_view tag, std::string_view otherwise) {
    const std::string text = node ? std::string(node->text_of(tag)) : std::string{};
    return escaped_text(text.empty() ? otherwise : std::string_view(text));
}

std::string watched(const NodePtr& members, std::string_view element) {
    std::string out;
    each_entry(members, [&](const NodePtr& member) {
        out += fmt::format("<entry><name>{}</name><status>up</status></entry>", escaped_text(member->value()));
    });
    return fmt::format("<{0}>{1}</{0}>", element, out);
}

std::string group_xml(const NodePtr& group, std::string_view content) {
    return fmt::format("<entry><name>{}</name><enabled>{}</enabled><fail-cond>{}</fail-cond>{}</entry>",
                       escaped_text(group->value()), text_or(group, "enabled", "yes"),
                       text_or(group, "failure-condition", "any"), content);
}

}  // namespace

std::string link_monitoring(const NodePtr& running) {
    const NodePtr configured = monitoring(running, "link-monitoring");
    std::string groups;
    each_entry(configured ? configured->child_ptr("link-group") : nullptr, [&groups](const NodePtr& group) {
        groups += group_xml(group, watched(group->child_ptr("interface"), "interface"));
    });
    return fmt::format("<link-monitoring><fail-cond>{}</fail-cond><enabled>{}</enabled>{}</link-monitoring>",
                       text_or(configured, "failure-condition", "any"), text_or(configured, "enabled", "yes"),
                       groups.empty() ? "<groups/>" : "<groups>" + groups + "</groups>");
}

std::string path_monitoring(const NodePtr& running) {
    const NodePtr configured = monitoring(running, "path-monitoring");
    std::string kinds;
    for (const std::string kind : {"virtual-wire", "vlan", "virtual-router"}) {
        std::string groups;
        each_entry(configured ? node_at(configured, Tags{"path-group", kind}) : nullptr,
                   [&groups](const NodePtr& group) {
                       groups += group_xml(group, watched(group->child_ptr("destination-ip"), "destination-ip"));
                   });
        kinds += groups.empty() ? fmt::format("<{}/>", kind) : fmt::format("<{0}>{1}</{0}>", kind, groups);
    }
    return fmt::format("<path-monitoring><fail-cond>{}</fail-cond><enabled>{}</enabled>{}</path-monitoring>",
                       text_or(configured, "failure-condition", "any"), text_or(configured, "enabled", "yes"), kinds);
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
