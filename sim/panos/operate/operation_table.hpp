// Which operational commands the device knows, for the coverage page and its test.
#pragma once

#include <string>
#include <vector>

namespace sim::panos {

/// "show jobs id", "request config-lock add", ...
std::vector<std::string> known_operations();

}  // namespace sim::panos
