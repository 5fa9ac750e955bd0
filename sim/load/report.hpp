// A run's report: as a table for people, as JSON for programs. The page is in page.hpp.
#pragma once

#include <string>

#include "sim/load/measurement.hpp"
#include "sim/load/summary.hpp"

namespace sim::load {

std::string told(const Measurement& measurement, const Summary& summary);

/// One object. Times are in seconds; a quantile is {"s": 1.5, "beyond": false}, where beyond true says that it is more
/// than s.
std::string as_json(const Measurement& measurement, const Summary& summary);

}  // namespace sim::load
