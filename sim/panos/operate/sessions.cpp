// Operational commands: sessions of the data plane. None is ever active: what asks for some finds none, and what clears
// them has done so.
#include <fmt/format.h>

#include "sim/panos/operate/operation.hpp"
#include "sim/panos/policy/scope_objects.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

// With <count> only their number: one member for each data plane.
Reply show_sessions(const OperationCall& call) {
    const Element* const filter = call.command.child("filter");
    const Element* const count = filter == nullptr ? nullptr : filter->child("count");
    return result(count != nullptr && count->text == "yes" ? "<member>0</member>" : "");
}

Reply clear_sessions(const OperationCall&) {
    return result("<member>sessions cleared</member>");
}

Reply no_such_session(const OperationCall& call) {
    const std::string& id = call.command.text;
    if (id.empty() || id.find_first_not_of("0123456789") != std::string::npos) {
        return error(17, {" session -> id is invalid", " session is invalid"});
    }
    return error(0, {fmt::format("Session {} not found", id)});
}

Reply show_session_info(const OperationCall& call) {
    std::string out = fmt::format("<num-max>{}</num-max>", call.machine.model->sessions);
    for (const std::string_view each : {"num-active", "num-tcp", "num-udp", "num-icmp", "num-mcast", "num-bcast",
                                        "num-predict", "num-installed", "cps", "pps", "kbps"}) {
        out += fmt::format("<{0}>{1}</{0}>", each, each == "num-installed" ? call.machine.traffic.allowed : 0);
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

constexpr Operation session_commands[] = {
    {"show session all", "filter start-point", show_sessions},
    {"show session id", "", no_such_session, Has::firewall},
    {"clear session id", "", no_such_session, Has::firewall},
    {"show session info", "", show_session_info},
    {"show session meter", "", show_session_meter},
    {"clear session all", "filter", clear_sessions, Has::firewall},
};

}  // namespace

std::span<const Operation> session_operations() {
    return session_commands;
}

}  // namespace sim::panos
