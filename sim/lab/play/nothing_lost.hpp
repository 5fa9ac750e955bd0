// What must hold when all is over, whatever the story was and wherever the bridge died in it: each acknowledged alert
// is in the journal; each indicator that it told to block is blocked, or refused or held with a reason; the firewalls
// have what is wanted and nothing else, each thing once; and no more commits were made than the story needs.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "sim/lab/story/scenario.hpp"
#include "sim/lab/world/world.hpp"

namespace sim::lab {

/// Most commits, by firewall; one that is not named is not bounded.
using CommitBounds = std::map<std::string, std::size_t>;

/// Waits until every target has come to rest, and looks. An indicator that the story unblocks, or whose time is over
/// within it, may be gone. The error names everything that does not hold.
Done check_nothing_lost(const Scenario& scenario, World& world, const std::vector<SentAnswer>& acknowledged,
                        const CommitBounds& commits_max);

}  // namespace sim::lab
