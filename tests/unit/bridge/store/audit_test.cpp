// What the store keeps besides alerts and blocks: standing orders and the audit trail.
#include <sqlite3.h>
#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <future>

#include "bridge/store/sqlite_store.hpp"

namespace fs = std::filesystem;
using namespace bridge::store;
using namespace bridge::domain;
using namespace std::chrono_literals;

namespace {

class Directory {
public:
    Directory() {
        std::string name = (fs::temp_directory_path() / "firebreak-audit-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Directory() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    std::string database() const { return path_ / "bridge.db"; }

private:
    fs::path path_;
};

const WallTime noon{1'700'000'000'000ms};

Indicator indicator(const char* text) {
    return *Indicator::parse_blocked(text);
}

std::unique_ptr<Store> open(const Directory& directory) {
    auto store = SqliteStore::open({.path = directory.database()});
    if (!store) {
        FAIL(store.error().detail);
    }
    return std::move(*store);
}

Result<void> note(Store& store, Notes notes) {
    std::promise<Result<void>> told;
    store.note(std::move(notes), [&](Result<void> outcome) { told.set_value(std::move(outcome)); });
    return told.get_future().get();
}

History history_of(Store& store, std::vector<std::string> names, std::size_t changes_max = 500) {
    std::promise<Result<History>> told;
    store.history_of({.names = std::move(names), .changes_max = changes_max},
                     [&](Result<History> outcome) { told.set_value(std::move(outcome)); });
    auto history = told.get_future().get();
    if (!history) {
        FAIL(history.error().detail);
    }
    return std::move(*history);
}

AuditEntry entry(WallTime at, const char* of, const char* event) {
    return {.at = at, .target = "hq", .indicator = indicator(of), .event = event, .detail = "why"};
}

Acceptance alert(const std::string& identity, const std::string& decision) {
    Acceptance acceptance;
    acceptance.payload = "<alerts/>";
    acceptance.received = noon;
    acceptance.alerts.push_back({.identity = identity,
                                 .appliance = "nx1",
                                 .type = "malware-callback",
                                 .alert_id = "17",
                                 .severity = "majr",
                                 .decision = decision});
    return acceptance;
}

void accept(Store& store, Acceptance acceptance) {
    std::promise<bool> told;
    store.accept(std::move(acceptance), [&](const Result<Accepted>& outcome) { told.set_value(outcome.has_value()); });
    REQUIRE(told.get_future().get());
}

void with_sqlite(const std::string& path, const char* sql) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
    char* error = nullptr;
    sqlite3_exec(handle, sql, nullptr, nullptr, &error);
    CHECK(std::string(error == nullptr ? "" : error).empty());
    sqlite3_free(error);
    sqlite3_close(handle);
}

int count(const std::string& path, const char* sql) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
    int found = -1;
    const auto take = [](void* into, int, char** values, char**) {
        *static_cast<int*>(into) = std::stoi(values[0]);
        return 0;
    };
    sqlite3_exec(handle, sql, take, &found, nullptr);
    sqlite3_close(handle);
    return found;
}

}  // namespace

TEST_CASE("store: standing orders are there after the store is opened again, until they are taken back", "[store]") {
    const Directory directory;
    using Kind = StandingOrder::Kind;
    {
        const auto store = open(directory);
        REQUIRE(note(*store,
                     {.orders = {{.kind = Kind::quarantine,
                                  .subject = "203.0.113.5",
                                  .made = noon,
                                  .until = noon + 24h,
                                  .reason = "unblocked by alice"},
                                 {.kind = Kind::pause, .subject = "hq", .made = noon, .reason = "paused by bob"}}}));
    }
    {
        const auto store = open(directory);
        const auto orders = store->load_orders();
        REQUIRE(orders);
        REQUIRE(orders->size() == 2);
        CHECK(orders->at(0).kind == Kind::pause);
        CHECK(orders->at(0).until == WallTime::max());
        CHECK(orders->at(1).subject == "203.0.113.5");
        CHECK(orders->at(1).until == noon + 24h);
        CHECK(orders->at(1).reason == "unblocked by alice");
        REQUIRE(note(*store, {.orders = {{.kind = Kind::pause, .subject = "hq", .taken_back = true}}}));
    }
    CHECK(open(directory)->load_orders()->size() == 1);
}

TEST_CASE("store: a newer order about the same subject replaces the older one", "[store]") {
    const Directory directory;
    const auto store = open(directory);
    for (const auto hours : {1h, 5h}) {
        REQUIRE(note(*store, {.orders = {{.subject = "203.0.113.5", .made = noon, .until = noon + hours}}}));
    }
    const auto orders = store->load_orders();
    REQUIRE(orders->size() == 1);
    CHECK(orders->front().until == noon + 5h);
}

TEST_CASE("store: the audit trail of an address comes in order of time, and only its own", "[store]") {
    const Directory directory;
    const auto store = open(directory);
    auto accepted = alert("nx1/1", R"({"blockable":["203.0.113.5"]})");
    accepted.audit = {entry(noon, "203.0.113.5", "wanted"), entry(noon, "203.0.113.6", "wanted")};
    accept(*store, accepted);
    REQUIRE(note(*store,
                 {.audit = {entry(noon + 1s, "203.0.113.5", "pushed"), entry(noon + 2s, "203.0.113.5", "enforced")}}));
    const History history = history_of(*store, {"203.0.113.5"});
    REQUIRE(history.changes.size() == 3);
    CHECK(history.changes[0].event == "wanted");
    CHECK(history.changes[1].event == "pushed");
    CHECK(history.changes[2].event == "enforced");
    CHECK(history.changes[2].at == noon + 2s);
    CHECK(history.changes[2].target == "hq");
    CHECK(history_of(*store, {"203.0.113.5"}, 2).changes.front().event == "pushed");
    CHECK(history_of(*store, {"203.0.113.7"}).changes.empty());
}

TEST_CASE("store: alerts that named an address are found, ignored ones too, newest first and not its neighbours",
          "[store]") {
    const Directory directory;
    const auto store = open(directory);
    accept(*store, alert("nx1/1", R"({"blockable":["203.0.113.5"],"ignored":[]})"));
    accept(*store, alert("nx1/2", R"({"blockable":["203.0.113.50"],"ignored":[]})"));
    accept(*store, alert("nx1/3", R"({"blockable":[],"ignored":[{"address":"203.0.113.5","reason":"x"}]})"));
    accept(*store, alert("nx1/4", R"({"blockable":["2001:db8:0:7::/64"],"ignored":[]})"));
    const auto alerts = history_of(*store, {"203.0.113.5"}).alerts;
    REQUIRE(alerts.size() == 2);
    CHECK(alerts[0].entry.identity == "nx1/3");
    CHECK(alerts[1].entry.identity == "nx1/1");
    CHECK(history_of(*store, {"2001:db8:0:7::5", "2001:db8:0:7::/64"}).alerts.size() == 1);
    CHECK(history_of(*store, {}).alerts.empty());
}

TEST_CASE("store: what is noted while the disk is full is told, and written when there is room", "[store][fault]") {
    const Directory directory;
    auto store = SqliteStore::open({.path = directory.database(), .file_bytes_max = 20 * 8192});
    REQUIRE(store);
    std::string error;
    for (int i = 0; i < 200 && error.empty(); ++i) {
        std::promise<std::string> told;
        (*store)->accept(
            alert("nx1/" + std::to_string(i), std::string(4000, 'x')),
            [&](const Result<Accepted>& outcome) { told.set_value(outcome ? "" : outcome.error().detail); });
        error = told.get_future().get();
    }
    REQUIRE_FALSE(error.empty());
    std::vector<AuditEntry> many(200, entry(noon, "203.0.113.5", "unblocked"));
    const auto outcome =
        note(**store, {.orders = {{.subject = "203.0.113.5", .made = noon, .until = noon + 1h}}, .audit = many});
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Errc::store_failed);
    CHECK((*store)->load_orders()->empty());
}

TEST_CASE("store: the audit trail forgets what is older than ninety days, a little at a time", "[store]") {
    const Directory directory;
    const auto store = open(directory);
    const auto days = [](int n) { return std::chrono::hours(24 * n); };
    REQUIRE(note(*store, {.audit = {600, entry(noon, "203.0.113.5", "wanted")}}));
    CHECK(history_of(*store, {"203.0.113.5"}, 5000).changes.size() == 600);
    REQUIRE(note(*store, {.audit = {500, entry(noon + days(91), "203.0.113.6", "wanted")}}));
    CHECK(history_of(*store, {"203.0.113.5"}, 5000).changes.empty());
    CHECK(history_of(*store, {"203.0.113.6"}, 5000).changes.size() == 500);
}

TEST_CASE("store: a file of the first release becomes one of this, with its blocks and alerts", "[store][migration]") {
    const Directory directory;
    with_sqlite(directory.database(), R"(
        PRAGMA journal_mode = WAL;
        CREATE TABLE notifications (number INTEGER PRIMARY KEY, received INTEGER NOT NULL, format TEXT NOT NULL,
            peer TEXT NOT NULL, payload BLOB NOT NULL) STRICT;
        CREATE TABLE alerts (number INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, notification INTEGER NOT NULL,
            received INTEGER NOT NULL, appliance TEXT NOT NULL, type TEXT NOT NULL, alert_id TEXT NOT NULL,
            severity TEXT NOT NULL, decision TEXT NOT NULL, seen INTEGER NOT NULL DEFAULT 1) STRICT;
        CREATE TABLE blocks (target TEXT NOT NULL, indicator TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
            alert TEXT NOT NULL, since INTEGER NOT NULL, expires INTEGER NOT NULL, repeats INTEGER NOT NULL,
            PRIMARY KEY (target, indicator)) STRICT, WITHOUT ROWID;
        INSERT INTO blocks VALUES ('hq', '203.0.113.5', 'enforced', 'malware-callback 1 from nx1', 'nx1/1', 1, 2, 3);
        INSERT INTO alerts VALUES (1, 'nx1/1', 1, 1, 'nx1', 'malware-callback', '1', 'majr', '{}', 4);
        PRAGMA application_id = 1178751559;
        PRAGMA user_version = 1;
    )");
    const auto store = open(directory);
    const auto blocks = store->load_blocks();
    REQUIRE(blocks);
    REQUIRE(blocks->size() == 1);
    CHECK(blocks->front().indicator == indicator("203.0.113.5"));
    CHECK(blocks->front().repeats == 3);
    CHECK(blocks->front().appliance.empty());
    CHECK(store->newest_alerts(1)->front().seen == 4);
    CHECK(store->load_orders()->empty());
    REQUIRE(note(*store, {.audit = {entry(noon, "203.0.113.5", "expired")}}));
}

TEST_CASE("store: a /64 and whose alert it was come back", "[store]") {
    const Directory directory;
    {
        const auto store = open(directory);
        Acceptance acceptance;
        acceptance.blocks.push_back({.target = "hq",
                                     .indicator = indicator("2001:db8:0:7::/64"),
                                     .state = BlockState::held,
                                     .reason = "held",
                                     .alert = "a",
                                     .since = noon,
                                     .expires = noon + 1h,
                                     .repeats = 0,
                                     .appliance = "nx1"});
        accept(*store, acceptance);
        BlockChange released{"hq", indicator("2001:db8:0:7::/64"), BlockState::wanted, "released"};
        released.since = noon + 5min;
        released.expires = noon + 2h;
        REQUIRE(note(*store, {.changes = {released}}));
    }
    const auto blocks = open(directory)->load_blocks();
    REQUIRE(blocks->size() == 1);
    CHECK(blocks->front().indicator == indicator("2001:db8:0:7::/64"));
    CHECK(blocks->front().appliance == "nx1");
    CHECK(blocks->front().since == noon + 5min);
    CHECK(blocks->front().expires == noon + 2h);
    CHECK(count(directory.database(), "SELECT count(*) FROM notifications") == 0);  // nobody has sent one
}
