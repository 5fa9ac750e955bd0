#include "sim/soak/stage/journal_alerts.hpp"

#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "temporary_folder.hpp"

using namespace sim::soak;

TEST_CASE("it tells how often each alert id is in the journal") {
    const test::TemporaryFolder folder;
    const std::string path = folder / "bridge.db";
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle,
                         "CREATE TABLE alerts (alert_id TEXT NOT NULL);"
                         "INSERT INTO alerts VALUES ('1000000'), ('1000002'), ('1000002'), ('999999'), ('1000003'), "
                         "('not a number')",
                         nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
    CHECK(*journal_alerts(path, 1'000'000, 3) == std::vector<std::uint8_t>{1, 0, 2});
}

TEST_CASE("a file that is no journal is named") {
    const test::TemporaryFolder folder;
    const auto none = journal_alerts(folder / "none.db", 1, 1);
    REQUIRE_FALSE(none);
    CHECK(none.error().find("none.db: cannot be read as a bridge's journal") != std::string::npos);
}
