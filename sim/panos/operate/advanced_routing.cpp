// Operational commands of the advanced routing engine (from 10.2 on), which answers in JSON inside of XML. It runs on a
// device that was restarted with deviceconfig/setting/advance-routing set; logical routers are the configuration's. No
// routing protocol has a partner.
#include <fmt/format.h>

#include <map>

#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/operate/running_text.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"
#include "sim/panos/web/rest_json.hpp"

namespace sim::panos {
namespace {

using Tags = std::vector<std::string>;

std::optional<Reply> not_running(const OperationCall& call) {
    if (!call.machine.version.at_least(10, 2)) {
        return error(17, unexpected_lines({"show", "advanced-routing"}));
    }
    if (!call.machine.advanced_routing) {
        return error(0, {"Advanced routing is not enabled"});
    }
    return std::nullopt;
}

struct LogicalRoute {
    std::string prefix;
    std::string protocol;  // "static", "connected", "local"
    std::string hop;       // empty: directly connected
    std::string interface;
    unsigned distance = 0;
    std::string metric = "0";

    bool six() const { return prefix.find(':') != std::string::npos; }
};

// The routes of each logical router, by its name.
std::map<std::string, std::vector<LogicalRoute>> logical_routes(const OperationCall& call) {
    std::map<std::string, std::vector<LogicalRoute>> all;
    const NodePtr& running = call.machine.configuration.running();
    const NodePtr device = device_part(*running);
    const std::vector<Interface> ports = interfaces(running);
    each_entry(device ? node_at(device, Tags{"network", "logical-router"}) : nullptr, [&](const NodePtr& router) {
        std::vector<LogicalRoute>& of_router = all[router->value()];
        each_entry(router->child_ptr("vrf"), [&](const NodePtr& vrf) {
            for (const std::string family : {"ip", "ipv6"}) {
                each_entry(node_at(vrf, Tags{"routing-table", family, "static-route"}), [&](const NodePtr& way) {
                    const NodePtr hop = way->child_ptr("nexthop");
                    const std::string_view tag = family == "ip" ? "ip-address" : "ipv6-address";
                    const std::string metric(way->text_of("metric"));
                    of_router.push_back({std::string(way->text_of("destination")), "static",
                                         hop ? std::string(hop->text_of(tag)) : "",
                                         std::string(way->text_of("interface")), 10, metric.empty() ? "10" : metric});
                });
            }
            for (const Interface& port : ports) {
                if (!lists(vrf->child_ptr("interface"), port.name)) {
                    continue;
                }
                for (const std::string& address : port.addresses) {
                    const std::string host = address.substr(0, address.find('/'));
                    const bool six = host.find(':') != std::string::npos;
                    of_router.push_back({address, "connected", "", port.name});
                    of_router.push_back({host + (six ? "/128" : "/32"), "local", "", port.name});
                }
            }
        });
    });
    return all;
}

std::string route_json(const LogicalRoute& route, const std::string& up) {
    const std::string hop =
        route.hop.empty() ? std::string(R"("directlyConnected":true)")
                          : fmt::format(R"("ip":{},"afi":"{}")", quoted_json(route.hop), route.six() ? "ipv6" : "ipv4");
    const unsigned long metric =
        route.metric.find_first_not_of("0123456789") == std::string::npos && route.metric.size() < 10
            ? std::stoul(route.metric)
            : 0;
    return fmt::format(
        R"({{"prefix":{},"protocol":"{}","vrfName":"default","selected":true,"destSelected":true,"distance":{},)"
        R"("metric":{},"installed":true,"uptime":"{}","nexthops":[{{"fib":true,{},"interfaceName":{},"active":true}}]}})",
        quoted_json(route.prefix), route.protocol, route.distance, metric, up, hop, quoted_json(route.interface));
}

// "01:02:03", or "02d03h04m" after a day: as the engine's own texts are.
std::string since(Instant booted, Instant now) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now - booted).count();
    return seconds < 86400 ? fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
                           : fmt::format("{:02}d{:02}h{:02}m", seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60);
}

Reply json_result(const std::string& json) {
    return result("<json>" + escaped_text(json) + "</json>");
}

bool is_asked_for(const Element& command, const std::string& router, const LogicalRoute& route) {
    const auto differs = [&command](std::string_view name, std::string_view value) {
        const Element* const asked = command.child(name);
        return asked != nullptr && asked->text != value;
    };
    const std::string_view kind = route.protocol == "connected" ? "connect" : std::string_view(route.protocol);
    return !differs("logical-router", router) && !differs("afi", route.six() ? "ipv6" : "ipv4") &&
           !differs("type", kind) && !differs("destination", route.prefix);
}

Reply show_logical_routes(const OperationCall& call) {
    if (auto refused = not_running(call)) {
        return *refused;
    }
    const std::string up = since(call.machine.booted, call.session.now);
    std::string out;
    for (const auto& [router, all] : logical_routes(call)) {
        std::map<std::string, std::string> by_prefix;
        for (const LogicalRoute& each : all) {
            if (is_asked_for(call.command, router, each)) {
                std::string& list = by_prefix[each.prefix];
                list += (list.empty() ? "" : ",") + route_json(each, up);
            }
        }
        std::string prefixes;
        for (const auto& [prefix, list] : by_prefix) {
            prefixes += fmt::format("{}{}:[{}]", prefixes.empty() ? "" : ",", quoted_json(prefix), list);
        }
        if (!prefixes.empty()) {
            out += fmt::format("{}{}:{{{}}}", out.empty() ? "" : ",", quoted_json(router), prefixes);
        }
    }
    return json_result("{" + out + "}");
}

Reply show_logical_forwarding(const OperationCall& call) {
    if (auto refused = not_running(call)) {
        return *refused;
    }
    std::string tables;
    std::size_t number = 0;
    for (const auto& [router, all] : logical_routes(call)) {
        const Element* const asked = call.command.child("logical-router");
        if (asked != nullptr && asked->text != router) {
            continue;
        }
        std::string entries;
        std::size_t id = 0;
        for (const LogicalRoute& each : all) {
            const RouteKind kind = each.protocol == "static"      ? RouteKind::fixed
                                   : each.protocol == "connected" ? RouteKind::connected
                                                                  : RouteKind::own;
            entries += forwarding_entry(++id, each.prefix, each.interface, kind, each.hop);
        }
        tables += fmt::format(
            "<entry><id>{}</id><vr>{}</vr><max>2500</max><type>ipv4</type><ecmp>0</ecmp><entries>{}</entries>"
            "<nentries>{}</nentries></entry>",
            ++number, escaped_text(router), entries, id);
    }
    return result(fmt::format("<dp>dp0</dp><total>{}</total><fibs>{}</fibs>", number, tables));
}

Reply no_logical_neighbours(const OperationCall& call) {
    const auto refused = not_running(call);
    return refused ? *refused : json_result("{}");
}

constexpr Operation advanced_routing_commands[] = {
    {"show advanced-routing route", "afi logical-router type destination ecmp nexthop interface", show_logical_routes,
     Has::firewall},
    {"show advanced-routing fib", "afi logical-router ecmp", show_logical_forwarding, Has::firewall},
    {"show advanced-routing static-route-path-monitor", "logical-router", no_logical_neighbours, Has::firewall},
    {"show advanced-routing bgp summary", "logical-router", no_logical_neighbours, Has::firewall},
    {"show advanced-routing bgp peer", "details status logical-router peer-name received-routes advertised-routes",
     no_logical_neighbours, Has::firewall},
    {"show advanced-routing bgp peer-groups", "logical-router", no_logical_neighbours, Has::firewall},
    {"show advanced-routing bgp route", "afi logical-router", no_logical_neighbours, Has::firewall},
    {"show advanced-routing ospf summary", "logical-router", no_logical_neighbours, Has::firewall},
    {"show advanced-routing ospf neighbor", "logical-router detail brief", no_logical_neighbours, Has::firewall},
    {"show advanced-routing ospfv3 neighbor", "logical-router detail brief", no_logical_neighbours, Has::firewall},
    {"show advanced-routing bfd summary", "logical-router", no_logical_neighbours, Has::firewall},
    {"show advanced-routing multicast route", "logical-router", no_logical_neighbours, Has::firewall},
};

}  // namespace

std::span<const Operation> advanced_routing_operations() {
    return advanced_routing_commands;
}

}  // namespace sim::panos
