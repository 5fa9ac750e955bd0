// For each schema that was ever released there is schema/N.sql, a small store as that release left it, with the rows of
// schema/1.sql in it. Whoever adds a step adds the next one: `sqlite3 bridge.db .dump`, with the pragmas on top.
#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "bridge/store/schema.hpp"
#include "store_case.hpp"

namespace fs = std::filesystem;
using namespace store_case;

namespace {

std::size_t latest() {
    return schema_steps().size();
}

std::string script_of(std::size_t version) {
    return std::string(SCHEMAS) + "/" + std::to_string(version) + ".sql";
}

/// Makes the store of an earlier release.
void make(const std::string& path, std::size_t version) {
    CAPTURE(script_of(version));
    std::ifstream in(script_of(version));
    REQUIRE(in);
    const std::string sql{std::istreambuf_iterator<char>(in), {}};
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
    if (sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        FAIL(sqlite3_errmsg(handle));
    }
    sqlite3_close(handle);
}

Connection connection_to(const std::string& path) {
    auto connection = Connection::open(path, OpenMode::create);
    REQUIRE(connection);
    return std::move(*connection);
}

/// The tables and indexes as they were written, without the way that the words are set.
std::map<std::string, std::string> schema_in(const std::string& path) {
    Connection connection = connection_to(path);
    auto statement = connection.prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema");
    REQUIRE(statement);
    std::map<std::string, std::string> all;
    while (statement->step().value()) {
        std::string sql = statement->text(1);
        sql.erase(std::remove_if(sql.begin(), sql.end(), [](char c) { return c == ' ' || c == '\n' || c == '"'; }),
                  sql.end());
        all[statement->text(0)] = sql;
    }
    return all;
}

std::string content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("migration: the store of every release is taken over with all that is in it", "[store][migration]") {
    const auto version = static_cast<std::size_t>(GENERATE(range(1, 1 + static_cast<int>(schema_steps().size()))));
    CAPTURE(version);
    const Directory directory;
    make(directory.database(), version);
    {
        const auto store = opened({.path = directory.database()});
        const auto blocks = store->load_blocks();
        REQUIRE(blocks);
        std::map<std::string, std::string> states;
        for (const Block& block : *blocks) {
            states[block.indicator.text()] = name_of(block.state);
        }
        CHECK(states == std::map<std::string, std::string>{{"203.0.113.1", "enforced"},
                                                           {"203.0.113.2", "pushed"},
                                                           {"203.0.113.3", "wanted"},
                                                           {"203.0.113.4", "expired"},
                                                           {"203.0.113.6", "refused"},
                                                           {"evil.example.com", "held"}});
        const auto rows = store->newest_alerts(10);
        REQUIRE(rows->size() == 3);
        CHECK((*rows)[1].entry.identity == "000c29a1b2c3/malware-callback/18");
        CHECK((*rows)[1].seen == 3);
        CHECK(store->notification_of(2)->value().payload == "<alerts/>");

        REQUIRE(accept(*store, acceptance("nx1/new", {"203.0.113.9"})));
        CHECK(accept(*store, acceptance("0f00aaaa-1111-2222-3333-444455556666/ips-event"))->repeated_alerts == 1);
        CHECK(store->newest_alerts(1)->front().number == 4);
    }
    CHECK(connection_to(directory.database()).query_number("PRAGMA user_version").value() ==
          static_cast<std::int64_t>(latest()));
}

TEST_CASE("migration: an old store and a new one end with the same tables", "[store][migration]") {
    const auto version = static_cast<std::size_t>(GENERATE(range(1, 1 + static_cast<int>(schema_steps().size()))));
    CAPTURE(version);
    const Directory directory;
    make(directory.database(), version);
    opened({.path = directory.database()}).reset();
    const Directory other;
    opened({.path = other.database()}).reset();
    CHECK(schema_in(directory.database()) == schema_in(other.database()));
}

TEST_CASE("migration: no step that was released has been edited since", "[store][migration]") {
    const auto version = static_cast<std::size_t>(GENERATE(range(1, 1 + static_cast<int>(schema_steps().size()))));
    CAPTURE(version);
    const Directory directory;
    make(directory.database(), version);
    const Directory other;
    {
        Connection connection = connection_to(other.database());
        REQUIRE(migrate(connection, other.database(), schema_steps().first(version)));
    }
    CHECK(schema_in(directory.database()) == schema_in(other.database()));
}

TEST_CASE("migration: a step that fails leaves the file as it was, and the release before goes on with it",
          "[store][migration]") {
    const Directory directory;
    make(directory.database(), 1);
    const std::string before = content_of(directory.database());
    std::vector<std::string_view> steps{schema_steps().front(),
                                        "CREATE TABLE half (x); UPDATE blocks SET state = 'removed'; "
                                        "INSERT INTO alerts SELECT * FROM no_such_table;"};
    {
        Connection connection = connection_to(directory.database());
        const auto migrated = migrate(connection, directory.database(), steps);
        REQUIRE_FALSE(migrated);
        CHECK_THAT(migrated.error().detail, Catch::StartsWith(directory.database() + ": "));
        CHECK_THAT(migrated.error().detail, Catch::Contains("no_such_table"));
        CHECK_FALSE(connection.in_transaction());
    }
    CHECK(content_of(directory.database()) == before);
    CHECK(opened({.path = directory.database()})->load_blocks()->size() == 6);
}

TEST_CASE("migration: of several steps those before the one that fails are done, and the next start goes on",
          "[store][migration]") {
    const Directory directory;
    make(directory.database(), 1);
    std::vector<std::string_view> steps{schema_steps().front(), "CREATE TABLE second (x);", "CREATE TABLE second (x);"};
    Connection connection = connection_to(directory.database());
    CHECK_FALSE(migrate(connection, directory.database(), steps));
    CHECK(connection.query_number("PRAGMA user_version").value() == 2);
    steps[2] = "CREATE TABLE third (x);";
    CHECK(migrate(connection, directory.database(), steps));
    CHECK(connection.query_number("PRAGMA user_version").value() == 3);
}

TEST_CASE("migration: a file of a later release is refused and left as it was", "[store][migration]") {
    const Directory directory;
    make(directory.database(), latest());
    REQUIRE(connection_to(directory.database()).execute("PRAGMA user_version = 99"));
    const std::string before = content_of(directory.database());
    const auto store = SqliteStore::open({.path = directory.database()});
    REQUIRE_FALSE(store);
    CHECK_THAT(store.error().detail, Catch::Contains("written by a later release (schema 99, this one knows " +
                                                     std::to_string(latest()) + "); update firebreak-bridge"));
    CHECK(connection_to(directory.database()).query_number("PRAGMA user_version").value() == 99);
    CHECK(connection_to(directory.database()).query_number("SELECT count(*) FROM blocks").value() == 7);
}
