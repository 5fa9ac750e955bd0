// The tables of the store, and how a file of an earlier release becomes one of this.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "bridge/domain/value/failure.hpp"
#include "bridge/store/sqlite.hpp"

namespace bridge::store {

/// Step N brings version N to N + 1, so there are as many as the version that this release writes.
std::span<const std::string_view> schema_steps();

/// Brings the file to this release's schema, each step in a transaction of its own. The version is in `user_version`.
/// Errors   store_failed: damaged; of a later release; the database of another program
domain::Result<void> migrate(Connection& connection, const std::string& path,
                             std::span<const std::string_view> steps = schema_steps());

/// Looks through the ledger and the journal's index for damage (SQLite's quick_check; payloads are left out, so that
/// a start does not read gigabytes).
domain::Result<void> check_integrity(Connection& connection, const std::string& path);

}  // namespace bridge::store
