// A soak's report: for people, and for programs.
#pragma once

#include <string>

#include "sim/soak/judge/result.hpp"

namespace sim::soak {

std::string told(const Result& result);
std::string as_json(const Result& result);

}  // namespace sim::soak
