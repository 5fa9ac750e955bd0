// The jobs EDLRefresh and FqdnRefresh.
#pragma once

#include <vector>

#include "sim/panos/machine/machine.hpp"

namespace sim::panos {

/// Fetches these lists, in one job that ends when all have answered, or when it has waited long enough.
void refresh_lists(Machine& machine, const std::vector<ListKey>& lists, Instant at);
/// Asks the name servers for all names that are in use.
void refresh_names(Machine& machine, Instant at);

}  // namespace sim::panos
