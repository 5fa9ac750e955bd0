// The journal's rows, as statements of several connections select them.
#pragma once

#include <string_view>
#include <vector>

#include "bridge/store/sqlite.hpp"
#include "bridge/store/store.hpp"

namespace bridge::store {

/// What a statement must begin with for `read_journal_rows`.
inline constexpr std::string_view journal_rows_sql =
    "SELECT number, identity, appliance, type, alert_id, severity, decision, received, seen FROM alerts";

/// Steps to the end.
SqliteResult<std::vector<JournalRow>> read_journal_rows(Statement& statement);

}  // namespace bridge::store
