#include "sim/soak/stage/journal_alerts.hpp"

#include <limits>

#include "sim/load/journal_query.hpp"

namespace sim::soak {

tl::expected<std::vector<std::uint8_t>, std::string> journal_alerts(const std::string& path, std::uint64_t first,
                                                                    std::size_t count) {
    std::vector<std::uint8_t> seen(count);
    return load::query_journal(path, "SELECT CAST(alert_id AS INTEGER) FROM alerts",
                               [&](std::int64_t number) {
                                   const auto id = static_cast<std::uint64_t>(number);
                                   if (id >= first && id - first < count &&
                                       seen[id - first] < std::numeric_limits<std::uint8_t>::max()) {
                                       ++seen[id - first];
                                   }
                               })
        .map([&seen] { return std::move(seen); });
}

}  // namespace sim::soak
