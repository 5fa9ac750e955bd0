// How the logs are read, by type=log and by commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/panos/call/call.hpp"
#include "sim/panos/machine/log_query.hpp"

namespace sim::panos {

/// Up to `count` entries after the first `skip`, newest first unless `oldest_first`.
std::vector<LogEntryPtr> selected_logs(const Machine& machine, std::string_view type, const LogQuery& query,
                                       std::size_t skip, std::size_t count, bool oldest_first, Instant now);
/// <log><logs count=".." progress="100">...</logs></log>
std::string selected_logs_xml(const Machine& machine, std::string_view type, const std::vector<LogEntryPtr>& entries);

/// The answer to action=get and action=finish of a query, by its job-id. While it runs there is only the <job>
/// (XML API guide, "Example: Use the API to Retrieve Traffic Logs").
Reply query_answer(Machine& machine, const Session& session, const Parameters& parameters, QueryOf of);

}  // namespace sim::panos
