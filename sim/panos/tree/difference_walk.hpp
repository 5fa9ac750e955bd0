// The walk behind the diff of two versions of a configuration, for those who need no list of it.
#pragma once

#include <functional>

#include "sim/panos/tree/place.hpp"

namespace sim::panos {

/// Calls `tell` for each named object that was added (before is null), removed (after is null) or changed. `way` is
/// good during the call. Returns whether something that is no such object differs.
using TellChange = std::function<void(Kind kind, const Way& way, const NodePtr& before, const NodePtr& after)>;
bool each_change(const NodePtr& before, const NodePtr& after, const TellChange& tell);

}  // namespace sim::panos
