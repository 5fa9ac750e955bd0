// Notifications on a schedule, for the benchmarks that post them: reads the command line's numbers, and fires.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/load/schedule.hpp"
#include "sim/load/sender.hpp"

namespace bench {

/// Argument number `at`, or `otherwise` when there are fewer.
std::size_t number(int argc, char** argv, int at, std::size_t otherwise);

/// Makes a notification for each arrival, with ids from `first_id` and `attacker_of` its place, and then posts them to
/// `plan.to` from now on. What is wrong with the arrivals is told on stderr.
std::optional<std::vector<sim::load::Sent>> fire(const sim::load::Arrivals& arrivals, std::size_t first_id,
                                                 const std::function<std::string(std::size_t)>& attacker_of,
                                                 sim::load::SendPlan& plan);

}  // namespace bench
