// What a device keeps when its process ends, as text: configuration with its uncommitted changes, jobs, locks, which
// keys are good, and what other parts keep. No password is in it, and no key but those that are sealed
// (sealed_text.hpp); `phash`es are, as in any configuration.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/panos/machine/machine.hpp"

namespace sim::panos {

/// JSON, one object.
std::string state_text(const Machine& machine);

/// Makes of a fresh device what it was. A job that ran or waited is lost, and shown as Failed-Job. Errors name what is
/// wrong in the text; the machine is as it was then.
tl::expected<void, std::string> restore(Machine& machine, std::string_view text);

}  // namespace sim::panos
