// What the parts of the device tell its config log and its system log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/panos/machine/machine.hpp"

namespace sim::panos {

/// A change of the candidate. `outcome`: Succeeded, Failed, Submitted, Unauthorized.
void log_change(Machine& machine, const std::string& admin, const std::string& from, const std::string& command,
                const std::string& xpath, std::string_view outcome, Instant at);
/// One line for each change that the journal has since the edit of that number.
void log_changes_since(Machine& machine, std::uint64_t edit, const std::string& from, Instant at);
void log_login(Machine& machine, const std::string& admin, const std::string& from, bool let_in, Instant at);
void log_boot(Machine& machine);
/// A commit that starts (its status isn't finished yet) or ends.
void log_job(Machine& machine, const Job& job, Instant at);

}  // namespace sim::panos
