// What became of the alerts that were sent: acknowledged, in how many tries, and how soon.
#pragma once

#include <vector>

#include "sim/load/open_loop.hpp"
#include "sim/soak/judge/result.hpp"

namespace sim::soak {

/// Counts them in `result`, whose `alerts` were to be sent, and tells how many were never acknowledged. When it was
/// interrupted, none of them is found wrong.
void judge_acknowledgements(const std::vector<load::Sent>& sent, Result& result, const Told& told);

}  // namespace sim::soak
