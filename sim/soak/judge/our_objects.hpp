// What is the bridge's in a firewall's configuration, by its tag.
#pragma once

#include <functional>
#include <string>

#include "sim/panos/tree/node.hpp"

namespace sim::soak {

/// Address objects with our tag, in all scopes: name, and address without the mask of a host.
void each_object(const panos::NodePtr& configuration,
                 const std::function<void(const std::string& name, const std::string& address)>& visit);

/// The static group that has it as a member; empty: none has.
std::string group_of(const panos::NodePtr& configuration, const std::string& object);

}  // namespace sim::soak
