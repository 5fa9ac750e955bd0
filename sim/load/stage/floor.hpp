// How good the harness itself is, measured before each run: the same sender against a receiver in this process that
// answers 200 at once. What it shows is no merit and no fault of the bridge.
#pragma once

#include <stop_token>
#include <tl/expected.hpp>

#include "sim/lab/real/loop_thread.hpp"
#include "sim/load/measurement.hpp"

namespace sim::load::stage {

/// One second at that rate, of at least 50 and at most 2,000 posts.
tl::expected<Floor, std::string> measure_floor(lab::LoopThread& loop, double rate_per_s, std::stop_token stop);

}  // namespace sim::load::stage
