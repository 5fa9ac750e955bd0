#include "bridge/engine/engine.hpp"

#include <catch2/catch.hpp>

#include "engine_world.hpp"

using namespace testing;

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
    CHECK(world.release("203.0.113.2"));
    CHECK(state_of(world, "203.0.113.2") == BlockState::wanted);
    CHECK(world.release("203.0.113.9").error().code == Errc::missing);
}

TEST_CASE("an operator can take a block back") {
    World world;
    REQUIRE(world.engine->start());
    CHECK(world.post(callback("1", "203.0.113.1")).status == 200);
    CHECK(world.unblock("203.0.113.1"));
    CHECK(state_of(world, "203.0.113.1") == BlockState::expired);
}
