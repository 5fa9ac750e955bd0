// When notifications came, from a bridge's journal: the arrivals of a real day, to be replayed.
#pragma once

#include <chrono>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace sim::load {

/// Of every notification that the store still holds (`keep_payloads`), in milliseconds since 1970, in order. The file
/// is opened read-only, also while a bridge runs on it. Errors name the file: it is missing, no database, or not a
/// bridge's.
tl::expected<std::vector<std::chrono::milliseconds>, std::string> journal_times(const std::string& path);

}  // namespace sim::load
