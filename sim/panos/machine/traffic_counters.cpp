#include "sim/panos/machine/traffic_counters.hpp"

#include <array>

namespace sim::panos {
namespace {

constexpr std::array kinds{
    CounterKind{"flow_dos_drop_ip_blocked", "flow", "drop", "dos",
                "Packets dropped: Flagged for blocking and under block duration by DoS or other modules"},
    CounterKind{"flow_fwd_l3_noarp", "flow", "drop", "forward", "Packets dropped: no ARP"},
    CounterKind{"flow_fwd_l3_noroute", "flow", "drop", "forward", "Packets dropped: no route"},
    CounterKind{"flow_policy_deny", "flow", "drop", "session", "Session setup: denied by policy"},
    CounterKind{"flow_policy_nofwd", "flow", "drop", "session", "Session setup: no destination zone from forwarding"},
    CounterKind{"flow_tcp_non_syn_drop", "flow", "drop", "session",
                "Packets dropped: non-SYN TCP without session match"},
    CounterKind{"session_allocated", "session", "info", "resource", "Sessions allocated"},
    CounterKind{"session_discard", "session", "info", "resource", "Session set to discard by security policy check"},
    CounterKind{"session_freed", "session", "info", "resource", "Sessions freed"},
    CounterKind{"session_installed", "session", "info", "resource", "Sessions installed"},
};

}  // namespace

std::span<const CounterKind> counter_kinds() {
    return kinds;
}

std::uint64_t TrafficCounters::of(std::string_view counter) const {
    if (counter == "flow_policy_deny") {
        return denied;
    }
    return counter == "session_allocated" || counter == "session_freed" || counter == "session_installed" ? allowed : 0;
}

}  // namespace sim::panos
