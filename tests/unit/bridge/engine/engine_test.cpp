#include "bridge/engine/engine.hpp"

#include <catch2/catch.hpp>
#include <deque>
#include <map>

using namespace bridge::domain;
using namespace bridge::engine;
using namespace std::chrono_literals;

namespace {

/// Time that is moved by hand.
class HandClock : public Clock {
public:
    WallTime wall() const override {
        return WallTime(std::chrono::sys_days{std::chrono::year{2026} / 6 / 1}) + passed_;
    }
    Instant now() const override { return Instant(passed_); }
    std::unique_ptr<Alarm> at(Instant when, std::function<void()> task) override {
        const auto key = std::make_pair(when, ++serial_);
        due_[key] = std::move(task);
        return std::make_unique<Held>(*this, key);
    }
    void post(std::function<void()> task) override { posted_.push_back(std::move(task)); }

    void run_for(std::chrono::milliseconds time) {
        const Instant end = now() + time;
        settle();
        while (!due_.empty() && due_.begin()->first.first <= end) {
            auto node = due_.extract(due_.begin());
            passed_ = std::max(passed_, node.key().first.time_since_epoch());
            node.mapped()();
            settle();
        }
        passed_ = end.time_since_epoch();
    }
    void settle() {
        while (!posted_.empty()) {
            const auto task = std::move(posted_.front());
            posted_.pop_front();
            task();
        }
    }

private:
    using Key = std::pair<Instant, std::uint64_t>;
    struct Held : Alarm {
        Held(HandClock& clock_, Key key_) : clock(clock_), key(key_) {}
        ~Held() override { clock.due_.erase(key); }
        Held(const Held&) = delete;
        Held& operator=(const Held&) = delete;
        HandClock& clock;
        Key key;
    };

    std::chrono::milliseconds passed_{0};
    std::uint64_t serial_ = 0;
    std::map<Key, std::function<void()>> due_;
    std::deque<std::function<void()>> posted_;
};

/// Keeps what it is given; fails on demand; completes when told to.
class HandStore : public bridge::store::Store {
public:
    std::vector<bridge::store::Acceptance> accepted;
    std::vector<BlockChange> changes;
    std::vector<Block> blocks;
    bool full = false;
    std::vector<Done> waiting;
    bool at_once = true;

    void accept(bridge::store::Acceptance acceptance, Done done) override {
        const auto alerts = static_cast<std::uint32_t>(acceptance.alerts.size());
        accepted.push_back(std::move(acceptance));
        if (!at_once) {
            waiting.push_back(std::move(done));
        } else if (full) {
            done(failed(Errc::store_failed, "bridge.db: disk full"));
        } else {
            done(bridge::store::Accepted{alerts, 0});
        }
    }
    void record(std::vector<BlockChange> some) override { changes.insert(changes.end(), some.begin(), some.end()); }
    Result<std::vector<Block>> load_blocks() override { return blocks; }
    Result<std::vector<bridge::store::JournalRow>> newest_alerts(std::size_t) override {
        return std::vector<bridge::store::JournalRow>{};
    }
    Result<std::vector<bridge::store::JournalRow>> alerts_called(const std::string&, std::size_t) override {
        return std::vector<bridge::store::JournalRow>{};
    }
    Result<std::optional<bridge::store::StoredNotification>> notification_of(std::uint64_t) override {
        return std::nullopt;
    }
    std::string trouble() const override { return full ? "disk full" : ""; }
};

/// Takes requests and never answers: enough to see that something was asked.
class SilentTransport : public bridge::panos::Transport {
public:
    explicit SilentTransport(std::vector<std::string>& asked) : asked_(asked) {}
    void call(bridge::panos::ApiRequest request, Done) override { asked_.push_back(request.form); }

private:
    std::vector<std::string>& asked_;
};

struct World {
    explicit World(Policy policy = {}) {
        EngineSettings settings;
        settings.policy = std::move(policy);
        TargetSettings hq;
        hq.name = "hq";
        hq.group.group = hq.place.group = "blocked";
        hq.credentials = {Secret("KEY"), "fb", Secret()};
        settings.targets.push_back(hq);
        engine = std::make_unique<Engine>(
            settings, clock, store,
            [this](const TargetSettings&, std::size_t) { return std::make_unique<SilentTransport>(asked); },
            [this](const Happening& happening) { told.push_back(happening.text); });
    }

    Reception post(const std::string& body) {
        Reception got{0, ""};
        engine->receive(body, "192.0.2.1", [&got](Reception reception) { got = std::move(reception); });
        return got;
    }

    HandClock clock;
    HandStore store;
    std::vector<std::string> asked;
    std::vector<std::string> told;
    std::unique_ptr<Engine> engine;
};

std::string callback(const std::string& id, const std::string& attacker) {
    return "<alerts appliance=\"nx1.example.com\" msg=\"normal\" product=\"Web MPS\" version=\"9.0.0.1\">"
           "<alert id=\"" +
           id +
           "\" name=\"malware-callback\" severity=\"crit\"><explanation protocol=\"tcp\">"
           "<cnc-services><cnc-service port=\"443\" protocol=\"tcp\"><address>" +
           attacker + "</address></cnc-service></cnc-services></explanation><src><ip>192.0.2.10</ip></src><dst><ip>" +
           attacker + "</ip><port>443</port></dst><occurred>2026-06-01T00:00:00Z</occurred></alert></alerts>";
}

BlockState state_of(const World& world, const std::string& attacker) {
    const Block* block = world.engine->ledger().find("hq", Indicator::parse(attacker).value());
    REQUIRE(block != nullptr);
    return block->state;
}

}  // namespace

TEST_CASE("200 comes only after the store has the alert and its blocks, in one piece") {
    World world;
    REQUIRE(world.engine->start());
    world.store.at_once = false;
    Reception got{0, ""};
    world.engine->receive(callback("1", "203.0.113.5"), "192.0.2.1", [&got](Reception r) { got = std::move(r); });
    CHECK(got.status == 0);
    REQUIRE(world.store.accepted.size() == 1);
    CHECK(world.store.accepted.front().alerts.size() == 1);
    REQUIRE(world.store.accepted.front().blocks.size() == 1);
    CHECK(world.engine->ledger().blocks().empty());
    world.store.waiting.front()(bridge::store::Accepted{1, 0});
    CHECK(got.status == 200);
    CHECK(state_of(world, "203.0.113.5") == BlockState::wanted);
}

TEST_CASE("a store that cannot write gives 503, and nothing is blocked on its account") {
    World world;
    REQUIRE(world.engine->start());
    world.store.full = true;
    const Reception got = world.post(callback("1", "203.0.113.5"));
    CHECK(got.status == 503);
    CHECK_THAT(got.line, Catch::Contains("disk full"));
    CHECK(world.engine->ledger().blocks().empty());
    world.store.full = false;
    CHECK(world.post(callback("1", "203.0.113.5")).status == 200);
}

TEST_CASE("a body that is no notification gives 400 with one line, is counted, and reaches no store") {
    World world;
    REQUIRE(world.engine->start());
    const Reception got = world.post("<html>\r\nforged: line</html>");
    CHECK(got.status == 400);
    CHECK(got.line.find('\n') == std::string::npos);
    CHECK(world.engine->intake().notifications.at(400) == 1);
    CHECK(world.store.accepted.empty());
    for (const std::string& line : world.told) {
        CHECK(line.find('\n') == std::string::npos);
    }
}

TEST_CASE("a text notification is kept, acknowledged and explained, for sending it again would not help") {
    World world;
    REQUIRE(world.engine->start());
    CHECK(
        world.post("msg: concise\nproduct: Web MPS\nalert (id:1, name:malware-callback):\n  severity: majr\n").status ==
        200);
    REQUIRE(world.store.accepted.size() == 1);
    CHECK(world.store.accepted.front().format == "text");
    CHECK(world.engine->ledger().blocks().empty());
    REQUIRE_FALSE(world.told.empty());
    CHECK_THAT(world.told.back(), Catch::Contains("xml-normal"));
}

TEST_CASE("an internal attacker is journaled with its reason and never reaches the ledger") {
    World world;
    REQUIRE(world.engine->start());
    CHECK(world.post(callback("1", "10.1.2.3")).status == 200);
    REQUIRE(world.store.accepted.size() == 1);
    CHECK_THAT(world.store.accepted.front().alerts.front().decision, Catch::Contains("private (10.0.0.0/8)"));
    CHECK(world.store.accepted.front().blocks.empty());
    CHECK(world.engine->ledger().blocks().empty());
}

TEST_CASE("after a restart the target is compared with what the store kept") {
    World world;
    world.store.blocks.push_back({.target = "hq",
                                  .indicator = Indicator::parse("203.0.113.5").value(),
                                  .state = BlockState::wanted,
                                  .reason = "",
                                  .alert = "",
                                  .since = world.clock.wall(),
                                  .expires = world.clock.wall() + 1h,
                                  .repeats = 0});
    REQUIRE(world.engine->start());
    REQUIRE(world.asked.size() == 1);
    CHECK_THAT(world.asked.front(), Catch::Contains("jobs"));
}

TEST_CASE("a block that ran out while the bridge was down expires at the start") {
    World world;
    world.store.blocks.push_back({.target = "hq",
                                  .indicator = Indicator::parse("203.0.113.5").value(),
                                  .state = BlockState::enforced,
                                  .reason = "",
                                  .alert = "",
                                  .since = world.clock.wall() - 48h,
                                  .expires = world.clock.wall() - 24h,
                                  .repeats = 0});
    REQUIRE(world.engine->start());
    CHECK(state_of(world, "203.0.113.5") == BlockState::expired);
    REQUIRE(world.store.changes.size() == 1);
    CHECK(world.store.changes.front().state == BlockState::expired);
}

TEST_CASE("a block expires by time of receipt, to the millisecond, even a week later") {
    World world;
    REQUIRE(world.engine->start());
    CHECK(world.post(callback("1", "203.0.113.5")).status == 200);
    world.clock.run_for(24h * 7 - 1ms);
    CHECK(state_of(world, "203.0.113.5") == BlockState::wanted);
    world.clock.run_for(1ms);
    CHECK(state_of(world, "203.0.113.5") == BlockState::expired);
}

TEST_CASE("over the circuit breaker's limit blocks are held until an operator releases them") {
    Policy policy;
    policy.max_new_blocks_per_minute = 1;
    World world(policy);
    REQUIRE(world.engine->start());
    CHECK(world.post(callback("1", "203.0.113.1")).status == 200);
    CHECK(world.post(callback("2", "203.0.113.2")).status == 200);
    CHECK(state_of(world, "203.0.113.2") == BlockState::held);
    CHECK(world.engine->release(Indicator::parse("203.0.113.2").value()));
    CHECK(state_of(world, "203.0.113.2") == BlockState::wanted);
    CHECK_FALSE(world.engine->release(Indicator::parse("203.0.113.9").value()));
}

TEST_CASE("an operator can take a block back") {
    World world;
    REQUIRE(world.engine->start());
    CHECK(world.post(callback("1", "203.0.113.1")).status == 200);
    CHECK(world.engine->unblock(Indicator::parse("203.0.113.1").value()));
    CHECK(state_of(world, "203.0.113.1") == BlockState::expired);
}

TEST_CASE("that an order is stored is told when the store has it, or why it has not") {
    World world;
    world.store.at_once = false;
    std::vector<Result<void>> told;
    world.engine->when_stored([&](Result<void> stored) { told.push_back(std::move(stored)); });
    world.engine->when_stored([&](Result<void> stored) { told.push_back(std::move(stored)); });
    CHECK(told.empty());
    REQUIRE(world.store.waiting.size() == 2);
    world.store.waiting[0](bridge::store::Accepted{});
    world.store.waiting[1](failed(Errc::store_failed, "bridge.db: disk full"));
    REQUIRE(told.size() == 2);
    CHECK(told[0]);
    CHECK(told[1].error().detail == "bridge.db: disk full");
}
