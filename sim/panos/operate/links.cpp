// Operational commands: what is known of a firewall's links and of who is on the other side of them. Configured groups,
// VLANs and wires are there; nobody ever answers on a link, so tables of neighbours are empty.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

using Tags = std::vector<std::string>;

NodePtr network(const OperationCall& call, const Tags& tags) {
    const NodePtr device = device_part(*call.machine.configuration.running());
    const NodePtr held = device ? device->child_ptr("network") : nullptr;
    return held ? node_at(held, tags) : nullptr;
}

std::string text_or(const NodePtr& node, const Tags& tags, std::string_view otherwise) {
    const NodePtr found = node ? node_at(node, tags) : nullptr;
    return escaped_text(found && !found->value().empty() ? std::string_view(found->value()) : otherwise);
}

Lines no_such(std::string_view command, std::string_view name) {
    return {fmt::format(" {} '{}' is not a valid reference", command, escaped_line(name)),
            fmt::format(" {} is invalid", command)};
}

// ---- aggregate groups -----------------------------------------------------------------------------------------------

NodePtr lacp_of(const NodePtr& group) {
    for (const std::string kind : {"layer3", "layer2", "virtual-wire", "ha"}) {
        const NodePtr layer = group->child_ptr(kind);
        if (layer && layer->child("lacp") != nullptr) {
            return layer->child_ptr("lacp");
        }
    }
    return group->child_ptr("lacp");
}

// napalm reads lacp, mode and rate of a group, and lacp-state of each port in it. Without a partner no port negotiates.
Reply show_lacp(const OperationCall& call) {
    const std::string& wanted = call.command.text;
    std::string out;
    bool found = wanted == "all";
    each_entry(network(call, {"interface", "aggregate-ethernet"}), [&](const NodePtr& group) {
        if (wanted != "all" && wanted != group->value()) {
            return;
        }
        found = true;
        const NodePtr lacp = lacp_of(group);
        std::string ports;
        each_entry(network(call, {"interface", "ethernet"}), [&](const NodePtr& port) {
            if (port->text_of("aggregate-group") == group->value()) {
                ports += fmt::format(
                    "<entry name=\"{}\"><bndl>no</bndl><rx-state>Port "
                    "disabled</rx-state><mux-state>Detached</mux-state>"
                    "<sel-state>Unselected</sel-state><lacp-state>inactive</lacp-state></entry>",
                    escaped_attribute(port->value()));
            }
        });
        const bool fast = text_or(lacp, {"transmission-rate"}, "slow") == "fast";
        const bool active = text_or(lacp, {"mode"}, "passive") == "active";
        out += fmt::format(
            "<entry name=\"{}\"><lacp>{}</lacp><mode>{}</mode><rate>{}</rate><max-port>{}</max-port><fast-failover>{}"
            "</fast-failover><system-priority>{}</system-priority>{}</entry>",
            escaped_attribute(group->value()), text_or(lacp, {"enable"}, "no") == "yes" ? "Enabled" : "Disabled",
            active ? "Active" : "Passive", fast ? "Fast" : "Slow", text_or(lacp, {"max-ports"}, "8"),
            text_or(lacp, {"fast-failover"}, "no") == "yes" ? "Enabled" : "Disabled",
            text_or(lacp, {"system-priority"}, "32768"), ports);
    });
    return found ? result(out) : error(17, no_such("show -> lacp -> aggregate-ethernet", wanted));
}

// ---- layer 2 --------------------------------------------------------------------------------------------------------

std::string members_xml(const NodePtr& members) {
    std::string out;
    each_entry(members, [&out](const NodePtr& each) { out += "<member>" + escaped_text(each->value()) + "</member>"; });
    return out;
}

Reply show_vlans(const OperationCall& call) {
    const std::string& wanted = call.command.text;
    std::string out;
    std::size_t count = 0;
    each_entry(network(call, {"vlan"}), [&](const NodePtr& vlan) {
        if (wanted == "all" || wanted.empty() || wanted == vlan->value()) {
            ++count;
            out += fmt::format("<entry><vlan>{}</vlan><vif>{}</vif><interface>{}</interface></entry>",
                               escaped_text(vlan->value()), text_or(vlan, {"virtual-interface", "interface"}, ""),
                               members_xml(vlan->child_ptr("interface")));
        }
    });
    if (count == 0 && !wanted.empty() && wanted != "all") {
        return error(17, no_such("show -> vlan", wanted));
    }
    return result(fmt::format("<total>{}</total><entries>{}</entries>", count, out));
}

Reply show_macs(const OperationCall& call) {
    const std::string& wanted = call.command.text;
    const NodePtr vlans = network(call, {"vlan"});
    if (!wanted.empty() && wanted != "all" && (!vlans || vlans->child("entry", wanted) == nullptr)) {
        return error(17, no_such("show -> mac", wanted));
    }
    return result("<max>32000</max><total>0</total><timeout>1800</timeout><dp>dp0</dp><entries></entries>");
}

Reply show_wires(const OperationCall& call) {
    std::string out;
    std::size_t count = 0;
    each_entry(network(call, {"virtual-wire"}), [&](const NodePtr& wire) {
        ++count;
        out += fmt::format(
            "<entry><name>{}</name><interface1>{}</interface1><interface2>{}</interface2><link-state-pass-through>{}"
            "</link-state-pass-through><tag-allowed>{}</tag-allowed></entry>",
            escaped_text(wire->value()), text_or(wire, {"interface1"}, ""), text_or(wire, {"interface2"}, ""),
            text_or(wire, {"link-state-pass-through", "enable"}, "yes"), text_or(wire, {"tag-allowed"}, ""));
    });
    return result(fmt::format("<total>{}</total><entries>{}</entries>", count, out));
}

// ---- neighbours -----------------------------------------------------------------------------------------------------

Reply show_link_neighbours(const OperationCall&) {
    return result("<total>0</total><max>2500</max><timeout>1800</timeout><dp>dp0</dp><entries></entries>");
}

// ---- zones ----------------------------------------------------------------------------------------------------------

// Each zone with the profile that protects it, and counts of what that has dropped: nothing.
Reply show_zone_protection(const OperationCall& call) {
    const Element* const asked = call.command.child("zone");
    std::string out;
    bool found = asked == nullptr;
    for (const Scope& scope : scopes_of(call.machine.enforced_configuration())) {
        if (scope.shared() || (!call.session.vsys.empty() && scope.vsys() != call.session.vsys)) {
            continue;
        }
        each_entry(scope.node->child_ptr("zone"), [&](const NodePtr& zone) {
            if (asked != nullptr && asked->text != zone->value()) {
                return;
            }
            found = true;
            const std::string profile = text_or(zone, {"network", "zone-protection-profile"}, "");
            out += fmt::format("<entry><zone>{}</zone><vsys>{}</vsys><profile>{}</profile></entry>",
                               escaped_text(zone->value()), escaped_text(scope.vsys()), profile);
        });
    }
    return found ? result(out) : error(17, no_such("show -> zone-protection -> zone", asked->text));
}

Reply show_blocked_hosts(const OperationCall&) {
    return result("<dos-block-table/>");
}

constexpr Operation link_commands[] = {
    {"show lacp aggregate-ethernet", "", show_lacp, Has::firewall},
    {"show vlan", "", show_vlans, Has::firewall},
    {"show mac", "entry all", show_macs, Has::firewall},
    {"show virtual-wire", "", show_wires, Has::firewall},
    {"show neighbor interface", "entry", show_link_neighbours, Has::firewall},
    {"show neighbor ndp-monitor", "", nothing, Has::firewall},
    {"show transceiver", "", nothing, Has::firewall},
    {"show transceiver-detail", "", nothing, Has::firewall},
    {"show zone-protection", "zone", show_zone_protection, Has::firewall},
    {"show dos-block-table all", "", show_blocked_hosts, Has::firewall},
    {"show dos-block-table hardware", "", show_blocked_hosts, Has::firewall},
    {"show dos-block-table software", "", show_blocked_hosts, Has::firewall},
    {"show dns-proxy statistics all", "", nothing, Has::firewall},
    {"show dns-proxy statistics name", "", nothing, Has::firewall},
    {"show dns-proxy cache all", "", nothing, Has::firewall},
    {"show routing protocol bgp policy", "virtual-router", nothing, Has::firewall},
    {"show routing protocol ospf summary", "virtual-router", nothing, Has::firewall},
    {"show routing protocol ospf interface", "virtual-router", nothing, Has::firewall},
    {"show routing protocol ospfv3 neighbor", "virtual-router", nothing, Has::firewall},
    {"show routing protocol rip summary", "virtual-router", nothing, Has::firewall},
    {"show routing bfd summary", "interface local-ip session-id", nothing, Has::firewall},
    {"show routing multicast route", "group interface source virtual-router", nothing, Has::firewall},
};

}  // namespace

std::span<const Operation> link_operations() {
    return link_commands;
}

}  // namespace sim::panos
