// Operational commands: routes and neighbours. What the running configuration says is there; no routing protocol has a
// partner, and the tables that traffic fills are empty.
#include <fmt/format.h>

#include "sim/panos/configuration/address.hpp"
#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/operate/running_text.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

using Tags = std::vector<std::string>;

std::string route(std::string_view router, std::string_view destination, std::string_view hop, std::string_view metric,
                  std::string_view flags, std::string_view interface) {
    return fmt::format(
        "<entry><virtual-router>{}</virtual-router><destination>{}</destination><nexthop>{}</nexthop>"
        "<metric>{}</metric><flags>{}</flags><age></age><interface>{}</interface>"
        "<route-table>unicast</route-table></entry>",
        escaped_text(router), escaped_text(destination), escaped_text(hop), escaped_text(metric), flags,
        escaped_text(interface));
}

struct Route {
    std::string router;
    std::string destination;
    std::string hop;
    std::string metric;
    std::string_view flags;  // A S, A C, A H
    std::string interface;
};

// The routes of the virtual routers, or of one: their static ones, and those of their interfaces' networks.
std::vector<Route> routes(const NodePtr& running, const Element* asked) {
    std::vector<Route> all;
    const NodePtr device = device_part(*running);
    each_entry(device ? node_at(device, Tags{"network", "virtual-router"}) : nullptr, [&](const NodePtr& router) {
        if (asked != nullptr && asked->text != router->value()) {
            return;
        }
        const std::string& name = router->value();
        each_entry(node_at(router, Tags{"routing-table", "ip", "static-route"}), [&](const NodePtr& way) {
            const NodePtr hop = way->child_ptr("nexthop");
            std::string next = hop ? std::string(hop->text_of("ip-address")) : "";
            if (next.empty() && hop) {
                next = "vr " + std::string(hop->text_of("next-vr"));
            }
            const std::string metric(way->text_of("metric"));
            all.push_back({name, std::string(way->text_of("destination")), next, metric.empty() ? "10" : metric, "A S",
                           std::string(way->text_of("interface"))});
        });
        for (const Interface& each : interfaces(running)) {
            if (!lists(router->child_ptr("interface"), each.name)) {
                continue;
            }
            for (const std::string& address : each.addresses) {
                const std::string host = address.substr(0, address.find('/'));
                all.push_back({name, address, host, "0", "A C", each.name});
                all.push_back(
                    {name, host + (host.find(':') == std::string::npos ? "/32" : "/128"), "0.0.0.0", "0", "A H", ""});
            }
        }
    });
    return all;
}

// A route is one of those that are asked for: by type, destination, next hop, interface.
bool is_asked_for(const Route& route, const Element& command) {
    const auto differs = [&command](std::string_view name, std::string_view value) {
        const Element* const asked = command.child(name);
        return asked != nullptr && asked->text != value;
    };
    const std::string_view type = route.flags == "A S" ? "static" : route.flags == "A C" ? "connect" : "host";
    return !differs("type", type) && !differs("destination", route.destination) && !differs("nexthop", route.hop) &&
           !differs("interface", route.interface);
}

Reply show_routes(const OperationCall& call) {
    std::string out =
        "<flags>flags: A:active, ?:loose, C:connect, H:host, S:static, ~:internal, R:rip, O:ospf, B:bgp, "
        "Oi:ospf intra-area, Oo:ospf inter-area, O1:ospf ext-type-1, O2:ospf ext-type-2, E:ecmp, M:multicast</flags>";
    for (const Route& each : routes(call.machine.configuration.running(), call.command.child("virtual-router"))) {
        if (is_asked_for(each, call.command)) {
            out += route(each.router, each.destination, each.hop, each.metric, each.flags, each.interface);
        }
    }
    return result(out);
}

// What routes say to the data plane, router by router: upgrade-assurance reads dst, interface, nexthop and the rest.
Reply show_forwarding(const OperationCall& call) {
    const NodePtr& running = call.machine.configuration.running();
    std::string tables;
    std::size_t number = 0;
    const NodePtr device = device_part(*running);
    each_entry(device ? node_at(device, Tags{"network", "virtual-router"}) : nullptr, [&](const NodePtr& router) {
        Element one;
        one.text = router->value();
        const Element* const asked = call.command.child("virtual-router");
        if (asked != nullptr && asked->text != one.text) {
            return;
        }
        std::string entries;
        std::size_t id = 0;
        for (const Route& each : routes(running, &one)) {
            const RouteKind kind = each.flags == "A S"   ? RouteKind::fixed
                                   : each.flags == "A C" ? RouteKind::connected
                                                         : RouteKind::own;
            entries += forwarding_entry(++id, each.destination, each.interface, kind, each.hop);
        }
        ++number;
        tables += fmt::format(
            "<entry><id>{}</id><vr>{}</vr><max>2500</max><type>ipv4</type><ecmp>0</ecmp><entries>{}</entries>"
            "<nentries>{}</nentries></entry>",
            number, escaped_text(router->value()), entries, id);
    });
    return result(fmt::format("<dp>dp0</dp><total>{}</total><fibs>{}</fibs>", number, tables));
}

Reply show_routing_summary(const OperationCall& call) {
    std::size_t fixed = 0;
    std::size_t connected = 0;
    std::size_t six = 0;
    for (const Route& each : routes(call.machine.configuration.running(), nullptr)) {
        ++(each.flags == "A S" ? fixed : connected);
        six += each.destination.find(':') == std::string::npos ? 0U : 1U;
    }
    const std::size_t all = fixed + connected;
    const auto total = [](std::string_view tag, std::size_t count) {
        return fmt::format("<{0}><total>{1}</total></{0}>", tag, count);
    };
    const auto table = [](std::string_view tag, std::size_t count, std::string_view more) {
        return fmt::format("<{0}><total>{1}</total><limit>2500</limit>{2}</{0}>", tag, count, more);
    };
    return result("<entry>" + table("All-Routes", all, fmt::format("<active>{}</active>", all)) +
                  table("All-IPv4", all - six, "") + table("All-IPv6", six, "") + total("Static-Routes", fixed) +
                  total("Connect-Routes", connected) + total("BGP-Routes", 0) + total("OSPF-Routes", 0) +
                  total("RIP-Routes", 0) + "</entry>");
}

Reply show_neighbours(const OperationCall& call) {
    const bool named = !call.command.children.empty() && !call.command.children.front().attribute("name").empty();
    if (!named && call.command.text.empty()) {  // panxapi.py writes the name as a text
        return error(17, {" show -> arp  is unexpected"});
    }
    return result("<max>1500</max><total>0</total><timeout>1800</timeout><dp>dp0</dp><entries></entries>");
}

// ---- looking one route up -------------------------------------------------------------------------------------------

// The most specific route; of several the cheapest.
const Route* best_route(const std::vector<Route>& all, const Ip& to) {
    const Route* best = nullptr;
    unsigned best_length = 0;
    for (const Route& each : all) {
        const auto net = parse_netmask(each.destination);
        const auto length = net ? prefix_length(*net) : std::nullopt;
        if (!length || !net->contains(to)) {
            continue;
        }
        if (best == nullptr || *length > best_length ||
            (*length == best_length && std::stoul(each.metric) < std::stoul(best->metric))) {
            best = &each;
            best_length = *length;
        }
    }
    return best;
}

// The interface that has the address, or of whose network it is.
const Interface* interface_towards(const std::vector<Interface>& all, const Ip& ip, std::string& source) {
    for (const Interface& each : all) {
        for (const std::string& address : each.addresses) {
            const auto net = parse_netmask(address);
            if (net && net->contains(ip)) {
                source = address.substr(0, address.find('/'));
                return &each;
            }
        }
    }
    return nullptr;
}

Reply look_up_route(const OperationCall& call) {
    constexpr std::string_view path = "test -> routing -> fib-lookup";
    const Element* const router = call.command.child("virtual-router");
    const Element* const to = call.command.child("ip");
    for (const auto& [name, element] : {std::pair{"virtual-router", router}, std::pair{"ip", to}}) {
        if (element == nullptr || element->text.empty()) {
            return error(17, {fmt::format(" {} is missing '{}'", path, name), fmt::format(" {} is invalid", path)});
        }
    }
    const auto ip = parse_ip(to->text);
    if (!ip) {
        return error(17, {fmt::format(" {} -> ip {} is an invalid ipv4/v6 address", path, escaped_line(to->text)),
                          fmt::format(" {} is invalid", path)});
    }
    const NodePtr& running = call.machine.configuration.running();
    const NodePtr device = device_part(*running);
    const NodePtr routers = device ? node_at(device, Tags{"network", "virtual-router"}) : nullptr;
    if (!routers || routers->child("entry", router->text) == nullptr) {
        return error(
            17, {fmt::format(" {} -> virtual-router '{}' is not a valid reference", path, escaped_line(router->text)),
                 fmt::format(" {} is invalid", path)});
    }
    const std::vector<Route> all = routes(running, router);
    const Route* const found = best_route(all, *ip);
    if (found == nullptr) {
        return result("<dp>dp0</dp>");
    }
    const std::vector<Interface> ports = interfaces(running);
    if (found->flags == "A H") {
        std::string source;
        const Interface* const own = interface_towards(ports, *ip, source);
        return result(fmt::format("<nh>local</nh><interface>{}</interface><dp>dp0</dp>",
                                  own == nullptr ? "" : escaped_text(own->name)));
    }
    const bool by_router = found->flags == "A S";
    std::string source;
    const auto hop = by_router ? parse_ip(found->hop) : ip;
    const Interface* const out = hop ? interface_towards(ports, *hop, source) : nullptr;
    const std::string& named = found->interface;
    return result(
        fmt::format("<nh>{}</nh><src>{}</src><ip>{}</ip><metric>{}</metric><interface>{}</interface>"
                    "<dp>dp0</dp>",
                    by_router ? "ip" : "interface", source, escaped_text(by_router ? found->hop : to->text),
                    escaped_text(found->metric), escaped_text(named.empty() && out != nullptr ? out->name : named)));
}

// ---- routing protocols ----------------------------------------------------------------------------------------------

// The routers that speak BGP, as they are configured; they have no peer to speak to.
Reply show_bgp_summary(const OperationCall& call) {
    std::string out;
    const NodePtr device = device_part(*call.machine.configuration.running());
    each_entry(device ? node_at(device, Tags{"network", "virtual-router"}) : nullptr, [&](const NodePtr& router) {
        const NodePtr bgp = node_at(router, Tags{"protocol", "bgp"});
        if (bgp && bgp->text_of("enable") == "yes") {
            out += fmt::format("<entry virtual-router=\"{}\"><router-id>{}</router-id><local-as>{}</local-as></entry>",
                               escaped_attribute(router->value()), escaped_text(bgp->text_of("router-id")),
                               escaped_text(bgp->text_of("local-as")));
        }
    });
    return result(out);
}

constexpr Operation network_commands[] = {
    {"show routing route", "virtual-router type destination nexthop interface", show_routes},
    {"show routing fib", "virtual-router ecmp nexthop", show_forwarding, Has::firewall},
    {"show routing summary", "virtual-router", show_routing_summary, Has::firewall},
    {"show routing resource", "", show_routing_summary, Has::firewall},
    {"show routing protocol bgp summary", "virtual-router", show_bgp_summary},
    {"show routing protocol bgp peer", "virtual-router peer-name", nothing},
    {"show routing protocol bgp peer-group", "virtual-router group-name", nothing},
    {"show routing protocol bgp loc-rib", "virtual-router peer prefix", nothing},
    {"show routing protocol bgp loc-rib-detail", "virtual-router peer prefix", nothing},
    {"show routing protocol bgp rib-out", "virtual-router peer prefix", nothing},
    {"show routing protocol bgp rib-out-detail", "virtual-router peer prefix", nothing},
    {"show routing protocol ospf neighbor", "virtual-router", nothing},
    {"show routing path-monitor", "virtual-router destination", nothing},
    {"test routing fib-lookup", "virtual-router ip", look_up_route, Has::firewall},
    {"show arp", "entry", show_neighbours},
};

}  // namespace

std::span<const Operation> network_operations() {
    return network_commands;
}

}  // namespace sim::panos
