// Writes a file so that a reader sees the old content or the new, and nothing in between.
#pragma once

#include <string>

#include "sim/lab/story/scenario.hpp"
#include "sim/lab/world/world.hpp"

namespace sim::lab {

/// Errors name the path.
Done replace_file(const std::string& directory, const WriteFile& file);

}  // namespace sim::lab
