#include "sim/load/journal_times.hpp"

#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "temporary_folder.hpp"

using namespace sim::load;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

void make_database(const std::string& path, const char* sql) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
}

}  // namespace

TEST_CASE("journal times: when each notification was received, in order", "[load][journal]") {
    const test::TemporaryFolder folder;
    make_database(folder / "bridge.db",
                  "CREATE TABLE notifications (number INTEGER PRIMARY KEY, received INTEGER NOT NULL);"
                  "INSERT INTO notifications VALUES (1, 5000), (2, 2000), (3, 2000)");

    CHECK(journal_times(folder / "bridge.db") == std::vector<std::chrono::milliseconds>{2000ms, 2000ms, 5000ms});
}

TEST_CASE("journal times: what is no journal is named, and not made", "[load][journal]") {
    const test::TemporaryFolder folder;
    make_database(folder / "other.db", "CREATE TABLE songs (title TEXT)");
    folder.keep("text.db", "this is no database, however long it may be");

    CHECK_THAT(journal_times(folder / "none.db").error(), Contains("none.db"));
    CHECK_FALSE(std::filesystem::exists(folder / "none.db"));
    CHECK_THAT(journal_times(folder / "other.db").error(), Contains("notifications"));
    CHECK_THAT(journal_times(folder / "text.db").error(), Contains("not a database"));
}
