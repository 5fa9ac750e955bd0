// What the parts of the device tell its config log and its system log, and how others read the logs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/panos/log_query.hpp"
#include "sim/panos/machine.hpp"

namespace sim::panos {

/// Up to `count` entries after the first `skip`, newest first unless `oldest_first`.
std::vector<LogEntryPtr> selected_logs(const Machine& machine, std::string_view type, const LogQuery& query,
                                       std::size_t skip, std::size_t count, bool oldest_first, Instant now);
/// <log><logs count=".." progress="100">...</logs></log>
std::string selected_logs_xml(const Machine& machine, std::string_view type, const std::vector<LogEntryPtr>& entries);

/// The answer to action=get and action=finish of a query, by its job-id. While it runs there is only the <job>
/// (XML API guide, "Example: Use the API to Retrieve Traffic Logs").
Reply query_answer(Machine& machine, const Session& session, const Parameters& parameters, QueryOf of);

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
