// Schedules of rules: the times at which a rule is in force.
#pragma once

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

/// Whether the schedule object (the entry, with its `schedule-type`) holds that time, UTC. Daily "08:00-17:00", weekly
/// the same under the day's name, once "2024/01/31@08:00-2024/02/01@17:00"; ends count with their minute (assumed).
/// What can't be read holds no time.
bool schedule_holds(const Node& schedule, Instant at);

}  // namespace sim::panos
