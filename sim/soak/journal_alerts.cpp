#include "sim/soak/journal_alerts.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <limits>
#include <memory>

namespace sim::soak {

tl::expected<std::vector<std::uint8_t>, std::string> journal_alerts(const std::string& path, std::uint64_t first,
                                                                    std::size_t count) {
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> connection(handle, &sqlite3_close);
    const auto failed = [&] {
        return tl::unexpected(fmt::format("{}: cannot be read as a bridge's journal: {}", path,
                                          handle == nullptr ? "out of memory" : sqlite3_errmsg(handle)));
    };
    sqlite3_stmt* prepared = nullptr;
    if (opened != SQLITE_OK || sqlite3_busy_timeout(handle, 5000) != SQLITE_OK ||
        sqlite3_prepare_v2(handle, "SELECT CAST(alert_id AS INTEGER) FROM alerts", -1, &prepared, nullptr) !=
            SQLITE_OK) {
        return failed();
    }
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared, &sqlite3_finalize);
    std::vector<std::uint8_t> seen(count);
    int step = sqlite3_step(prepared);
    for (; step == SQLITE_ROW; step = sqlite3_step(prepared)) {
        const auto id = static_cast<std::uint64_t>(sqlite3_column_int64(prepared, 0));
        if (id >= first && id - first < count && seen[id - first] < std::numeric_limits<std::uint8_t>::max()) {
            ++seen[id - first];
        }
    }
    return step == SQLITE_DONE ? tl::expected<std::vector<std::uint8_t>, std::string>(std::move(seen)) : failed();
}

}  // namespace sim::soak
