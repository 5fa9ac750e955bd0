// From a scenario file to a Scenario, or to everything that is wrong with the file.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/lab/story/scenario.hpp"

namespace sim::lab {

/// The complaints, each with file, line and column, in the file's order.
using Complaints = std::vector<std::string>;

/// Files that the scenario names are looked for beside `file`.
tl::expected<Scenario, Complaints> read_scenario(std::string_view text, const std::string& file);

tl::expected<Scenario, Complaints> load_scenario(const std::string& file);

}  // namespace sim::lab
