// type=op: an operational command.
#pragma once

#include "sim/panos/call/call.hpp"

namespace sim::panos {

Prepared prepare_operation(Machine& machine, const Session& session, const Parameters& parameters);

}  // namespace sim::panos
