// What the configuration says of a firewall's HA pair: the links and the paths to hosts that it watches, who is to be
// the active one, and the interfaces that connect it with its peer.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

/// What a test has cut; everything else is up.
struct Outages {
    std::set<std::string, std::less<>> interfaces;  // names
    std::set<std::string, std::less<>> paths;       // addresses of hosts that don't answer
};

/// <link-monitoring>...</link-monitoring> of `show high-availability`.
std::string link_monitoring(const NodePtr& running, const Outages& outages);
/// <path-monitoring>...</path-monitoring>
std::string path_monitoring(const NodePtr& running, const Outages& outages);
/// What fails of that, so that the device is to give way; empty: nothing.
std::string monitoring_failure(const NodePtr& running, const Outages& outages);
/// The host is a destination of path monitoring.
bool watches_path(const NodePtr& running, std::string_view address);

struct HaElection {
    std::optional<int> priority;  // the lower one is to be the active device
    bool preemptive = false;      // it takes over from an active device that is of less priority; both must say so
    std::chrono::minutes preemption_hold{1};  // so long it waits before it does (documented default)
    std::chrono::minutes failure_hold{1};     // so long a monitored failure keeps it out (monitor-fail-hold-down-time)
};
HaElection ha_election(const NodePtr& running);
/// The control link is encrypted, with keys that administrators carry from one device to the other.
bool ha1_encrypted(const NodePtr& running);

struct HaInterface {
    std::string port;  // all empty when it is not configured
    std::string address;
    std::string netmask;
};

/// `name`: "ha1", "ha1-backup", "ha2", "ha2-backup", "ha3".
HaInterface ha_interface(const NodePtr& running, std::string_view name);

}  // namespace sim::panos
