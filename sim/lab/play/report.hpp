// How a run went: for the terminal, for CI servers (JUnit XML), and for programs (JSON).
#pragma once

#include <cstdint>
#include <string>

#include "sim/lab/play/runner.hpp"

namespace sim::lab {

/// One line for a scenario that passed or was skipped; with a failure, what was seen and the timeline.
std::string told_on_terminal(const FoundFile& file, const Outcome& outcome);

/// "27 passed, 0 failed, 2 skipped in 31.5 s"; skipped ones are only named when there are any.
std::string closing_line(const Summary& summary);

std::string junit_report(const Summary& summary, std::uint64_t seed);
std::string json_report(const Summary& summary, std::uint64_t seed);

}  // namespace sim::lab
