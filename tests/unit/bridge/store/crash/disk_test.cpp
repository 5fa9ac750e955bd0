#include "bridge/store/crash/disk.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "store_case.hpp"

using namespace store_case;
using bridge::store::crash::Disk;
using bridge::store::crash::DiskFault;

namespace {

/// Begins with a disk that is whole.
Disk& whole_disk() {
    Disk& disk = Disk::installed();
    disk.ignore_syncs(false);
    disk.mend();
    return disk;
}

void execute(Connection& connection, const std::string& sql) {
    const auto done = connection.execute(sql.c_str());
    INFO(sql);
    REQUIRE(done);
}

/// How many rows are left after the power went `seed` after they were written.
std::int64_t rows_left(const char* pragmas, bool lies, std::uint64_t seed) {
    const Directory directory;
    Disk& disk = whole_disk();
    {
        auto connection = Connection::open(directory.database(), OpenMode::create);
        REQUIRE(connection);
        execute(*connection, "PRAGMA journal_mode = WAL; CREATE TABLE t (x); PRAGMA wal_checkpoint(TRUNCATE)");
        disk.ignore_syncs(lies);
        execute(*connection, pragmas);
        for (int i = 0; i < 10; ++i) {
            execute(*connection, fmt::format("INSERT INTO t VALUES ({})", i));
        }
        disk.strike(DiskFault::power_off, 1);
        execute(*connection, "SELECT 1");
        CHECK_FALSE(connection->execute("INSERT INTO t VALUES (10)"));
    }
    disk.restore_power(seed);
    auto connection = Connection::open(directory.database(), OpenMode::existing);
    REQUIRE(connection);
    CHECK(connection->query_text("PRAGMA integrity_check").value() == "ok");
    return connection->query_number("SELECT count(*) FROM t").value();
}

}  // namespace

TEST_CASE("losing disk: what was synced is there after a power cut", "[store][crash]") {
    const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 10)));
    CHECK(rows_left("PRAGMA synchronous = FULL", false, seed) == 10);
}

TEST_CASE("losing disk: what was not synced may be lost", "[store][crash]") {
    const char* pragmas = GENERATE("PRAGMA synchronous = OFF", "PRAGMA synchronous = NORMAL");
    std::int64_t least = 10;
    for (std::uint64_t seed = 1; seed < 10; ++seed) {
        least = std::min(least, rows_left(pragmas, false, seed));
    }
    CHECK(least == 0);
}

TEST_CASE("losing disk: one that lies about its syncs loses what was synced", "[store][crash]") {
    std::int64_t least = 10;
    for (std::uint64_t seed = 1; seed < 10; ++seed) {
        least = std::min(least, rows_left("PRAGMA synchronous = FULL", true, seed));
    }
    CHECK(least == 0);
}

TEST_CASE("losing disk: the same seed leaves the same", "[store][crash]") {
    for (std::uint64_t seed = 1; seed < 6; ++seed) {
        CHECK(rows_left("PRAGMA synchronous = OFF", false, seed) == rows_left("PRAGMA synchronous = OFF", false, seed));
    }
}

TEST_CASE("losing disk: a full disk and a failing one are told as such", "[store][crash]") {
    const Directory directory;
    Disk& disk = whole_disk();
    auto connection = Connection::open(directory.database(), OpenMode::create);
    REQUIRE(connection);
    execute(*connection, "PRAGMA journal_mode = WAL; CREATE TABLE t (x)");
    disk.strike(DiskFault::full, 1, 1);
    const auto full = connection->execute("INSERT INTO t VALUES (1)");
    REQUIRE_FALSE(full);
    CHECK((full.error().code & 0xff) == SQLITE_FULL);
    CHECK(disk.struck());
    disk.strike(DiskFault::io_error, 1, 1);
    const auto failed = connection->execute("INSERT INTO t VALUES (1)");
    REQUIRE_FALSE(failed);
    CHECK((failed.error().code & 0xff) == SQLITE_IOERR);
    disk.mend();
    execute(*connection, "INSERT INTO t VALUES (1)");
}
