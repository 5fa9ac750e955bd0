// The tables of the store, and how a file of an earlier release becomes one of this.
#pragma once

#include <string>

#include "bridge/domain/failure.hpp"
#include "bridge/store/sqlite.hpp"

namespace bridge::store {

/// Brings the file to this release's schema, each step in a transaction of its own. The version is in `user_version`.
/// Errors   store_failed: damaged; of a later release; the database of another program
domain::Result<void> migrate(Connection& connection, const std::string& path);

/// Looks through the ledger and the journal's index for damage (SQLite's quick_check; payloads are left out, so that
/// a start does not read gigabytes).
domain::Result<void> check_integrity(Connection& connection, const std::string& path);

}  // namespace bridge::store
