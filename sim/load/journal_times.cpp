#include "sim/load/journal_times.hpp"

#include "sim/load/journal_query.hpp"

namespace sim::load {

tl::expected<std::vector<std::chrono::milliseconds>, std::string> journal_times(const std::string& path) {
    std::vector<std::chrono::milliseconds> times;
    return query_journal(path, "SELECT received FROM notifications ORDER BY received",
                         [&times](std::int64_t received) { times.emplace_back(received); })
        .map([&times] { return std::move(times); });
}

}  // namespace sim::load
