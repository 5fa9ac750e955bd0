// Which parts of a device outlive its process beside the configuration: registered addresses, named configurations,
// what was counted, and its secrets, which are sealed.
#pragma once

#include "sim/panos/machine/machine.hpp"

namespace sim::panos {

/// Names the parts that outlive the process to the machine, which has its place for good.
void keep_parts(Machine& machine);

}  // namespace sim::panos
