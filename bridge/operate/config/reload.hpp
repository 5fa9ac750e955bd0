// What of a new configuration can hold while the bridge runs.
#pragma once

#include <string>
#include <vector>

#include "bridge/operate/config/config.hpp"

namespace bridge::operate {

/// The keys that differ and hold only from the next start on: where the store is, where the bridge listens, where the
/// audit trail goes. A reload that would change one of them is refused as a whole, so that what runs is always what one
/// file says.
std::vector<std::string> keys_that_need_a_restart(const Config& now, const Config& next);

}  // namespace bridge::operate
