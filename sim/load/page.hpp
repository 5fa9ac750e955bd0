// A run's report as one page: no script, nothing from elsewhere, readable in light, in dark and on paper.
#pragma once

#include <string>

#include "sim/load/measurement.hpp"
#include "sim/load/summary.hpp"

namespace sim::load {

std::string as_page(const Measurement& measurement, const Summary& summary);

}  // namespace sim::load
