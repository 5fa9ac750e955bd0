// What the devices of an HA pair do of themselves: one that can't do its work gives way, one that was meant to be the
// active device takes over again.
#pragma once

#include <optional>

#include "sim/panos/machine/machine.hpp"

namespace sim::panos {

/// To be called after a link, a path, the configuration or a state of the device or of its peer has changed, and when
/// something is due.
void follow_pair(Machine& device, Instant now);
/// When one of the device's hold times ends.
std::optional<Instant> next_of_pair(const Machine& device);
/// What the device goes by: the configuration's priority, or the pair's own.
int election_priority(const Machine& device);

}  // namespace sim::panos
