// `firebreak-bridge check`: is the configuration right, and would its targets let us work? Reads only.
#pragma once

#include <iosfwd>

#include "bridge/operate/config/config.hpp"

namespace bridge::operate {

/// Asks each target for what it blocks by (our group in its running configuration, our pages in its lists), and says
/// what it found, a line each. Returns the exit code: 0 when every target is fit.
int check_targets(const Config& config, std::ostream& out);

}  // namespace bridge::operate
