// What operators order of the engine, and what is never blocked.
#include <catch2/catch.hpp>

#include "engine_world.hpp"

using namespace testing;

namespace {

Policy with_limit(std::uint32_t per_minute) {
    Policy policy;
    policy.max_new_blocks_per_minute = per_minute;
    return policy;
}

std::vector<std::string> events_of(const World& world, const std::string& indicator) {
    std::vector<std::string> events;
    for (const AuditEntry& entry : world.store.audit) {
        if (entry.indicator.text() == indicator) {
            events.push_back(entry.event);
        }
    }
    return events;
}

/// Callbacks to 203.0.113.FIRST and the next ones, of that appliance.
void post_callbacks(World& world, int first, int count, const std::string& appliance = "nx1") {
    for (int i = first; i < first + count; ++i) {
        CHECK(world.post(callback(std::to_string(i), "203.0.113." + std::to_string(i), appliance)).status == 200);
    }
}

}  // namespace

TEST_CASE("an unblocked address stays unblocked for the quarantine, and is blocked by the next alert after it") {
    World world;
    REQUIRE(world.engine->start());
    post_callbacks(world, 5, 1);
    const auto done = world.unblock("203.0.113.5", 24h);
    REQUIRE(done);
    CHECK(done->text == "203.0.113.5 is unblocked; alerts do not block it until 2026-06-02T00:00:00Z");
    CHECK(state_of(world, "203.0.113.5") == BlockState::expired);
    CHECK(world.post(callback("6", "203.0.113.5")).status == 200);
    CHECK(state_of(world, "203.0.113.5") == BlockState::expired);
    CHECK_THAT(world.store.accepted.back().alerts.front().decision,
               Catch::Contains("quarantined until 2026-06-02T00:00:00Z: unblocked by alice: ticket 42"));
    world.clock.run_for(24h);
    CHECK(world.post(callback("7", "203.0.113.5")).status == 200);
    CHECK(state_of(world, "203.0.113.5") == BlockState::wanted);
}

TEST_CASE("the policy says how long, unless the operator does") {
    Policy policy;
    policy.quarantine = 2h;
    World world(policy);
    REQUIRE(world.engine->start());
    post_callbacks(world, 5, 2);
    REQUIRE(world.unblock("203.0.113.5"));
    REQUIRE(world.engine->quarantined().size() == 1);
    CHECK(world.engine->quarantined().front().until == world.clock.wall() + 2h);
    REQUIRE(world.unblock("203.0.113.6", 0ms));
    CHECK(world.engine->quarantined().size() == 1);
    post_callbacks(world, 6, 1);
    CHECK(world.is_blocked("203.0.113.6"));
}

TEST_CASE("a quarantine holds over a restart, and one that is over is forgotten there") {
    World first;
    REQUIRE(first.engine->start());
    post_callbacks(first, 5, 1);
    REQUIRE(first.unblock("203.0.113.5", 24h));
    World second;
    second.store.orders = first.store.orders;
    second.store.orders.push_back(
        {.subject = "203.0.113.6", .made = second.clock.wall() - 2h, .until = second.clock.wall() - 1h});
    REQUIRE(second.engine->start());
    post_callbacks(second, 5, 2);
    CHECK_FALSE(second.is_blocked("203.0.113.5"));
    CHECK(second.is_blocked("203.0.113.6"));
    CHECK(second.store.orders.size() == 1);
}

TEST_CASE("an address that is not blocked can be quarantined, and unblocked only so") {
    World world;
    REQUIRE(world.engine->start());
    CHECK(world.unblock("203.0.113.5").error().code == Errc::missing);
    REQUIRE(world.unblock("203.0.113.5", 1h));
    post_callbacks(world, 5, 1);
    CHECK_FALSE(world.is_blocked("203.0.113.5"));
    REQUIRE(world.release("203.0.113.5"));
    post_callbacks(world, 5, 1);
    CHECK(world.is_blocked("203.0.113.5"));
}

TEST_CASE("an address in a blocked /64 is not unblocked by itself") {
    Policy policy;
    policy.ipv6_by_prefix = true;
    World world(policy);
    REQUIRE(world.engine->start());
    CHECK(world.post(callback("1", "2001:db8:0:7::5")).status == 200);
    const auto answer = world.unblock("2001:db8:0:7::6");
    REQUIRE_FALSE(answer);
    CHECK_THAT(answer.error().detail, Catch::Contains("is blocked as part of 2001:db8:0:7::/64"));
    REQUIRE(world.unblock("2001:db8:0:7::/64", 1h));
    CHECK(world.post(callback("2", "2001:db8:0:7::6")).status == 200);
    CHECK_FALSE(world.is_blocked("2001:db8:0:7::/64"));
}

TEST_CASE("an order that the store cannot keep is carried out, and says so") {
    World world;
    REQUIRE(world.engine->start());
    post_callbacks(world, 5, 1);
    world.store.full = true;
    const auto answer = world.unblock("203.0.113.5", 1h);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Errc::store_failed);
    CHECK_THAT(answer.error().detail, Catch::Contains("is unblocked") && Catch::Contains("not on disk yet"));
    CHECK_FALSE(world.is_blocked("203.0.113.5"));
}

TEST_CASE("an operator's block is under the same policy, and the audit trail says who and why") {
    Policy policy;
    policy.allow.push_back(AllowRule::parse("198.51.100.0/24").value());
    World world(policy);
    REQUIRE(world.engine->start());
    for (const auto* never : {"198.51.100.7", "10.1.2.3", "fe80::/64", "nas.local"}) {
        const auto answer = world.block({.indicator = Indicator::parse_blocked(never).value()});
        REQUIRE_FALSE(answer);
        CHECK(answer.error().code == Errc::refused);
    }
    CHECK(world.engine->ledger().blocks().empty());
    CHECK(events_of(world, "198.51.100.7") == std::vector<std::string>{"refused"});

    REQUIRE(world.block({.indicator = Indicator::parse("203.0.113.5").value(), .time = 1h}));
    CHECK(state_of(world, "203.0.113.5") == BlockState::wanted);
    REQUIRE(world.store.accepted.size() == 1);
    CHECK(world.store.accepted.front().payload.empty());
    CHECK(world.store.accepted.front().audit.front().detail == "blocked by alice: ticket 42");
    world.clock.run_for(1h);
    CHECK(state_of(world, "203.0.113.5") == BlockState::expired);
}

TEST_CASE("an operator's block counts only when the store has it") {
    World world;
    REQUIRE(world.engine->start());
    world.store.full = true;
    const auto answer = world.block({.indicator = Indicator::parse("203.0.113.5").value()});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Errc::store_failed);
    CHECK(world.engine->ledger().blocks().empty());
}

TEST_CASE("an operator blocks on one target, ends a quarantine, and cannot name a target that is not there") {
    World world({}, {"hq", "branch"});
    REQUIRE(world.engine->start());
    const Indicator address = Indicator::parse("203.0.113.5").value();
    CHECK(world.block({.indicator = address, .target = "brnach"}).error().code == Errc::misconfigured);
    REQUIRE(world.unblock("203.0.113.5", 1h));
    REQUIRE(world.block({.indicator = address, .target = "branch"}));
    CHECK(world.is_blocked("203.0.113.5", "branch"));
    CHECK_FALSE(world.is_blocked("203.0.113.5", "hq"));
    CHECK(world.engine->quarantined().empty());
    CHECK(world.store.orders.empty());
}

TEST_CASE("in a dry run an operator blocks nothing, and what alerts would block is told and journaled") {
    Policy policy;
    policy.dry_run = true;
    World world(policy);
    REQUIRE(world.engine->start());
    CHECK(world.block({.indicator = Indicator::parse("203.0.113.5").value()}).error().code == Errc::refused);
    post_callbacks(world, 6, 1);
    CHECK(world.engine->ledger().blocks().empty());
    CHECK(world.times_told("would block 203.0.113.6 (malware-callback 6 from nx1)") == 1);
    CHECK_THAT(world.store.accepted.front().alerts.front().decision,
               Catch::Contains(R"("blockable":["203.0.113.6"])") && Catch::Contains(R"("dry_run":true)"));
}

TEST_CASE("held blocks are told once a burst, released all or of one appliance, and dropped for good") {
    World world(with_limit(1));
    REQUIRE(world.engine->start());
    post_callbacks(world, 1, 5, "nx1");
    post_callbacks(world, 6, 3, "nx2");
    CHECK(world.times_told("an operator must release it") == 1);
    world.clock.run_for(3min);
    CHECK(world.times_told("6 more held in the same burst, the last of them 203.0.113.8") == 1);

    REQUIRE(world.release(Selection{.appliance = "NX2"}));
    CHECK(state_of(world, "203.0.113.8") == BlockState::wanted);
    CHECK(state_of(world, "203.0.113.5") == BlockState::held);

    const auto dropped = world.drop(Selection{.all = true});
    REQUIRE(dropped);
    CHECK(dropped->indicators.size() == 4);
    CHECK(world.engine->ledger().find("hq", Indicator::parse("203.0.113.5").value()) == nullptr);
    post_callbacks(world, 5, 1);
    CHECK(world.engine->ledger().find("hq", Indicator::parse("203.0.113.5").value()) == nullptr);
    world.clock.run_for(24h);
    post_callbacks(world, 5, 1);
    CHECK(world.is_blocked("203.0.113.5"));
    CHECK(world.release(Selection{.all = true}).error().code == Errc::missing);
    CHECK_THAT(world.drop(Selection{.indicator = Indicator::parse("203.0.113.5")}).error().detail,
               Catch::Contains("`unblock` takes it off"));
}

TEST_CASE("a new burst is told again") {
    World world(with_limit(1));
    REQUIRE(world.engine->start());
    post_callbacks(world, 1, 2);
    world.clock.run_for(10min);
    post_callbacks(world, 3, 2);
    CHECK(world.times_told("an operator must release it") == 2);
}

TEST_CASE("a release of what was held for long gives it its time") {
    Policy policy = with_limit(1);
    policy.expire = 2h;
    World world(policy);
    REQUIRE(world.engine->start());
    post_callbacks(world, 1, 2);
    world.clock.run_for(119min);
    REQUIRE(world.release("203.0.113.2"));
    world.clock.run_for(119min);
    CHECK(world.is_blocked("203.0.113.2"));
    world.clock.run_for(1min);
    CHECK_FALSE(world.is_blocked("203.0.113.2"));
}

TEST_CASE("a rollback takes the newest blocks off every target, and keeps alerts from bringing them back") {
    World world({}, {"hq", "branch"});
    REQUIRE(world.engine->start());
    for (int i = 1; i <= 5; ++i) {
        post_callbacks(world, i, 1);
        world.clock.run_for(1min);
    }
    const auto would = world.roll_back({.last = 2, .dry_run = true});
    REQUIRE(would);
    CHECK(would->indicators == std::vector<std::string>{"203.0.113.5", "203.0.113.4"});
    CHECK(world.is_blocked("203.0.113.5"));

    REQUIRE(world.roll_back({.last = 2}));
    for (const auto* target : {"hq", "branch"}) {
        CHECK(world.is_blocked("203.0.113.3", target));
        CHECK_FALSE(world.is_blocked("203.0.113.4", target));
        CHECK_FALSE(world.is_blocked("203.0.113.5", target));
    }
    post_callbacks(world, 5, 1);
    CHECK_FALSE(world.is_blocked("203.0.113.5"));
    CHECK(events_of(world, "203.0.113.5") == std::vector<std::string>{"rolled back", "rolled back", "quarantined"});

    const WallTime since = world.clock.wall() - 4min;
    REQUIRE(world.roll_back({.since = since, .quarantine = 0ms}));
    CHECK(world.is_blocked("203.0.113.1"));
    CHECK_FALSE(world.is_blocked("203.0.113.2"));
    post_callbacks(world, 2, 1);
    CHECK(world.is_blocked("203.0.113.2"));
    CHECK(world.roll_back({.since = world.clock.wall() + 1h}).error().code == Errc::missing);
}

TEST_CASE("what was just released is among the newest for a rollback") {
    World world(with_limit(1));
    REQUIRE(world.engine->start());
    post_callbacks(world, 1, 2);
    world.clock.run_for(1h);
    REQUIRE(world.release("203.0.113.2"));
    const auto done = world.roll_back({.since = world.clock.wall() - 5min});
    REQUIRE(done);
    CHECK(done->indicators == std::vector<std::string>{"203.0.113.2"});
}

TEST_CASE("blocks that a new rule allows leave, held ones too, and alerts do not bring them back") {
    World world(with_limit(2));
    REQUIRE(world.engine->start());
    post_callbacks(world, 1, 3);
    world.engine->allow("files", {AllowRule::parse("203.0.113.2/31", "allow.txt:1").value()});
    CHECK(state_of(world, "203.0.113.1") == BlockState::wanted);
    CHECK(state_of(world, "203.0.113.2") == BlockState::expired);
    CHECK(world.engine->ledger().find("hq", Indicator::parse("203.0.113.3").value()) == nullptr);
    CHECK(world.store.changes.back().reason == "on the allow list: 203.0.113.2/31 (allow.txt:1)");
    world.clock.run_for(2min);
    post_callbacks(world, 2, 1);
    CHECK_FALSE(world.is_blocked("203.0.113.2"));
    world.engine->allow("files", {});
    post_callbacks(world, 2, 1);
    CHECK(world.is_blocked("203.0.113.2"));
}

TEST_CASE("what the rules allow since the last run is taken off at the start") {
    Policy policy;
    policy.allow.push_back(AllowRule::parse("203.0.113.0/24").value());
    World world(policy);
    world.store.blocks.push_back({.target = "hq",
                                  .indicator = Indicator::parse("203.0.113.5").value(),
                                  .state = BlockState::enforced,
                                  .reason = "",
                                  .alert = "",
                                  .since = world.clock.wall(),
                                  .expires = world.clock.wall() + 1h,
                                  .repeats = 0});
    REQUIRE(world.engine->start());
    CHECK(state_of(world, "203.0.113.5") == BlockState::expired);
}

TEST_CASE("a rule that comes while an alert is being stored still counts") {
    World world;
    REQUIRE(world.engine->start());
    world.store.at_once = false;
    world.engine->receive(callback("1", "203.0.113.5"), "192.0.2.1", [](const Reception&) {});
    world.engine->receive(callback("2", "203.0.113.6"), "192.0.2.1", [](const Reception&) {});
    world.engine->allow("files", {AllowRule::parse("203.0.113.5").value()});
    REQUIRE(world.unblock("203.0.113.6", 1h));
    for (const auto& done : world.store.waiting) {
        done(bridge::store::Accepted{1, 0});
    }
    CHECK_FALSE(world.is_blocked("203.0.113.5"));
    CHECK_FALSE(world.is_blocked("203.0.113.6"));
}

TEST_CASE("an appliance's address is never blocked once it has posted, over a restart too") {
    World world;
    REQUIRE(world.engine->start());
    CHECK(world.post(callback("1", "198.51.100.20")).status == 200);
    CHECK(world.is_blocked("198.51.100.20"));
    world.engine->know_appliance("198.51.100.20");
    CHECK_FALSE(world.is_blocked("198.51.100.20"));
    world.engine->know_appliance("127.0.0.1");  // is never blocked anyway
    world.engine->know_appliance("no address");
    REQUIRE(world.store.orders.size() == 1);
    World second;
    second.store.orders = world.store.orders;
    REQUIRE(second.engine->start());
    CHECK(second.post(callback("2", "198.51.100.20")).status == 200);
    CHECK_FALSE(second.is_blocked("198.51.100.20"));
    CHECK_THAT(second.store.accepted.front().alerts.front().decision,
               Catch::Contains("198.51.100.20 (the address of an appliance that posts here)"));
}

TEST_CASE("a paused target gets no calls, its blocks gather, and others go on") {
    World world({}, {"hq", "branch"});
    world.store.orders.push_back({.kind = StandingOrder::Kind::pause, .subject = "hq", .reason = "paused by alice"});
    REQUIRE(world.engine->start());
    CHECK(world.asked.size() == 1);  // of branch
    CHECK(world.engine->targets()[0].state == "paused");
    CHECK(world.engine->targets()[0].reason == "paused by alice");
    post_callbacks(world, 1, 2);
    CHECK(state_of(world, "203.0.113.1") == BlockState::wanted);
    CHECK(world.pause("hq").error().code == Errc::refused);
    world.clock.run_for(2h);
    CHECK(world.asked.size() == 1);
    REQUIRE(world.resume("hq"));
    world.clock.run_for(5s);
    CHECK(world.asked.size() == 2);
    CHECK(world.store.orders.empty());
    CHECK(world.resume("hq").error().code == Errc::missing);
    CHECK(world.pause("qh").error().code == Errc::misconfigured);
}

TEST_CASE("a pause lets the call under way end, and what it was to be followed by is planned anew") {
    World world;
    REQUIRE(world.engine->start());
    REQUIRE(world.unanswered.size() == 1);
    REQUIRE(world.pause("hq"));
    const auto answer = std::exchange(world.unanswered, {});
    answer.front()(failed(Errc::unreachable, "connection refused"));
    world.clock.run_for(1h);
    CHECK(world.unanswered.empty());
    REQUIRE(world.resume("hq"));
    CHECK(world.engine->targets().front().state == "waiting");
    world.clock.run_for(2min);
    CHECK(world.unanswered.size() == 1);
}
