#include <catch2/catch.hpp>
#include <filesystem>

#include "sim/lab/play/player.hpp"
#include "sim/lab/story/scenario_reader.hpp"
#include "sim/lab/virtual/virtual_world.hpp"

using namespace sim::lab;

namespace {

Outcome played(const std::string& name, std::uint64_t seed) {
    const auto scenario = load_scenario(std::string(SOURCE_DIR) + "/scenarios/virtual/" + name + ".yaml");
    REQUIRE(scenario);
    REQUIRE_FALSE(why_not_virtual(*scenario));
    const auto world = make_virtual_world(*scenario, seed);
    return play(*scenario, *world);
}

std::string journal(const Outcome& outcome) {
    return drawn(outcome.story, outcome.story_dropped, SIZE_MAX);
}

std::optional<std::string> objection(const std::string& rest) {
    const auto scenario = read_scenario("scenario: A story\n" + rest, "s.yaml");
    REQUIRE(scenario);
    return why_not_virtual(*scenario);
}

}  // namespace

TEST_CASE("virtual world: the same seed gives the same journal, byte for byte", "[lab][virtual]") {
    const std::string name = GENERATE("five-minute-commit", "a-week-later", "an-hour-of-silence");

    const Outcome first = played(name, 7);
    const Outcome second = played(name, 7);

    CHECK(first.message.empty());
    CHECK(first.result == Result::passed);
    CHECK(first.story.size() > 10);
    CHECK(journal(first) == journal(second));
}

TEST_CASE("virtual world: another seed is another journal with the same end", "[lab][virtual]") {
    const Outcome first = played("five-minute-commit", 7);
    const Outcome second = played("five-minute-commit", 8);

    CHECK(second.result == Result::passed);
    CHECK(journal(first) != journal(second));
}

TEST_CASE("virtual world: what needs a process, a socket or TLS is not played there, and why is said",
          "[lab][virtual]") {
    CHECK_THAT(objection("world: real\nfirewalls: {hq: {}}\nsteps: []\n").value(), Catch::Contains("world: real"));
    CHECK_THAT(objection("firewalls: {hq: {certificate: untrusted}}\nsteps: []\n").value(), Catch::Contains("TLS"));
    CHECK_THAT(objection("firewalls: {hq: {}}\nbridge: {intake: {limits: {body: 1KiB}}}\nsteps: []\n").value(),
               Catch::Contains("socket"));
    CHECK_THAT(objection("firewalls: {hq: {}}\nappliances: {nx1: {}}\nsteps:\n"
                         "  - send: {from: nx1, attacker: 203.0.113.5, fault: chunked}\n")
                   .value(),
               Catch::Contains("how bytes travel"));
    CHECK_FALSE(objection("firewalls: {hq: {}}\nsteps: [{kill: bridge}, {start: bridge}]\n"));
}

namespace {

/// A story under a load of 200 alerts, with what it wants of their time to block.
Outcome under_load(const std::string& wanted) {
    const auto scenario = read_scenario(
        "scenario: Under load\n"
        "world: virtual\n"
        "firewalls: {hq: {commit_time: 20s}}\n"
        "appliances: {nx1: {product: nx}}\n"
        "bridge: {targets: [hq], policy: {max_new_blocks_per_minute: 0}}\n"
        "load: {rate: 2/s, duration: 90s, burst: 20@10s, " +
            wanted +
            "}\n"
            "steps:\n"
            "  - send: {from: nx1, attacker: 203.0.113.5}\n"
            "  - expect: {firewall: hq, within: 60s, blocked: 203.0.113.5}\n",
        "s.yaml");
    REQUIRE(scenario);
    const auto world = make_virtual_world(*scenario, 7);
    return play(*scenario, *world);
}

}  // namespace

TEST_CASE("virtual world: steps are played beside a load, which must be blocked in time", "[lab][virtual][load]") {
    const Outcome outcome = under_load("within: 60s, time_to_block: {p50: 35s, p99: 45s}");

    CHECK(outcome.message.empty());
    CHECK(outcome.result == Result::passed);
}

TEST_CASE("virtual world: a load that takes longer than it may fails at its line", "[lab][virtual][load]") {
    const Outcome slow = under_load("within: 60s, time_to_block: {p99: 10s}");
    CHECK(slow.result == Result::failed);
    CHECK_THAT(slow.where, Catch::Contains("s.yaml:6"));
    CHECK_THAT(slow.message, Catch::Contains("p99 is") && Catch::Contains("at most 10.0 s"));

    const Outcome unfinished = under_load("within: 5s");
    CHECK(unfinished.result == Result::failed);
    CHECK_THAT(unfinished.message, Catch::Contains("are not blocked on hq"));
}
