// Operational commands: DHCP. Servers and clients are the running configuration's; nobody is on a link, so that a
// server has given no lease and a client has found no server.
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

NodePtr dhcp_interfaces(const OperationCall& call) {
    const NodePtr device = device_part(*call.machine.configuration.running());
    return device ? node_at(device, Tags{"network", "dhcp", "interface"}) : nullptr;
}

// <state>X</state>, <lease>all</lease>, <lease><interface>X</interface></lease>; empty: all.
std::string asked_interface(const OperationCall& call) {
    const Element* const named = call.command.child("interface");
    const std::string& text = named != nullptr ? named->text : call.command.text;
    return text == "all" ? "" : text;
}

std::optional<Reply> unknown_interface(const OperationCall& call, const std::string& wanted, std::string_view path) {
    const auto known = interfaces(call.machine.configuration.running());
    if (wanted.empty() ||
        std::any_of(known.begin(), known.end(), [&wanted](const Interface& each) { return each.name == wanted; })) {
        return std::nullopt;
    }
    return error(17, {fmt::format(" {} '{}' is not a valid reference", path, escaped_line(wanted)),
                      fmt::format(" {} is invalid", path)});
}

Reply of_servers(const OperationCall& call, std::string_view path, std::string (*tell)(const NodePtr& server)) {
    const std::string wanted = asked_interface(call);
    if (auto refused = unknown_interface(call, wanted, path)) {
        return *refused;
    }
    std::string out;
    each_entry(dhcp_interfaces(call), [&](const NodePtr& each) {
        if (const NodePtr server = each->child_ptr("server"); server && (wanted.empty() || wanted == each->value())) {
            out += fmt::format("<interface name=\"{}\">{}</interface>", escaped_attribute(each->value()), tell(server));
        }
    });
    return result(out);
}

Reply show_leases(const OperationCall& call) {
    return of_servers(call, "show -> dhcp -> server -> lease", [](const NodePtr&) { return std::string(); });
}

Reply show_server_settings(const OperationCall& call) {
    return of_servers(call, "show -> dhcp -> server -> settings", [](const NodePtr& server) {
        std::string pool;
        each_entry(server->child_ptr("ip-pool"),
                   [&pool](const NodePtr& each) { pool += "<member>" + escaped_text(each->value()) + "</member>"; });
        std::string reserved;
        each_entry(server->child_ptr("reserved"), [&reserved](const NodePtr& each) {
            reserved += fmt::format("<entry><ip>{}</ip><mac>{}</mac></entry>", escaped_text(each->value()),
                                    escaped_text(each->text_of("mac")));
        });
        const std::string mode(server->text_of("mode"));
        return fmt::format("<mode>{}</mode><ip-pool>{}</ip-pool><reserved>{}</reserved>",
                           escaped_text(mode.empty() ? "auto" : mode), pool, reserved);
    });
}

// An interface that asks for its address by DHCP, in the fields that pango reads.
Reply show_client_state(const OperationCall& call) {
    const std::string wanted = asked_interface(call);
    if (auto refused = unknown_interface(call, wanted, "show -> dhcp -> client -> state")) {
        return *refused;
    }
    const NodePtr device = device_part(*call.machine.configuration.running());
    std::string out;
    const auto client = [&](const NodePtr& name, const NodePtr& layer) {
        const NodePtr asks = layer ? layer->child_ptr("dhcp-client") : nullptr;
        if (!asks || asks->text_of("enable") == "no" || (!wanted.empty() && wanted != name->value())) {
            return;
        }
        out += fmt::format(
            "<entry><interface>{}</interface><state>Selecting</state><ip>0.0.0.0</ip><gw>0.0.0.0</gw>"
            "<server>0.0.0.0</server><server-id>0.0.0.0</server-id><dns1>0.0.0.0</dns1><dns2>0.0.0.0</dns2></entry>",
            escaped_text(name->value()));
    };
    each_entry(device ? node_at(device, Tags{"network", "interface", "ethernet"}) : nullptr, [&](const NodePtr& port) {
        const NodePtr layer = port->child_ptr("layer3");
        client(port, layer);
        each_entry(layer ? layer->child_ptr("units") : nullptr, [&](const NodePtr& unit) { client(unit, unit); });
    });
    return result(out);
}

constexpr Operation dhcp_commands[] = {
    {"show dhcp server lease", "interface", show_leases, Has::firewall},
    {"show dhcp server settings", "interface", show_server_settings, Has::firewall},
    {"show dhcp client state", "", show_client_state, Has::firewall},
};

}  // namespace

std::span<const Operation> dhcp_operations() {
    return dhcp_commands;
}

}  // namespace sim::panos
