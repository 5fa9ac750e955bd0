// A device's state as one file: what it runs and what a Panorama pushed to it, exported from one firewall and imported
// into another that takes its place. Private keys are not in it.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/panos/machine/machine.hpp"

namespace sim::panos {

/// The .tgz.
std::string device_state(const Machine& machine, Instant now);

/// Makes the state's configuration the candidate, to be committed, and what was pushed the device's own at once; the
/// change is that administrator's. Errors: why the file is none.
tl::expected<void, std::string> take_device_state(Machine& machine, const std::string& admin, std::string_view file,
                                                  Instant now);

}  // namespace sim::panos
