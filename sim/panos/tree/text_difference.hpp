// Two configurations compared as texts, the way a device prints what a commit would change.
#pragma once

#include <string>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

/// Lines of the configuration in braces ("address {", "ip-netmask 10.0.0.1;"), those of `before` only with a minus in
/// front, those of `after` only with a plus, and the lines that lead to them with a blank. What is the same is left
/// out. Empty when nothing differs. At most some megabytes; then it ends with a line that says so.
std::string text_difference(const Node& before, const Node& after);

}  // namespace sim::panos
