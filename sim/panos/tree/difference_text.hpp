// The difference of two configurations for people: the diff of a commit, as lines.
#pragma once

#include <string>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

/// For every node that was added, removed or changed: its xpath as "@@ XPATH @@", then what was there with "-" and what
/// is there with "+" before each line. Nodes that only stand elsewhere among their siblings are not told. At most about
/// 1 MB; then the last line says that there is more.
std::string difference_text(const NodePtr& before, const NodePtr& after);

}  // namespace sim::panos
