// `firebreak-bridge check`: is the configuration right, and would its targets let us work? Reads only.
#pragma once

#include <iosfwd>

#include "bridge/operate/config.hpp"

namespace bridge::operate {

/// Asks each target for our group in its running configuration, and says what it found, a line each. Returns the exit
/// code: 0 when every target is fit.
int check_targets(const Config& config, std::ostream& out);

}  // namespace bridge::operate
