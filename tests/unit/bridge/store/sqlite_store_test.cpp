#include "bridge/store/sqlite_store.hpp"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <random>
#include <thread>

#include "bridge/domain/ledger/ledger.hpp"
#include "temporary_folder.hpp"

namespace fs = std::filesystem;
using namespace bridge::store;
using namespace bridge::domain;
using namespace std::chrono_literals;

namespace {

class Directory : public test::TemporaryFolder {
public:
    std::string database() const { return *this / "bridge.db"; }
};

std::unique_ptr<Store> open(const std::string& path) {
    auto store = SqliteStore::open({.path = path});
    if (!store) {
        FAIL(store.error().detail);
    }
    return std::move(*store);
}

std::string error_of_open(const std::string& path) {
    const auto store = SqliteStore::open({.path = path});
    return store ? "no error" : store.error().detail;
}

const WallTime noon{1'700'000'000'000ms};

Indicator indicator(const std::string& text) {
    return *Indicator::parse(text);
}

Block block(const std::string& address, BlockState state = BlockState::wanted, WallTime expires = noon + 24h) {
    return {.target = "hq",
            .indicator = indicator(address),
            .state = state,
            .reason = "malware-callback 1 from nx1",
            .alert = "nx1/1",
            .since = noon,
            .expires = expires,
            .repeats = 0};
}

Acceptance acceptance(const std::string& identity, std::vector<Block> blocks = {}, std::string payload = "<alerts/>") {
    return {.payload = std::move(payload),
            .format = "xml-normal",
            .peer = "127.0.0.1",
            .received = noon,
            .alerts = {{.identity = identity,
                        .appliance = "nx1",
                        .type = "malware-callback",
                        .alert_id = "17",
                        .severity = "majr",
                        .decision = "{}"}},
            .blocks = std::move(blocks)};
}

Result<Accepted> accept(Store& store, Acceptance what) {
    std::promise<Result<Accepted>> told;
    store.accept(std::move(what), [&](Result<Accepted> outcome) { told.set_value(std::move(outcome)); });
    return told.get_future().get();
}

/// What was recorded before is on disk afterwards: the store writes in order.
void flush(Store& store) {
    REQUIRE(accept(store, Acceptance{}));
}

std::vector<Block> blocks_of(Store& store) {
    auto blocks = store.load_blocks();
    REQUIRE(blocks);
    return std::move(*blocks);
}

void with_sqlite(const std::string& path, const char* sql) {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
    CHECK(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
}

/// No file of this process may grow beyond `bytes` while this lives: a full disk, as far as a program can tell.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) {
        ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit tight{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &tight);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    rlimit before_{};
};

}  // namespace

TEST_CASE("store: what was accepted is there after the store is opened again", "[store]") {
    const Directory directory;
    {
        const auto store = open(directory.database());
        const auto outcome = accept(*store, acceptance("nx1/1", {block("203.0.113.5"), block("evil.example.com")}));
        REQUIRE(outcome);
        CHECK(outcome->new_alerts == 1);
        CHECK(outcome->repeated_alerts == 0);
    }
    const auto store = open(directory.database());
    const auto blocks = blocks_of(*store);
    REQUIRE(blocks.size() == 2);
    CHECK(blocks[0].target == "hq");
    CHECK(blocks[0].indicator == indicator("203.0.113.5"));
    CHECK(blocks[0].state == BlockState::wanted);
    CHECK(blocks[0].reason == "malware-callback 1 from nx1");
    CHECK(blocks[0].alert == "nx1/1");
    CHECK(blocks[0].since == noon);
    CHECK(blocks[0].expires == noon + 24h);
    CHECK(blocks[1].indicator == indicator("evil.example.com"));
    const auto rows = store->newest_alerts(10);
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    CHECK(rows->front().entry.identity == "nx1/1");
    CHECK(rows->front().entry.severity == "majr");
    CHECK(rows->front().received == noon);
    CHECK(rows->front().seen == 1);
}

TEST_CASE("store: a process killed after the acknowledgement has lost nothing that was acknowledged",
          "[store][crash]") {
    const Directory directory;
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const auto store = SqliteStore::open({.path = directory.database()});
        std::promise<bool> told;
        (*store)->accept(acceptance("nx1/1", {block("203.0.113.5")}),
                         [&](const Result<Accepted>& outcome) { told.set_value(outcome.has_value()); });
        if (told.get_future().get()) {
            ::kill(::getpid(), SIGKILL);
        }
        ::_exit(1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    const auto store = open(directory.database());
    CHECK(blocks_of(*store).size() == 1);
    CHECK(store->newest_alerts(1)->size() == 1);
}

TEST_CASE("store: a repeated alert is counted, not journaled again", "[store]") {
    const Directory directory;
    const auto store = open(directory.database());
    auto twice = acceptance("nx1/1");
    twice.alerts.push_back(twice.alerts.front());
    const auto first = accept(*store, twice);
    REQUIRE(first);
    CHECK(first->new_alerts == 1);
    CHECK(first->repeated_alerts == 1);
    CHECK(accept(*store, acceptance("nx1/1"))->repeated_alerts == 1);
    CHECK(accept(*store, acceptance("nx1/2"))->new_alerts == 1);

    const auto rows = store->newest_alerts(10);
    REQUIRE(rows);
    REQUIRE(rows->size() == 2);
    CHECK((*rows)[0].entry.identity == "nx1/2");  // newest first
    CHECK((*rows)[1].seen == 3);
    CHECK((*rows)[0].number > (*rows)[1].number);
    CHECK(store->newest_alerts(1)->size() == 1);
}

TEST_CASE("store: bytes that are no text come back as they were", "[store]") {
    const Directory directory;
    const auto store = open(directory.database());
    const std::string odd("a\0b'\xff\n", 6);
    auto what = acceptance(odd);
    what.alerts[0].decision = odd;
    REQUIRE(accept(*store, what));
    CHECK(store->newest_alerts(1)->front().entry.identity == odd);
    CHECK(store->newest_alerts(1)->front().entry.decision == odd);
}

TEST_CASE("store: blocks are merged as the ledger in memory merges them", "[store]") {
    const Directory directory;
    const auto store = open(directory.database());
    Ledger ledger;
    const auto before = GENERATE(BlockState::wanted, BlockState::pushed, BlockState::enforced, BlockState::expired,
                                 BlockState::removed, BlockState::refused, BlockState::held);
    const auto incoming = GENERATE(BlockState::wanted, BlockState::held);
    const auto expires = GENERATE(noon + 1h, noon + 48h);
    CAPTURE(name_of(before), name_of(incoming), expires.time_since_epoch().count());

    const std::vector<Block> first{block("203.0.113.5")};
    const BlockChange change{"hq", first[0].indicator, before, "changed"};
    std::vector<Block> second{block("203.0.113.5", incoming, expires)};
    second[0].reason = "again";
    second[0].alert = "nx1/2";
    second[0].since = noon + 30min;

    ledger.apply(first);
    ledger.apply(change);
    ledger.apply(second);
    REQUIRE(accept(*store, acceptance("nx1/1", first)));
    store->record({change});
    REQUIRE(accept(*store, acceptance("nx1/2", second)));

    const auto kept = blocks_of(*store);
    const auto wanted = ledger.blocks();
    REQUIRE(kept.size() == 1);
    REQUIRE(wanted.size() == 1);
    CHECK(name_of(kept[0].state) == name_of(wanted[0].state));
    CHECK(kept[0].reason == wanted[0].reason);
    CHECK(kept[0].alert == wanted[0].alert);
    CHECK(kept[0].since == wanted[0].since);
    CHECK(kept[0].expires == wanted[0].expires);
    CHECK(kept[0].repeats == wanted[0].repeats);
}

TEST_CASE("store: many acceptances in one transaction merge as if each had had its own", "[store]") {
    const Directory directory;
    const auto store = open(directory.database());
    Ledger ledger;
    std::minstd_rand random(static_cast<unsigned>(GENERATE(range(1, 9))));
    const std::vector<std::string> addresses{"203.0.113.1", "203.0.113.2"};
    const auto draw = [&](unsigned below) { return static_cast<unsigned>(random()) % below; };
    // One large acceptance and what follows it at once make a group or two; the order must not matter.
    for (int i = 0; i < 100; ++i) {
        if (draw(4) == 0) {
            const BlockChange change{"hq", indicator(addresses[draw(2)]), static_cast<BlockState>(draw(7)),
                                     "change " + std::to_string(i)};
            ledger.apply(change);
            store->record({change});
            continue;
        }
        std::vector<Block> blocks;
        for (unsigned n = 0; n < 1 + draw(3); ++n) {
            const auto state = draw(3) == 0 ? BlockState::held : BlockState::wanted;
            auto made = block(addresses[draw(2)], state, noon + std::chrono::hours(draw(50)));
            made.since = noon + std::chrono::seconds(i);
            made.reason = "alert " + std::to_string(i);
            blocks.push_back(std::move(made));
        }
        ledger.apply(blocks);
        store->accept(acceptance("nx1/" + std::to_string(i), blocks), [](const Result<Accepted>&) {});
    }
    flush(*store);
    const auto kept = blocks_of(*store);
    const auto wanted = ledger.blocks();
    REQUIRE(kept.size() == wanted.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
        CAPTURE(kept[i].indicator.text());
        CHECK(name_of(kept[i].state) == name_of(wanted[i].state));
        CHECK(kept[i].reason == wanted[i].reason);
        CHECK(kept[i].since == wanted[i].since);
        CHECK(kept[i].expires == wanted[i].expires);
        CHECK(kept[i].repeats == wanted[i].repeats);
    }
}

TEST_CASE("store: states are recorded in order, and removed blocks are not loaded", "[store]") {
    const Directory directory;
    const auto store = open(directory.database());
    REQUIRE(accept(*store, acceptance("nx1/1", {block("203.0.113.5"), block("203.0.113.6")})));
    store->record({{"hq", indicator("203.0.113.5"), BlockState::pushed, ""},
                   {"hq", indicator("203.0.113.5"), BlockState::enforced, "seen"}});
    store->record({{"hq", indicator("203.0.113.6"), BlockState::removed, ""}});
    store->record({{"hq", indicator("198.51.100.1"), BlockState::enforced, "unknown block"}});
    flush(*store);
    const auto blocks = blocks_of(*store);
    REQUIRE(blocks.size() == 1);
    CHECK(blocks[0].state == BlockState::enforced);
    CHECK(blocks[0].reason == "seen");
}

TEST_CASE("store: what waits when the store is closed is written and told first", "[store]") {
    const Directory directory;
    int told = 0;
    {
        const auto store = open(directory.database());
        for (int i = 0; i < 500; ++i) {
            store->accept(acceptance("nx1/" + std::to_string(i)),
                          [&](const Result<Accepted>& outcome) { told += outcome.has_value() ? 1 : 0; });
        }
        store->record({{"hq", indicator("203.0.113.5"), BlockState::enforced, ""}});
    }
    CHECK(told == 500);
    CHECK(open(directory.database())->newest_alerts(1000)->size() == 500);
}

TEST_CASE("store: completions come in the order of acceptance, a group at a time", "[store]") {
    const Directory directory;
    std::vector<std::function<void()>> posted;
    std::vector<int> told;
    std::atomic<int> failed = 0;
    {
        std::promise<void> all_wait;
        auto store = SqliteStore::open({.path = directory.database(), .post = [&](std::function<void()> task) {
                                            posted.push_back(std::move(task));
                                            if (posted.size() == 1) {
                                                all_wait.get_future().wait();  // meanwhile the others gather
                                            }
                                        }});
        REQUIRE(store);
        for (int i = 0; i < 1000; ++i) {
            (*store)->accept(acceptance("nx1/" + std::to_string(i)), [&, i](const Result<Accepted>& outcome) {
                failed += outcome ? 0 : 1;
                told.push_back(i);
            });
        }
        all_wait.set_value();
    }
    CHECK(posted.size() <= 2);
    for (const auto& task : posted) {
        task();
    }
    CHECK(failed == 0);
    CHECK(told.size() == 1000);
    CHECK(std::is_sorted(told.begin(), told.end()));
}

TEST_CASE("store: several threads may accept at once", "[store]") {
    const Directory directory;
    const auto store = open(directory.database());
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 50; ++i) {
                good += accept(*store, acceptance(std::to_string(t) + "/" + std::to_string(i))) ? 1 : 0;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(good == 200);
    CHECK(store->newest_alerts(1000)->size() == 200);
}

TEST_CASE("store: the log is moved into the database while the store works, and stays bounded", "[store]") {
    const Directory directory;
    const auto store = open(directory.database());
    const std::string payload(100'000, 'p');
    std::promise<void> all_told;
    std::atomic<int> left = 1000;  // 100 MB
    for (int i = 0; i < 1000; ++i) {
        store->accept(acceptance("nx1/" + std::to_string(i), {}, payload), [&](const Result<Accepted>&) {
            if (--left == 0) {
                all_told.set_value();
            }
        });
    }
    all_told.get_future().get();
    CHECK(fs::file_size(directory.database()) > 50'000'000);
    CHECK(fs::file_size(directory.database() + "-wal") < 80'000'000);
    CHECK(store->newest_alerts(3000)->size() == 1000);
}

TEST_CASE("store: too much that waits is refused, not hoarded", "[store]") {
    const Directory directory;
    auto store = SqliteStore::open({.path = directory.database(), .waiting_bytes_max = 1000});
    REQUIRE(store);
    const auto outcome = accept(**store, acceptance("nx1/1", {}, std::string(1001, 'x')));
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Errc::store_failed);
    CHECK(accept(**store, acceptance("nx1/2", {}, std::string(999, 'x'))));
    CHECK((*store)->newest_alerts(10)->size() == 1);
}

TEST_CASE("store: a full database is an error that says so, and nothing of the notification is kept",
          "[store][fault]") {
    const Directory directory;
    auto store = SqliteStore::open({.path = directory.database(), .file_bytes_max = 200'000});
    REQUIRE(store);
    REQUIRE(accept(**store, acceptance("nx1/1")));
    const auto outcome = accept(**store, acceptance("nx1/2", {block("203.0.113.5")}, std::string(1'000'000, 'x')));
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == Errc::store_failed);
    CHECK(outcome.error().detail.find(directory.database() + ": no room left") == 0);
    CHECK((*store)->trouble() == outcome.error().detail);
    CHECK((*store)->newest_alerts(10)->size() == 1);
    CHECK(blocks_of(**store).empty());

    CHECK(accept(**store, acceptance("nx1/3")));  // there is room for a small one
    CHECK((*store)->trouble().empty());
}

TEST_CASE("store: after the disk is writable again, so is the store, and recorded states come through",
          "[store][fault]") {
    const Directory directory;
    const auto store = open(directory.database());
    REQUIRE(accept(*store, acceptance("nx1/1", {block("203.0.113.5")})));
    {
        const FullDisk full(4096);
        store->record({{"hq", indicator("203.0.113.5"), BlockState::enforced, "recorded in trouble"}});
        const auto outcome = accept(*store, acceptance("nx1/2", {}, std::string(100'000, 'x')));
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().code == Errc::store_failed);
        CHECK_FALSE(store->trouble().empty());
    }
    CHECK(accept(*store, acceptance("nx1/3")));
    CHECK(store->trouble().empty());
    CHECK(blocks_of(*store).at(0).reason == "recorded in trouble");
    CHECK(store->newest_alerts(10)->size() == 2);
}

TEST_CASE("store: a store closed in trouble tells those who wait, and ends", "[store][fault]") {
    const Directory directory;
    auto store = open(directory.database());
    const FullDisk full(4096);
    std::atomic<int> refused = 0;
    store->record({{"hq", indicator("203.0.113.5"), BlockState::enforced, ""}});
    for (int i = 0; i < 10; ++i) {
        store->accept(acceptance("nx1/" + std::to_string(i), {}, std::string(100'000, 'x')),
                      [&](const Result<Accepted>& outcome) { refused += outcome ? 0 : 1; });
    }
    store.reset();
    CHECK(refused == 10);
}

TEST_CASE("store: a file that is deleted or replaced while it is open is an error, not a place to write to",
          "[store][fault]") {
    const Directory directory;
    const auto store = open(directory.database());
    REQUIRE(accept(*store, acceptance("nx1/1")));
    fs::rename(directory.database(), directory.database() + ".away");
    const auto outcome = accept(*store, acceptance("nx1/2"));
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().detail.find(directory.database()) == 0);
    fs::rename(directory.database() + ".away", directory.database());
    CHECK(accept(*store, acceptance("nx1/3")));
}

TEST_CASE("store: a second store on the same file is refused", "[store]") {
    const Directory directory;
    const auto store = open(directory.database());
    CHECK(error_of_open(directory.database()).find("in use by another bridge") != std::string::npos);
}

TEST_CASE("store: a directory that is not there is an error that names it", "[store]") {
    const Directory directory;
    const auto path = directory.database() + "/sub/bridge.db";
    CHECK(error_of_open(path).find(path) == 0);
}

TEST_CASE("store: only its owner can read the file", "[store]") {
    const Directory directory;
    const auto store = open(directory.database());
    REQUIRE(accept(*store, acceptance("nx1/1")));
    for (const std::string suffix : {"", "-wal", "-shm", ".lock"}) {
        struct stat status {};
        REQUIRE(::stat((directory.database() + suffix).c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0600);
    }
}

TEST_CASE("store: a file that is no database is an error, and is left as it is", "[store][fault]") {
    const Directory directory;
    std::ofstream(directory.database()) << std::string(10'000, 'z');
    CHECK(error_of_open(directory.database()).find("damaged, or no database") != std::string::npos);
    CHECK(fs::file_size(directory.database()) == 10'000);
}

TEST_CASE("store: the database of another program is not taken", "[store][fault]") {
    const Directory directory;
    with_sqlite(directory.database(), "CREATE TABLE theirs (x)");
    CHECK(error_of_open(directory.database()).find("of another program") != std::string::npos);
}

TEST_CASE("store: a file of a later release is an error that names the versions", "[store][fault]") {
    const Directory directory;
    open(directory.database());
    with_sqlite(directory.database(), "PRAGMA user_version = 99");
    CHECK(error_of_open(directory.database()).find("schema 99, this one knows 2") != std::string::npos);
}

TEST_CASE("store: a damaged page is found when the store is opened", "[store][fault]") {
    const Directory directory;
    {
        const auto store = open(directory.database());
        std::vector<Block> many;
        for (int i = 0; i < 500; ++i) {
            many.push_back(block("203.0." + std::to_string(i / 250) + "." + std::to_string(i % 250)));
        }
        REQUIRE(accept(*store, acceptance("nx1/1", std::move(many))));
    }
    const auto size = fs::file_size(directory.database());
    REQUIRE(size > 5 * 8192);
    std::fstream file(directory.database(), std::ios::in | std::ios::out | std::ios::binary);
    for (auto page = size / 8192 - 3; page < size / 8192; ++page) {
        file.seekp(static_cast<std::streamoff>(page * 8192));
        file << std::string(8192, '\x5a');
    }
    file.close();
    CHECK(error_of_open(directory.database()).find("damaged") != std::string::npos);
}

TEST_CASE("store: an alert is found by its number, its id, its identity and its uuid", "[store]") {
    const Directory directory;
    const auto store = open(directory.database());
    REQUIRE(accept(*store, acceptance("nx1/malware-callback/17")));
    REQUIRE(accept(*store, acceptance("0f00aaaa-1111-2222-3333-444455556666/ips-event")));
    const auto found = [&](const std::string& name) {
        const auto rows = store->alerts_called(name, 10);
        REQUIRE(rows);
        std::vector<std::uint64_t> numbers;
        for (const JournalRow& row : *rows) {
            numbers.push_back(row.number);
        }
        return numbers;
    };

    CHECK(found("1") == std::vector<std::uint64_t>{1});
    CHECK(found("17") == std::vector<std::uint64_t>{2, 1});
    CHECK(found("nx1/malware-callback/17") == std::vector<std::uint64_t>{1});
    CHECK(found("0F00AAAA-1111-2222-3333-444455556666") == std::vector<std::uint64_t>{2});
    CHECK(found("3").empty());
    CHECK(found("").empty());
    CHECK(found("' OR 1 --").empty());
    CHECK(found("99999999999999999999").empty());
    CHECK(store->alerts_called("17", 1)->size() == 1);
}

TEST_CASE("store: an alert's notification comes back byte for byte, with what else it brought", "[store]") {
    const Directory directory;
    const auto store = open(directory.database());
    const std::string payload("<a>\0\xff</a>", 9);
    auto both = acceptance("nx1/1", {}, payload);
    both.alerts.push_back(both.alerts.front());
    both.alerts.back().identity = "nx1/2";
    REQUIRE(accept(*store, both));
    auto repeat = acceptance("nx1/2", {}, "<later/>");
    repeat.alerts.push_back(repeat.alerts.front());
    repeat.alerts.back().identity = "nx1/3";
    REQUIRE(accept(*store, repeat));

    const auto first = store->notification_of(2);
    REQUIRE(first);
    REQUIRE(first->has_value());
    CHECK((*first)->payload == payload);
    CHECK((*first)->format == "xml-normal");
    CHECK((*first)->received == noon);
    REQUIRE((*first)->alerts.size() == 2);
    CHECK((*first)->alerts[1].entry.identity == "nx1/2");
    CHECK((*first)->alerts[1].seen == 2);
    const auto second = store->notification_of(3);
    REQUIRE(second);
    CHECK((*second)->payload == "<later/>");
    CHECK_FALSE(store->notification_of(4)->has_value());
}
