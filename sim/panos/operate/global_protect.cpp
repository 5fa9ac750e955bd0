// Operational commands: GlobalProtect. Gateways and portals are the running configuration's; nobody is ever connected
// to them, so lists of users are empty and who asks to log one out names nobody.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

struct Door {
    std::string name;  // of the gateway or the portal
    std::string vsys;
    NodePtr node;

    std::string vsys_number() const { return vsys.rfind("vsys", 0) == 0 ? vsys.substr(4) : vsys; }
    /// A gateway's end of the tunnels: its name with -N.
    std::string tunnel() const { return name + "-N"; }
};

// `kind`: global-protect-gateway, global-protect-portal. Of the virtual system that the call is for, or of all.
std::vector<Door> doors(const OperationCall& call, const std::string& kind) {
    std::vector<Door> found;
    for (const Scope& scope : scopes_of(call.machine.enforced_configuration())) {
        if (scope.shared() || (!call.session.vsys.empty() && scope.vsys() != call.session.vsys)) {
            continue;
        }
        each_entry(node_at(scope.node, std::vector<std::string>{"global-protect", kind}), [&](const NodePtr& each) {
            found.push_back({each->value(), scope.vsys(), each});
        });
    }
    return found;
}

std::vector<Door> global_protect_gateways(const OperationCall& call) {
    return doors(call, "global-protect-gateway");
}
std::vector<Door> portals(const OperationCall& call) {
    return doors(call, "global-protect-portal");
}

bool is_named(const Door& door, std::string_view name) {
    return door.name == name || door.tunnel() == name;
}

// What the command's elements name has to be there and not empty.
std::optional<Lines> wrong_name(const OperationCall& call, std::string_view path, const std::vector<Door>& known,
                                std::string_view tag) {
    for (const Element& each : call.command.children) {
        const bool names_a_door = each.name == tag || each.name == "name";
        const bool wrong =
            each.text.empty() || (names_a_door && std::none_of(known.begin(), known.end(), [&each](const Door& door) {
                                      return is_named(door, each.text);
                                  }));
        if (wrong) {
            return each.text.empty() ? Lines{fmt::format(" {} -> {} is invalid", path, each.name)}
                                     : Lines{fmt::format(" {} -> {} '{}' is not a valid reference", path, each.name,
                                                         escaped_line(each.text)),
                                             fmt::format(" {} is invalid", path)};
        }
    }
    return std::nullopt;
}

// ---- gateways -------------------------------------------------------------------------------------------------------

Reply show_gateway_users(const OperationCall& call) {
    const std::string path = "show -> global-protect-gateway -> " + call.command.name;
    const auto wrong = wrong_name(call, path, global_protect_gateways(call), "gateway");
    return wrong ? error(17, *wrong) : result("");
}

Reply show_global_protect_gateways(const OperationCall& call) {
    const std::vector<Door> known = global_protect_gateways(call);
    if (const auto wrong = wrong_name(call, "show -> global-protect-gateway -> gateway", known, "name")) {
        return error(17, *wrong);
    }
    const Element* const name = call.command.child("name");
    const NodePtr& configuration = call.machine.enforced_configuration();
    std::string out;
    for (const Door& each : known) {
        if (name != nullptr && !is_named(each, name->text)) {
            continue;
        }
        const std::string port = text_at(each.node, {"local-address", "interface"});
        std::string address = text_at(each.node, {"local-address", "ip", "ipv4"});
        for (const Interface& one : interfaces(configuration)) {
            if (address.empty() && one.name == port && !one.addresses.empty()) {
                address = one.addresses.front();
            }
        }
        out += fmt::format(
            "<entry><gateway-name>{}</gateway-name><tunnel-name>{}</tunnel-name><vsys-id>{}</vsys-id>"
            "<local-interface>{}</local-interface><local-address>{}</local-address>"
            "<ssl-tls-service-profile>{}</ssl-tls-service-profile><current-users>0</current-users></entry>",
            escaped_text(each.name), escaped_text(each.tunnel()), escaped_text(each.vsys_number()), escaped_text(port),
            escaped_text(address.substr(0, address.find('/'))),
            escaped_text(each.node->text_of("ssl-tls-service-profile")));
    }
    return result(out);
}

std::string gateway_totals(const Door& gateway) {
    return fmt::format(
        "<Gateway><name>{}</name><CurrentUsers>0</CurrentUsers><PreviousUsers>0</PreviousUsers></Gateway>",
        escaped_text(gateway.name));
}

Reply show_gateway_statistics(const OperationCall& call) {
    const std::vector<Door> known = global_protect_gateways(call);
    if (const auto wrong = wrong_name(call, "show -> global-protect-gateway -> statistics", known, "gateway")) {
        return error(17, *wrong);
    }
    const Element* const asked = call.command.child("gateway");
    std::string out;
    for (const Door& each : known) {
        out += asked == nullptr || is_named(each, asked->text) ? gateway_totals(each) : "";
    }
    return result(out + "<TotalCurrentUsers>0</TotalCurrentUsers><TotalPreviousUsers>0</TotalPreviousUsers>");
}

// Each gateway's element, and behind it lines of text: an exporter takes them apart so.
Reply show_gateway_summary(const OperationCall& call) {
    std::string out;
    for (const Door& each : global_protect_gateways(call)) {
        out += gateway_totals(each) +
               "\n\tcurrent-user: 0\n\tgateway-max-concurrent-tunnel: 0\n\tgateway-successful-ip-sec-connections: 0\n"
               "\tsuccessful-gateway-connections: 0\n\n";
    }
    return result(out);
}

// The answer in the answer: a ForeScout plug-in and a Go client read it.
Reply log_out(const OperationCall& call) {
    constexpr std::string_view path = "request -> global-protect-gateway -> client-logout";
    for (const std::string_view needed : {"gateway", "user", "reason"}) {
        const Element* const given = call.command.child(needed);
        if (given == nullptr || given->text.empty()) {
            return error(17, {fmt::format(" {} is missing '{}'", path, needed), fmt::format(" {} is invalid", path)});
        }
    }
    const auto text = [&call](std::string_view tag) {
        const Element* const given = call.command.child(tag);
        return given == nullptr ? std::string{} : escaped_text(given->text);
    };
    const std::string reason = text("reason");
    if (reason != "force-logout") {
        return error(17, {fmt::format(" {} -> reason '{}' is not an allowed keyword", path, reason),
                          fmt::format(" {} is invalid", path)});
    }
    const std::vector<Door> known = global_protect_gateways(call);
    const std::string& gateway = call.command.child("gateway")->text;
    const bool there =
        std::any_of(known.begin(), known.end(), [&gateway](const Door& each) { return each.tunnel() == gateway; });
    const std::string domain = text("domain");
    return result(fmt::format(
        "<response status=\"error\"><gateway>{}</gateway>{}<user>{}</user><computer>{}</computer><error>{}</error>"
        "</response>",
        text("gateway"), domain.empty() ? "" : "<domain>" + domain + "</domain>", text("user"), text("computer"),
        there ? "Invalid user name" : "Invalid gateway name"));
}

// ---- portals --------------------------------------------------------------------------------------------------------

Reply show_portal_users(const OperationCall& call) {
    const auto wrong = wrong_name(call, "show -> global-protect-portal -> current-user", portals(call), "portal");
    return wrong ? error(17, *wrong) : result("<gp-portal-users/>");
}

Reply show_portal_summary(const OperationCall& call) {
    std::string out = "GlobalProtect Portal: successful-connections\n";
    for (const Door& each : portals(call)) {
        out += fmt::format("{}: 0\n", each.name);
    }
    return result(cdata(out));
}

Reply show_portal_statistics(const OperationCall&) {
    return result(
        cdata("Total messages DP => MP: 0\nTotal Invalid messages DP => MP: 0\nFailed to read messages DP => MP: 0\n"));
}

// ---- satellites -----------------------------------------------------------------------------------------------------

constexpr Operation global_protect_commands[] = {
    {"show global-protect-gateway current-user", "domain gateway user", show_gateway_users, Has::firewall},
    {"show global-protect-gateway previous-user", "domain gateway user", show_gateway_users, Has::firewall},
    {"show global-protect-gateway gateway", "name type", show_global_protect_gateways, Has::firewall},
    {"show global-protect-gateway statistics", "domain gateway", show_gateway_statistics, Has::firewall},
    {"show global-protect-gateway summary all", "", show_gateway_summary, Has::firewall},
    {"show global-protect-gateway summary detail", "", show_gateway_summary, Has::firewall},
    {"show global-protect-gateway flow", "name tunnel-id", nothing, Has::firewall},
    {"show global-protect-gateway flow-site-to-site", "name tunnel-id", nothing, Has::firewall},
    {"show global-protect-gateway current-satellite", "gateway satellite", nothing, Has::firewall},
    {"show global-protect-gateway previous-satellite", "gateway satellite", nothing, Has::firewall},
    {"show global-protect-portal current-user", "portal user", show_portal_users, Has::firewall},
    {"show global-protect-portal summary all", "", show_portal_summary, Has::firewall},
    {"show global-protect-portal summary detail", "", show_portal_summary, Has::firewall},
    {"show global-protect-portal statistics", "portal", show_portal_statistics, Has::firewall},
    {"show global-protect-satellite current-gateway", "gateway satellite", nothing, Has::firewall},
    {"show global-protect-satellite satellite", "name", nothing, Has::firewall},
    {"show user hip-report", "computer ip user", nothing, Has::firewall},
    {"request global-protect-gateway client-logout", "gateway user domain computer reason", log_out, Has::firewall},
};

}  // namespace

std::span<const Operation> global_protect_operations() {
    return global_protect_commands;
}

}  // namespace sim::panos
