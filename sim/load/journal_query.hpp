// Reads a bridge's journal from outside, also while the bridge runs on it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>

namespace sim::load {

/// Calls `tell` with the first column, a number, of each row that `sql` selects, in order. The file is opened
/// read-only. Errors name the file: it is missing, no database, or not a bridge's.
tl::expected<void, std::string> query_journal(const std::string& path, const char* sql,
                                              const std::function<void(std::int64_t)>& tell);

}  // namespace sim::load
