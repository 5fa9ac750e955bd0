// How many commits of the bridge a firewall took, and what they were good for.
#pragma once

#include <span>
#include <string_view>

#include "sim/panos/machine/record.hpp"
#include "sim/soak/judge/result.hpp"

namespace sim::soak {

/// Adds those of that administrator to `seen`: all, those that went well or failed, and of those that went well the
/// ones that changed nothing. One that runs still is neither well nor failed.
void tally_commits(std::span<const panos::RecordedCommit> commits, std::string_view administrator, FirewallSeen& seen);

}  // namespace sim::soak
