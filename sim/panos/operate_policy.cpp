// Operational commands: test security-policy-match.
#include <fmt/format.h>

#include <charconv>

#include "sim/panos/operation.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {
namespace {

std::string protocol_name(std::string_view number) {
    return number == "6" ? "tcp" : number == "17" ? "udp" : number == "132" ? "sctp" : std::string(number);
}

Reply test_policy_match(const OperationCall& call) {
    const auto text = [&call](std::string_view name) {
        const Element* child = call.command.child(name);
        return child == nullptr ? std::string{} : child->text;
    };
    for (const std::string_view required : {"source", "destination", "protocol"}) {
        if (text(required).empty()) {
            return error(17, {fmt::format(" test -> security-policy-match -> {} is missing", required),
                              " test -> security-policy-match is invalid"});
        }
    }
    Flow flow;
    flow.from = text("source");
    flow.to = text("destination");
    flow.from_zone = text("from");
    flow.to_zone = text("to");
    flow.protocol = protocol_name(text("protocol"));
    flow.application = text("application");
    if (!call.session.vsys.empty()) {
        flow.vsys = call.session.vsys;
    }
    const std::string port = text("destination-port");
    std::uint16_t number = 0;
    const auto read = std::from_chars(port.data(), port.data() + port.size(), number);
    if (!port.empty()) {
        if (read.ec != std::errc{} || read.ptr != port.data() + port.size()) {
            return error(17, {" test -> security-policy-match -> destination-port is invalid"});
        }
        flow.port = number;
    }
    const Verdict verdict = call.machine.compiled().verdict(flow);
    if (verdict.rule == "interzone-default" && (flow.from_zone.empty() || flow.to_zone.empty())) {
        return result("<rules/>");
    }
    return result(fmt::format("<rules><entry name=\"{}\"><action>{}</action></entry></rules>",
                              escaped_attribute(verdict.rule), escaped_text(verdict.action)));
}

constexpr Operation operations[] = {
    {"test security-policy-match",
     "source destination destination-port protocol from to application source-user category show-all",
     test_policy_match},
};

}  // namespace

std::span<const Operation> policy_operations() {
    return operations;
}

}  // namespace sim::panos
