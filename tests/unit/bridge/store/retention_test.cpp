#include "bridge/store/retention.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <mutex>

#include "store_case.hpp"

using namespace store_case;

namespace {

/// Counts the passes of a store's retention, and waits for the next one that begins after the call.
class Passes {
public:
    void add(const Forgotten& gone) {
        const std::lock_guard lock(mutex_);
        sum_ += gone;
        ++count_;
        changed_.notify_all();
    }
    void await_two() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this, until = count_ + 2] { return count_ >= until; });
    }
    Forgotten sum() {
        const std::lock_guard lock(mutex_);
        return sum_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    Forgotten sum_;
    int count_ = 0;
};

/// A store with a clock that is moved by hand and passes one after another.
struct KeptStore {
    Directory directory;
    std::atomic<std::int64_t> now_ms = noon.time_since_epoch().count();
    Passes passes;
    std::unique_ptr<Store> store;

    explicit KeptStore(Keeping keeping = {.payloads = 90 * 24h, .alerts = 400 * 24h}) { open(keeping); }

    void open(Keeping keeping = {.payloads = 90 * 24h, .alerts = 400 * 24h}) {
        store.reset();
        store = opened({.path = directory.database(),
                        .keeping = keeping,
                        .retention_first_after = 1ms,
                        .retention_every = 1ms,
                        .wall_clock = [this] { return WallTime(std::chrono::milliseconds(now_ms.load())); },
                        .on_forgotten = [this](const Forgotten& gone) { passes.add(gone); }});
    }
    WallTime now() const { return WallTime(std::chrono::milliseconds(now_ms.load())); }
    void days_pass(int days) {
        now_ms += std::chrono::milliseconds(std::chrono::days(days)).count();
        passes.await_two();
    }
    void take(const std::string& identity, const std::vector<std::string>& addresses = {},
              const std::string& payload = "<alerts/>") {
        REQUIRE(accept(*store, acceptance(identity, addresses, payload, now())));
    }
    bool has_alert(const std::string& identity) { return !store->alerts_called(identity, 1)->empty(); }
    bool has_payload(const std::string& identity) {
        const auto rows = store->alerts_called(identity, 1);
        REQUIRE_FALSE(rows->empty());
        return store->notification_of(rows->front().number)->has_value();
    }
};

}  // namespace

TEST_CASE("retention: a payload goes after its time, the alert's row after its own", "[store][retention]") {
    KeptStore kept;
    kept.take("nx1/1");
    kept.days_pass(89);
    CHECK(kept.has_payload("nx1/1"));
    kept.take("nx1/2");
    kept.days_pass(2);
    CHECK(kept.has_alert("nx1/1"));
    CHECK_FALSE(kept.has_payload("nx1/1"));
    CHECK(kept.has_payload("nx1/2"));
    kept.days_pass(400 - 91 + 1);
    CHECK_FALSE(kept.has_alert("nx1/1"));
    CHECK(kept.has_alert("nx1/2"));
}

TEST_CASE("retention: what a block refers to stays as long as the block does", "[store][retention]") {
    const auto state = GENERATE(BlockState::wanted, BlockState::pushed, BlockState::enforced, BlockState::expired,
                                BlockState::refused, BlockState::held);
    CAPTURE(name_of(state));
    KeptStore kept;
    kept.take("nx1/1", {"203.0.113.5"});
    kept.store->record({{"hq", *Indicator::parse("203.0.113.5"), state, ""}});
    kept.take("nx1/2");
    kept.take("nx1/3");
    kept.days_pass(1000);
    CHECK(kept.has_payload("nx1/1"));
    CHECK_FALSE(kept.has_alert("nx1/2"));

    kept.store->record({{"hq", *Indicator::parse("203.0.113.5"), BlockState::removed, ""}});
    REQUIRE(accept(*kept.store, {}));
    kept.passes.await_two();
    CHECK_FALSE(kept.has_alert("nx1/1"));
    CHECK(kept.passes.sum().blocks == 1);
}

TEST_CASE("retention: an alert that shares its notification with a block's alert keeps the payload",
          "[store][retention]") {
    KeptStore kept;
    auto both = acceptance("nx1/1", {"203.0.113.5"}, "<two/>");
    both.alerts.push_back(both.alerts.front());
    both.alerts.back().identity = "nx1/2";
    REQUIRE(accept(*kept.store, both));
    kept.days_pass(100);
    CHECK(kept.has_payload("nx1/2"));
}

TEST_CASE("retention: a notification without an alert goes in time, too", "[store][retention]") {
    KeptStore kept;
    auto text = acceptance("unused/1", {}, "fenotify\n");
    text.alerts.clear();
    REQUIRE(accept(*kept.store, text));
    kept.take("nx1/1");
    kept.days_pass(100);
    CHECK(kept.passes.sum().payloads == 2);
}

TEST_CASE("retention: numbers only rise, and none comes to stand for another payload", "[store][retention]") {
    KeptStore kept;
    kept.take("nx1/1");
    kept.take("nx1/2", {}, "<old/>");
    kept.days_pass(1000);
    CHECK_FALSE(kept.has_alert("nx1/1"));
    CHECK(kept.has_alert("nx1/2"));  // the newest stays
    CHECK_FALSE(kept.has_payload("nx1/2"));

    kept.open();  // all payloads are gone, and the numbers start from what is left
    kept.take("nx1/3", {}, "<new/>");
    // No longer the newest, it may be gone by now; where it is not, the new payload is not its own.
    const auto old = kept.store->alerts_called("nx1/2", 1);
    CHECK((old->empty() || !kept.store->notification_of(old->front().number)->has_value()));
    const auto row = kept.store->alerts_called("nx1/3", 1)->front();
    CHECK(row.number == 3);
    CHECK(kept.store->notification_of(row.number)->value().payload == "<new/>");
}

TEST_CASE("retention: an alert that came again after it was looked at is not deleted", "[store][retention]") {
    const Directory directory;
    {
        const auto store = opened({.path = directory.database()});
        REQUIRE(accept(*store, acceptance("nx1/1")));
        REQUIRE(accept(*store, acceptance("nx1/2")));
        REQUIRE(accept(*store, acceptance("nx1/2", {"203.0.113.5"})));  // seen twice
    }
    auto connection = Connection::open(directory.database(), OpenMode::existing);
    REQUIRE(connection);
    const Discard seen_once{.payloads = {{1, {{1, 1}}}, {2, {{2, 1}}}}, .alerts = {{1, 1}, {2, 1}}};
    const auto gone = erase(*connection, seen_once);
    REQUIRE(gone);
    CHECK(gone->payloads == 1);
    CHECK(gone->alerts == 1);
    CHECK(connection->query_number("SELECT number FROM notifications").value() == 2);
    CHECK(connection->query_number("SELECT number FROM alerts").value() == 2);
}

TEST_CASE("retention: a block that came back after it was looked at is not deleted", "[store][retention]") {
    const Directory directory;
    {
        const auto store = opened({.path = directory.database()});
        REQUIRE(accept(*store, acceptance("nx1/1", {"203.0.113.5"})));
    }
    auto connection = Connection::open(directory.database(), OpenMode::existing);
    REQUIRE(connection);
    CHECK(erase(*connection, {.blocks = {{"hq", "203.0.113.5"}}})->blocks == 0);
}

TEST_CASE("retention: thousands go in small transactions while alerts are taken", "[store][retention]") {
    KeptStore kept;
    std::atomic<int> stored = 0;
    for (int i = 0; i < 5000; ++i) {
        kept.store->accept(acceptance("nx1/" + std::to_string(i), {}, "<alerts/>", kept.now()),
                           [&](const Result<Accepted>& outcome) { stored += outcome ? 1 : 0; });
    }
    REQUIRE(accept(*kept.store, {}));
    REQUIRE(stored == 5000);
    kept.now_ms += std::chrono::milliseconds(100 * 24h).count();
    for (int i = 0; i < 50; ++i) {
        kept.take("nx2/" + std::to_string(i), {"203.0.113." + std::to_string(i)});
    }
    kept.passes.await_two();
    CHECK(kept.passes.sum().payloads == 5000);
    CHECK(kept.passes.sum().alerts == 0);
    CHECK(kept.has_payload("nx2/0"));
    CHECK(kept.store->load_blocks()->size() == 50);
}

TEST_CASE("retention: the file stops growing", "[store][retention]") {
    KeptStore kept({.payloads = 10 * 24h, .alerts = 20 * 24h});
    const auto a_month = [&](int month) {
        for (int day = 0; day < 30; ++day) {
            for (int i = 0; i < 10; ++i) {
                kept.take(std::to_string(month) + "/" + std::to_string(day) + "-" + std::to_string(i), {},
                          std::string(20'000, 'p'));
            }
            kept.days_pass(1);
        }
    };
    const auto bytes = [&] {
        kept.open({.payloads = 10 * 24h, .alerts = 20 * 24h});  // so that the log is in the file
        return std::filesystem::file_size(kept.directory.database());
    };
    a_month(1);
    const auto after_one = bytes();
    a_month(2);
    a_month(3);
    CHECK(bytes() < after_one + after_one / 4);
    CHECK(after_one < 10'000'000);  // without it, three months are 18 MB
}

TEST_CASE("retention: with zero nothing goes", "[store][retention]") {
    const Directory directory;
    const auto store = opened({.path = directory.database(),
                               .keeping = {.payloads = 0ms, .alerts = 0ms},
                               .retention_first_after = 1ms,
                               .retention_every = 1ms});
    REQUIRE(accept(*store, acceptance("nx1/1")));
    REQUIRE(accept(*store, acceptance("nx1/2")));
    CHECK(store->notification_of(1)->has_value());
}

TEST_CASE("retention: a store that closes in the middle of a pass closes", "[store][retention]") {
    KeptStore kept;
    for (int i = 0; i < 300; ++i) {
        kept.store->accept(acceptance("nx1/" + std::to_string(i), {}, "<alerts/>", kept.now()), [](const auto&) {});
    }
    REQUIRE(accept(*kept.store, {}));
    kept.now_ms += std::chrono::milliseconds(1000 * 24h).count();
    kept.store.reset();
    kept.open();
    CHECK(kept.has_alert("nx1/299"));
}
