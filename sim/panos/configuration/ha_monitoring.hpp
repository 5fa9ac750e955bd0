// What a firewall of an HA pair watches, as the configuration says: its links, the paths to hosts, and the interfaces
// that connect it with its peer. In the mock every link is up and every path leads somewhere.
#pragma once

#include <string>
#include <string_view>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

/// <link-monitoring>...</link-monitoring> of `show high-availability`.
std::string link_monitoring(const NodePtr& running);
/// <path-monitoring>...</path-monitoring>
std::string path_monitoring(const NodePtr& running);

struct HaInterface {
    std::string port;  // all empty when it is not configured
    std::string address;
    std::string netmask;
};

/// `name`: "ha1", "ha1-backup", "ha2", "ha2-backup", "ha3".
HaInterface ha_interface(const NodePtr& running, std::string_view name);

}  // namespace sim::panos
