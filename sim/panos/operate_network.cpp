// Operational commands: interfaces, routes, neighbours, sessions, counters. There is no traffic: what the running
// configuration says is there, and the tables that traffic fills are empty.
#include <fmt/format.h>

#include "sim/panos/network_part.hpp"
#include "sim/panos/operation.hpp"
#include "sim/panos/place.hpp"
#include "sim/panos/system_text.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {
namespace {

using Tags = std::vector<std::string>;

std::string hardware(const Interface& each) {
    return fmt::format(
        "<entry><name>{0}</name><id>{1}</id><type>0</type><mac>00:50:56:00:53:{2:02x}</mac><speed>1000</speed>"
        "<duplex>full</duplex><state>up</state><mode>(autoneg)</mode><st>1000/full/up</st></entry>",
        escaped_text(each.name), each.id, each.id % 256);
}

std::string logical(const NodePtr& running, const Interface& each) {
    const Zone zone = zone_of(running, each.name);
    const std::string router = router_of(running, each.name);
    std::string more;
    for (std::size_t i = 1; i < each.addresses.size(); ++i) {
        more += "<member>" + escaped_text(each.addresses[i]) + "</member>";
    }
    return fmt::format(
        "<entry><name>{}</name><zone>{}</zone><fwd>{}</fwd><vsys>{}</vsys><dyn-addr></dyn-addr><addr6></addr6>"
        "<tag>{}</tag><ip>{}</ip><id>{}</id><addr>{}</addr></entry>",
        escaped_text(each.name), escaped_text(zone.name), router.empty() ? "N/A" : "vr:" + escaped_text(router),
        zone.vsys, escaped_text(each.tag), each.addresses.empty() ? "N/A" : escaped_text(each.addresses.front()),
        each.id, more);
}

// What pan-python's tests look for; there is no traffic to count.
Reply management_interface(const NodePtr& running) {
    std::string ip = "unknown";
    std::string netmask = "unknown";
    running->child_ptr("devices")->children().each([&](const Child& device) {
        if (const NodePtr system = node_at(device.node, std::vector<std::string>{"deviceconfig", "system"})) {
            ip = std::string(system->text_of("ip-address"));
            netmask = std::string(system->text_of("netmask"));
        }
        return false;
    });
    return result(
        fmt::format("<info><name>Management Interface</name><hwaddr>00:50:56:00:53:00</hwaddr><ip>{}</ip>"
                    "<netmask>{}</netmask><state>up</state></info><counters><rx-bytes>0</rx-bytes>"
                    "<rx-packets>0</rx-packets><tx-bytes>0</tx-bytes><tx-packets>0</tx-packets></counters>",
                    escaped_text(ip), escaped_text(netmask)));
}

Reply show_interface(const OperationCall& call) {
    const NodePtr& running = call.machine.configuration.running();
    const std::string& wanted = call.command.text;
    if (wanted == "management" && running->child("devices") != nullptr) {
        return management_interface(running);
    }
    std::string physical;
    std::string all;
    for (const Interface& each : interfaces(running)) {
        if (wanted != "all" && wanted != "hardware" && wanted != "logical" && wanted != each.name) {
            continue;
        }
        physical += each.physical ? hardware(each) : "";
        all += logical(running, each);
    }
    if (wanted == "hardware") {
        return result("<hw>" + physical + "</hw>");
    }
    if (wanted == "logical") {
        return result("<ifnet>" + all + "</ifnet>");
    }
    if (wanted != "all" && all.empty()) {
        return error(17, {fmt::format(" show -> interface '{}' is not a valid reference", escaped_line(wanted)),
                          " show -> interface is invalid"});
    }
    return result("<ifnet>" + all + "</ifnet><hw>" + physical + "</hw>");
}

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
    const NodePtr device = device_part(running);
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

Reply show_routes(const OperationCall& call) {
    std::string out =
        "<flags>flags: A:active, ?:loose, C:connect, H:host, S:static, ~:internal, R:rip, O:ospf, B:bgp, "
        "Oi:ospf intra-area, Oo:ospf inter-area, O1:ospf ext-type-1, O2:ospf ext-type-2, E:ecmp, M:multicast</flags>";
    for (const Route& each : routes(call.machine.configuration.running(), call.command.child("virtual-router"))) {
        out += route(each.router, each.destination, each.hop, each.metric, each.flags, each.interface);
    }
    return result(out);
}

// What routes say to the data plane, router by router: upgrade-assurance reads dst, interface, nexthop and the rest.
Reply show_forwarding(const OperationCall& call) {
    const NodePtr& running = call.machine.configuration.running();
    std::string tables;
    std::size_t number = 0;
    const NodePtr device = device_part(running);
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
            const bool static_route = each.flags == "A S";
            entries += fmt::format(
                "<entry><id>{}</id><dst>{}</dst><interface>{}</interface><nh_type>{}</nh_type><flags>{}</flags>"
                "<nexthop>{}</nexthop><mtu>1500</mtu></entry>",
                ++id, escaped_text(each.destination), escaped_text(each.interface), static_route ? 0 : 3,
                static_route          ? "ug"
                : each.flags == "A C" ? "u"
                                      : "uh",
                static_route ? escaped_text(each.hop) : "0.0.0.0");
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

Reply show_sessions(const OperationCall&) {
    return result("");
}

Reply show_session_info(const OperationCall& call) {
    std::string out = fmt::format("<num-max>{}</num-max>", call.machine.model->sessions);
    for (const std::string_view zero : {"num-active", "num-tcp", "num-udp", "num-icmp", "num-mcast", "num-bcast",
                                        "num-predict", "num-installed", "cps", "pps", "kbps"}) {
        out += fmt::format("<{0}>0</{0}>", zero);
    }
    return result(out +
                  "<tmo-tcp>3600</tmo-tcp><tmo-udp>30</tmo-udp><tmo-icmp>6</tmo-icmp><tmo-def>30</tmo-def>"
                  "<tmo-tcpinit>5</tmo-tcpinit><tmo-tcphandshake>10</tmo-tcphandshake>"
                  "<tmo-tcphalfclosed>120</tmo-tcphalfclosed><tmo-tcptimewait>15</tmo-tcptimewait>"
                  "<tmo-tcp-unverif-rst>30</tmo-tcp-unverif-rst><tmo-cp>30</tmo-cp><dis-tcp>90</dis-tcp>"
                  "<dis-udp>60</dis-udp><dis-def>60</dis-def><age-scan-thresh>80</age-scan-thresh>"
                  "<age-scan-tmo>10</age-scan-tmo><age-scan-ssf>8</age-scan-ssf><age-accel-thresh>80</age-accel-thresh>"
                  "<age-accel-tsf>2</age-accel-tsf><hw-offload>True</hw-offload><ipv6-fw>True</ipv6-fw>"
                  "<strict-checksum>True</strict-checksum><tcp-nonsyn-rej>True</tcp-nonsyn-rej>");
}

Reply show_session_meter(const OperationCall& call) {
    std::string out;
    std::size_t number = 0;
    for (const Scope& scope : scopes_of(call.machine.configuration.running())) {
        if (!scope.shared()) {
            out += fmt::format(
                "<entry><vsys>{}</vsys><current>0</current><maximum>0</maximum><throttled>0</throttled></entry>",
                ++number);
        }
    }
    return result(out);
}

Reply show_counters(const OperationCall& call) {
    const auto up = std::chrono::floor<std::chrono::seconds>(call.session.now - call.machine.booted).count();
    return result(fmt::format("<dp>dp0</dp><global><t>{}</t><counters></counters></global>", up));
}

Reply show_bgp_peers(const OperationCall&) {
    return result("");
}

constexpr Operation operations[] = {
    {"show interface", "", show_interface},
    {"show routing route", "virtual-router", show_routes},
    {"show routing fib", "virtual-router ecmp nexthop", show_forwarding, Has::firewall},
    {"show routing summary", "virtual-router", show_routing_summary, Has::firewall},
    {"show routing protocol bgp peer", "", show_bgp_peers},
    {"show arp", "entry", show_neighbours},
    {"show session all", "filter start-point", show_sessions},
    {"show session info", "", show_session_info},
    {"show session meter", "", show_session_meter},
    {"show counter global", "filter", show_counters},
};

}  // namespace

std::span<const Operation> network_operations() {
    return operations;
}

}  // namespace sim::panos
