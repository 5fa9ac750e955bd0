// The network half of a configuration, as the commands on it and the checks of a commit see it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

struct Interface {
    std::string name;
    std::string tag = "0";
    std::vector<std::string> addresses;
    bool physical = false;
    bool routed = false;  // layer 3: it needs a zone
    std::size_t id = 0;
    std::string layer = "layer3";  // or "layer2", "virtual-wire", "tap", "ha"
};

/// Ports, their units, and units of vlan, loopback and tunnel interfaces, in the configuration's order.
std::vector<Interface> interfaces(const NodePtr& configuration);

struct Zone {
    std::string name;
    std::size_t vsys = 0;  // 0: of none
};

Zone zone_of(const NodePtr& configuration, const std::string& interface);
/// Name of the virtual router that has the interface, or empty.
std::string router_of(const NodePtr& configuration, const std::string& interface);

/// Calls with each child; `container` may be null.
void each_entry(const NodePtr& container, const std::function<void(const NodePtr&)>& tell);
/// A list of members has that one; `members` may be null.
bool lists(const NodePtr& members, const std::string& name);

}  // namespace sim::panos
