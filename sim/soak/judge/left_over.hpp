// What must not be left on a firewall when every block has expired: objects of ours, and changes that nobody commits.
#pragma once

#include <string>
#include <vector>

#include "sim/panos/tree/node.hpp"

namespace sim::soak {

/// In words, a text for each thing that is wrong; empty: nothing is left. `uncommitted`: changes of the bridge wait in
/// the candidate.
std::vector<std::string> left_over(const panos::NodePtr& running, const panos::NodePtr& candidate, bool uncommitted);

}  // namespace sim::soak
