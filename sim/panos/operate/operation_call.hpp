// type=op: an operational command.
#pragma once

#include <optional>
#include <string_view>

#include "sim/panos/call/call.hpp"

namespace sim::panos {

/// The key pair that a command will need and that takes long to make; nothing for most.
std::optional<KeyKind> key_wanted(std::string_view command);

Prepared prepare_operation(Machine& machine, const Session& session, const Parameters& parameters);

}  // namespace sim::panos
