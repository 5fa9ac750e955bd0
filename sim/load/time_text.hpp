// Times and numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

#include "sim/load/measurement.hpp"

namespace sim::load {

/// Three digits: "412 us", "1.23 ms", "4.56 s", "123 s".
std::string time_text(Micros time);
/// The same; beyond the horizon "> 30.2 s".
std::string time_text(const Quantile& quantile);
/// "a commit takes 20.0 s", how often a list is fetched, or that nothing is committed.
std::string commits_told(const Question& question);
/// "60,000"
std::string number_text(std::uint64_t number);

}  // namespace sim::load
