#include "sim/load/journal_query.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <memory>

namespace sim::load {

tl::expected<void, std::string> query_journal(const std::string& path, const char* sql,
                                              const std::function<void(std::int64_t)>& tell) {
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> connection(handle, &sqlite3_close);
    const auto failed = [&] {
        return tl::unexpected(fmt::format("{}: cannot be read as a bridge's journal: {}", path,
                                          handle == nullptr ? "out of memory" : sqlite3_errmsg(handle)));
    };
    sqlite3_stmt* prepared = nullptr;
    if (opened != SQLITE_OK || sqlite3_busy_timeout(handle, 5000) != SQLITE_OK ||
        sqlite3_prepare_v2(handle, sql, -1, &prepared, nullptr) != SQLITE_OK) {
        return failed();
    }
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared, &sqlite3_finalize);
    int step = sqlite3_step(prepared);
    for (; step == SQLITE_ROW; step = sqlite3_step(prepared)) {
        tell(sqlite3_column_int64(prepared, 0));
    }
    return step == SQLITE_DONE ? tl::expected<void, std::string>() : failed();
}

}  // namespace sim::load
