// Operational commands: interfaces and their counters. No traffic passes: what the running configuration has is there,
// and all that would be counted is nought.
#include <fmt/format.h>

#include <array>

#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

std::string mac_of(const Interface& each) {
    return fmt::format("00:50:56:00:53:{:02x}", each.id % 256);
}

// A port without a link has neither speed nor duplex mode.
std::string hardware(const Interface& each, bool up) {
    return fmt::format(
        "<entry><name>{0}</name><id>{1}</id><type>0</type><mac>{2}</mac><speed>{3}</speed>"
        "<duplex>{4}</duplex><state>{5}</state><mode>(autoneg)</mode><st>{3}/{4}/{5}</st></entry>",
        escaped_text(each.name), each.id, mac_of(each), up ? "1000" : "ukn", up ? "full" : "ukn", up ? "up" : "down");
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

// ---- counters -------------------------------------------------------------------------------------------------------

std::string elements_of_nought(std::initializer_list<std::string_view> tags) {
    std::string out;
    for (const std::string_view tag : tags) {
        out += fmt::format("<{0}>0</{0}>", tag);
    }
    return out;
}

std::string logical_counters(const Interface& each) {
    return "<entry>" +
           elements_of_nought({"icmp_frag", "ifwderrors", "ierrors", "macspoof", "pod", "flowstate", "ipspoof",
                               "teardrop", "ibytes", "noarp", "sctp_conn", "noroute", "noneigh", "nomac", "l2_encap",
                               "zonechange", "other_conn", "obytes", "land"}) +
           "<name>" + escaped_text(each.name) + "</name>" +
           elements_of_nought({"tcp_conn", "neighpend", "ipackets", "opackets", "l2_decap", "udp_conn", "idrops"}) +
           "</entry>";
}

std::string hardware_counters(const Interface& each) {
    return "<entry>" + elements_of_nought({"obytes"}) + "<name>" + escaped_text(each.name) + "</name>" +
           elements_of_nought({"idrops", "ipackets", "opackets", "ierrors", "ibytes"}) + "<port>" +
           elements_of_nought({"tx-unicast", "tx-multicast", "rx-broadcast", "rx-unicast", "rx-multicast", "rx-bytes",
                               "tx-broadcast", "tx-bytes"}) +
           "</port></entry>";
}

Lines no_such_interface(std::string_view command, std::string_view name) {
    return {fmt::format(" {} '{}' is not a valid reference", command, escaped_line(name)),
            fmt::format(" {} is invalid", command)};
}

// <hw> and <ifnet>, which newer releases put into another <ifnet>; pan-os-python reads both.
Reply show_interface_counters(const OperationCall& call) {
    const std::string& wanted = call.command.text;
    std::string ports;
    std::string all;
    for (const Interface& each : interfaces(call.machine.configuration.running())) {
        if (wanted == "all" || wanted == each.name) {
            ports += each.physical ? hardware_counters(each) : "";
            all += logical_counters(each);
        }
    }
    if (all.empty() && wanted != "all") {
        return error(17, no_such_interface("show -> counter -> interface", wanted));
    }
    const std::string inner = call.machine.version.at_least(8, 0) ? "<ifnet>" + all + "</ifnet>" : all;
    return result("<dp>dp0</dp><ifnet>" + inner + "</ifnet><hw>" + ports + "</hw>");
}

// ---- show interface -------------------------------------------------------------------------------------------------

// What pan-python's tests look for.
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

// One interface alone has another shape than in a list: no entries, but its counters (a recording in a Go client).
Reply one_interface(const NodePtr& running, const Interface& each, bool up) {
    const Zone zone = zone_of(running, each.name);
    const std::string router = router_of(running, each.name);
    std::string four;
    std::string six;
    for (const std::string& address : each.addresses) {
        const std::string member = "<member>" + escaped_text(address) + "</member>";
        (address.find(':') == std::string::npos ? four : six) += member;
    }
    std::string out = fmt::format(
        "<ifnet><ipv6_client>False</ipv6_client><vr>{}</vr><tag>{}</tag><circuitonly>False</circuitonly>"
        "<ndpmon>False</ndpmon><id>{}</id><mgt_subnet>False</mgt_subnet><addr>{}</addr><service/><gre>False</gre>"
        "<ra>False</ra><zone>{}</zone><counters><ifnet>{}</ifnet><hw>{}</hw></counters><dad>False</dad>"
        "<policing>False</policing><mssadjv4>0</mssadjv4><mssadjv6>0</mssadjv6><sdwan>False</sdwan>"
        "<fwd_type>{}</fwd_type><addr6>{}</addr6><name>{}</name><tunnel/><vsys>{}</vsys><dyn-addr/><mtu>1500</mtu>"
        "<tcpmss>False</tcpmss><mode>{}</mode></ifnet>",
        router.empty() ? "N/A" : escaped_text(router), escaped_text(each.tag), each.id, four, escaped_text(zone.name),
        logical_counters(each), each.physical ? hardware_counters(each) : "", router.empty() ? "N/A" : "vr", six,
        escaped_text(each.name), zone.vsys == 0 ? "N/A" : fmt::format("vsys{}", zone.vsys), each.layer);
    if (each.physical) {
        out += fmt::format(
            "<hw><name>{}</name><duplex>{}</duplex><type>0</type><state_c>auto</state_c><mac>{}</mac>"
            "<state>{}</state><duplex_c>auto</duplex_c><mode>{}</mode><speed_c>auto</speed_c><speed>{}</speed>"
            "<id>{}</id><untag>False</untag></hw>",
            escaped_text(each.name), up ? "full" : "ukn", mac_of(each), up ? "up" : "down", each.layer,
            up ? "1000" : "ukn", each.id);
    }
    return result(out + "<dp>dp0</dp>");
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
        const bool up = !call.machine.outages.interfaces.contains(each.name);
        if (wanted == each.name) {
            return one_interface(running, each, up);
        }
        physical += each.physical ? hardware(each, up) : "";
        all += logical(running, each);
    }
    if (wanted == "hardware") {
        return result("<hw>" + physical + "</hw>");
    }
    if (wanted == "logical") {
        return result("<ifnet>" + all + "</ifnet>");
    }
    if (wanted != "all") {
        return error(17, no_such_interface("show -> interface", wanted));
    }
    return result("<ifnet>" + all + "</ifnet><hw>" + physical + "</hw>");
}

// By the second, of what the counters count.
Reply show_interface_rate(const OperationCall& call) {
    const std::string& wanted = call.command.text;
    for (const Interface& each : interfaces(call.machine.configuration.running())) {
        if (wanted == each.name) {
            return result(fmt::format("<entry><name>{}</name><id>{}</id>{}</entry>", escaped_text(each.name), each.id,
                                      elements_of_nought({"rx-bytes", "rx-packets", "tx-bytes", "tx-packets"})));
        }
    }
    return error(17, no_such_interface("show -> counter -> rate", wanted));
}

constexpr Operation interface_commands[] = {
    {"show interface", "", show_interface},
    {"show counter interface", "", show_interface_counters, Has::firewall},
    {"show counter rate", "", show_interface_rate, Has::firewall},
};

}  // namespace

std::span<const Operation> interface_operations() {
    return interface_commands;
}

}  // namespace sim::panos
