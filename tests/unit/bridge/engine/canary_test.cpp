#include "bridge/engine/canary.hpp"

#include <catch2/catch.hpp>

#include "bridge/engine/stopwatch.hpp"
#include "hand_clock.hpp"

using namespace bridge::domain;
using namespace bridge::engine;
using bridge::engine::test::HandClock;
using namespace std::chrono_literals;

namespace {

const Indicator bird = Indicator::parse("192.0.2.254").value();

/// A ledger with one block, and a firewall whose steps the test decides.
class Perch : public CanaryPerch {
public:
    void place_canary(const std::string&, const Block& block, std::function<void(bool)> done) override {
        ++placed;
        if (store_fails) {
            done(false);
            return;
        }
        state = block.state;
        expires = block.expires;
        done(true);
    }
    void take_canary(const std::string&, const Indicator&) override {
        ++taken;
        state = BlockState::expired;
    }
    std::optional<BlockState> canary_state(const std::string&, const Indicator&) const override { return state; }

    std::optional<BlockState> state;
    WallTime expires{};
    int placed = 0;
    int taken = 0;
    bool store_fails = false;
};

class Watch : public ObserverList {
public:
    void on_canary(const CanarySeen& seen) override {
        all.push_back(std::string(seen.what == CanarySeen::What::blocked     ? "blocked"
                                  : seen.what == CanarySeen::What::unblocked ? "unblocked"
                                                                             : "alarm") +
                      (seen.late ? " late" : ""));
        took = seen.took;
    }
    std::vector<std::string> all;
    std::chrono::milliseconds took{};
};

struct World {
    void begin(CanarySettings settings = {bird, 10min, 2min, {}}) {
        canary = std::make_unique<Canary>(std::move(settings), std::vector<std::string>{"hq"}, clock, perch, watch,
                                          [this](Happening::Kind kind, const std::string&, const std::string& text) {
                                              if (kind == Happening::Kind::warning) {
                                                  warnings.push_back(text);
                                              }
                                          });
        canary->start();
    }
    void change(BlockState to, const std::string& reason = "") {
        canary->on_change({"hq", bird, to, reason});
        perch.state = to == BlockState::removed ? std::nullopt : std::optional(to);
        clock.settle();
    }
    CanaryStatus status() const { return canary->status().at("hq"); }

    HandClock clock;
    Perch perch;
    Watch watch;
    std::vector<std::string> warnings;
    std::unique_ptr<Canary> canary;
};

}  // namespace

TEST_CASE("the canary is blocked, measured, and taken back, period after period") {
    World world;
    world.begin();
    CHECK(world.perch.placed == 0);
    world.clock.run_for(1min);
    CHECK(world.perch.placed == 1);
    CHECK(world.perch.expires == world.clock.wall() + 10min);
    CHECK(world.status().state == "blocking");
    world.change(BlockState::pushed);
    world.clock.run_for(40s);
    world.change(BlockState::enforced);
    CHECK(world.watch.took == 40s);
    CHECK(world.status().last == 40s);
    CHECK(world.status().last_success == world.clock.wall());
    CHECK(world.perch.taken == 1);
    CHECK(world.status().state == "unblocking");
    world.clock.run_for(30s);
    world.change(BlockState::removed);
    CHECK(world.status().state == "resting");
    CHECK(world.watch.all == std::vector<std::string>{"blocked", "unblocked"});
    world.clock.run_for(8min + 49s);
    CHECK(world.perch.placed == 1);
    world.clock.run_for(1s);
    CHECK(world.perch.placed == 2);
    CHECK(world.status().runs == 2);
    CHECK(world.warnings.empty());
}

TEST_CASE("a block that does not come raises the alarm in time, once, and the cycle waits for it") {
    World world;
    world.begin();
    world.clock.run_for(1min + 2min - 1ms);
    CHECK(world.status().alarm.empty());
    world.clock.run_for(1ms);
    CHECK_THAT(world.status().alarm, Catch::Contains("not enforced after 120.0 s"));
    world.clock.run_for(30min);
    CHECK(world.warnings.size() == 1);
    CHECK(world.perch.placed == 1);
    CHECK(world.status().failures == 1);

    // It comes at last: late, so the alarm still sings, and the next cycle begins at once.
    world.change(BlockState::enforced);
    CHECK(world.watch.all == std::vector<std::string>{"alarm late", "blocked late"});
    CHECK_FALSE(world.status().last_success);
    world.change(BlockState::removed);
    CHECK_FALSE(world.status().alarm.empty());
    world.clock.run_for(0s);
    CHECK(world.perch.placed == 2);
    world.change(BlockState::enforced);
    world.change(BlockState::removed);
    CHECK(world.status().alarm.empty());
}

TEST_CASE("a block that does not go raises the alarm as well") {
    World world;
    world.begin();
    world.clock.run_for(1min);
    world.change(BlockState::enforced);
    world.clock.run_for(2min);
    CHECK_THAT(world.status().alarm, Catch::Contains("still blocked after 120.0 s"));
}

TEST_CASE("a refusal is an alarm with the target's reason, and the next period tries again") {
    World world;
    world.begin();
    world.clock.run_for(1min);
    world.change(BlockState::refused, "address group is full");
    CHECK_THAT(world.status().alarm, Catch::Contains("address group is full"));
    CHECK(world.status().state == "resting");
    world.clock.run_for(10min);
    CHECK(world.perch.placed == 2);
}

TEST_CASE("a store that takes nothing is an alarm") {
    World world;
    world.perch.store_fails = true;
    world.begin();
    world.clock.run_for(1min);
    CHECK_THAT(world.status().alarm, Catch::Contains("the store did not take it"));
    world.perch.store_fails = false;
    world.clock.run_for(10min);
    CHECK(world.status().state == "blocking");
}

TEST_CASE("what an earlier process left is taken back first") {
    World world;
    world.perch.state = BlockState::enforced;
    world.begin();
    CHECK(world.perch.taken == 1);
    world.clock.run_for(1min);
    CHECK(world.perch.placed == 0);
    world.change(BlockState::removed);
    world.clock.run_for(0s);
    CHECK(world.perch.placed == 1);
}

TEST_CASE("an operator who unblocks the canary does not confuse it") {
    World world;
    world.begin();
    world.clock.run_for(1min);
    world.change(BlockState::expired);
    world.change(BlockState::removed);
    CHECK(world.status().state == "resting");
    CHECK(world.perch.taken == 0);
    world.clock.run_for(10min);
    CHECK(world.perch.placed == 2);
}

TEST_CASE("only the targets that are named have a canary, and others' blocks are none of it") {
    World world;
    world.begin({bird, 10min, 2min, {"branch"}});
    CHECK(world.canary->status().empty());
    World other;
    other.begin();
    other.clock.run_for(1min);
    other.canary->on_change({"hq", Indicator::parse("203.0.113.5").value(), BlockState::enforced, ""});
    CHECK(other.watch.all.empty());
}

TEST_CASE("a canary that goes while something of it is under way leaves nothing that calls it") {
    World world;
    world.begin();
    world.clock.run_for(1min);
    world.canary->on_change({"hq", bird, BlockState::enforced, ""});
    world.canary.reset();
    world.clock.run_for(1h);
    CHECK(world.perch.taken == 0);
}

TEST_CASE("the stopwatch measures from the acknowledgement to the first enforcement, and forgets what ends otherwise") {
    Stopwatch watch;
    const Indicator one = Indicator::parse("203.0.113.1").value();
    const Indicator two = Indicator::parse("203.0.113.2").value();
    watch.start("hq", one, Instant(1s));
    watch.start("hq", two, Instant(2s));
    watch.start("hq", one, Instant(3s));
    CHECK_FALSE(watch.on_change({"hq", one, BlockState::pushed, ""}, Instant(4s)));
    CHECK_FALSE(watch.on_change({"branch", one, BlockState::enforced, ""}, Instant(5s)));
    CHECK(watch.on_change({"hq", one, BlockState::enforced, ""}, Instant(6s)) == 5s);
    CHECK_FALSE(watch.on_change({"hq", one, BlockState::enforced, ""}, Instant(7s)));
    CHECK_FALSE(watch.on_change({"hq", two, BlockState::refused, ""}, Instant(8s)));
    CHECK(watch.under_way() == 0);
}
