// Operational commands: load and sensors of the data plane, redistribution. Nothing passes
// through the device: what it would count is nought, what it would list is empty.
#include <fmt/format.h>

#include <array>

#include "sim/panos/configuration/system_text.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

// ---- load -----------------------------------------------------------------------------------------------------------

struct Span {
    std::string_view name;
    unsigned most;  // values that are kept
};
constexpr std::array spans{Span{"second", 60}, Span{"minute", 60}, Span{"hour", 24}, Span{"day", 7}, Span{"week", 13}};

std::string second_values_of_nought(unsigned count) {
    std::string out = "0";
    for (unsigned i = 1; i < count; ++i) {
        out += ",0";
    }
    return out;
}

std::string load_of(const Span& span, unsigned last) {
    const std::string values = second_values_of_nought(last);
    const auto core = [&values](std::string_view tag) {
        return fmt::format(
            "<{0}><entry><coreid>0</coreid><value>{1}</value></entry><entry><coreid>1</coreid><value>{1}"
            "</value></entry></{0}>",
            tag, values);
    };
    std::string use;
    for (const std::string_view what : {"session", "packet buffer", "packet descriptor", "sw tags descriptor"}) {
        const auto entry = [&](std::string_view kind) {
            use += fmt::format("<entry><name>{}{}</name><value>{}</value></entry>", what, kind, values);
        };
        if (span.name == "second") {
            entry("");
        } else {
            entry(" (average)");
            entry(" (maximum)");
        }
    }
    const std::string cores =
        span.name == "second" ? core("cpu-load-average") : core("cpu-load-average") + core("cpu-load-maximum");
    return fmt::format("<{0}>{1}<resource-utilization>{2}</resource-utilization></{0}>", span.name, cores, use);
}

// All spans, or the one that is asked for, with its last values.
Reply show_resource_monitor(const OperationCall& call) {
    if (call.command.child("ingress-backlogs") != nullptr) {
        return result(cdata("-- SLOT:s1, DP:dp0 --\nUSAGE - ATOMIC: 0% TOTAL: 0%\n"));
    }
    std::string out;
    for (const Span& span : spans) {
        const Element* const asked = call.command.child(span.name);
        if (asked == nullptr && !call.command.children.empty()) {
            continue;
        }
        unsigned last = span.most;
        if (const Element* const number = asked == nullptr ? nullptr : asked->child("last")) {
            const std::string& text = number->text;
            last = static_cast<unsigned>(whole_number(text, span.most).value_or(0));
            if (last < 1) {
                return error(17, {fmt::format(" show -> running -> resource-monitor -> {} -> last value={} should be "
                                              "equal to or between 1 and {}",
                                              span.name, escaped_line(text), span.most)});
            }
        }
        out += load_of(span, last);
    }
    return result("<resource-monitor><data-processors><dp0>" + out + "</dp0></data-processors></resource-monitor>");
}

constexpr std::string_view temperatures =
    "<thermal><Slot1><entry><slot>1</slot><description>Temperature near CPU</description><min>5.0</min>"
    "<max>85.0</max><alarm>False</alarm><DegreesC>41.0</DegreesC></entry></Slot1></thermal>";
constexpr std::string_view fans =
    "<fan><Slot1><entry><slot>1</slot><description>Fan #1 RPM</description><min>1000</min><alarm>False</alarm>"
    "<RPMs>3400</RPMs></entry></Slot1></fan>";
constexpr std::string_view voltages =
    "<power><Slot1><entry><slot>1</slot><description>1.8V Power Rail</description><min>1.62</min><max>1.98</max>"
    "<alarm>False</alarm><Volts>1.8</Volts></entry></Slot1></power>";

// A virtual firewall has no sensors.
Reply sensors(const OperationCall& call, std::string_view those) {
    return result(call.machine.model->virtual_machine() ? std::string_view{} : those);
}

Reply show_environment(const OperationCall& call) {
    return sensors(call, std::string(temperatures) + std::string(fans) + std::string(voltages));
}
Reply show_temperatures(const OperationCall& call) {
    return sensors(call, temperatures);
}
Reply show_fans(const OperationCall& call) {
    return sensors(call, fans);
}
Reply show_voltages(const OperationCall& call) {
    return sensors(call, voltages);
}

// ---- services -------------------------------------------------------------------------------------------------------

Reply show_user_id_service(const OperationCall&) {
    return result(
        escaped_text("\n\tUser id service:                     down\n\tNumber of clients:                   0\n"));
}

// An audit script knows a firewall without agents by these words.
Reply no_user_id_agents(const OperationCall&) {
    return result(cdata("\nNo User-ID Agent agents\n"));
}

constexpr Operation dataplane_commands[] = {
    {"show running resource-monitor", "second minute hour day week ingress-backlogs", show_resource_monitor,
     Has::firewall},
    {"show redistribution service client all", "", nothing, Has::firewall},
    {"show redistribution service status", "", nothing, Has::firewall},
    {"show redistribution agent state", "", nothing, Has::firewall},
    {"show redistribution agent statistics", "", nothing, Has::firewall},
    {"show user user-id-agent state", "", no_user_id_agents, Has::firewall},
    {"show user user-id-agent statistics", "", nothing, Has::firewall},
    {"show user ts-agent state", "", nothing, Has::firewall},
    {"show user ts-agent statistics", "", nothing, Has::firewall},
    {"show user server-monitor state", "", nothing, Has::firewall},
    {"show user server-monitor statistics", "", nothing, Has::firewall},
    {"show user group-mapping state", "", nothing, Has::firewall},
    {"show user group-mapping statistics", "", nothing, Has::firewall},
    {"show redistribution service agent all", "", nothing, Has::firewall},
    {"show user user-id-service status", "", show_user_id_service, Has::firewall},
    {"show system environmentals", "", show_environment},
    {"show system environmentals thermal", "", show_temperatures},
    {"show system environmentals fans", "", show_fans},
    {"show system environmentals power", "", show_voltages},
};

}  // namespace

std::span<const Operation> dataplane_operations() {
    return dataplane_commands;
}

}  // namespace sim::panos
