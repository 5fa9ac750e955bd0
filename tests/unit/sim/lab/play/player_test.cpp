#include "sim/lab/play/player.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "sim/lab/story/scenario_reader.hpp"
#include "sim/lab/virtual/virtual_world.hpp"

using namespace sim::lab;

namespace {

Outcome played(const std::string& steps, const std::string& bridge = "") {
    const auto scenario = read_scenario(
        "scenario: A story\nworld: virtual\nfirewalls: {hq: {commit_time: 2s, administrators: "
        "[alice]}}\nappliances: {nx1: {}}\n" +
            bridge + "steps:\n" + steps,
        "s.yaml");
    if (!scenario) {
        FAIL(scenario.error().front());
    }
    const auto world = make_virtual_world(*scenario, 1);
    return play(*scenario, *world);
}

const std::string send = "  - send: {from: nx1, attacker: 203.0.113.5, victim: 192.0.2.10}\n";

}  // namespace

TEST_CASE("player: a failed expectation names its line, what was seen instead, and when", "[lab]") {
    const Outcome outcome = played(send + "  - expect: {firewall: hq, within: 1s, blocked: 203.0.113.5}\n");

    CHECK(outcome.result == Result::failed);
    CHECK(outcome.where == "s.yaml:7: expect: {firewall: hq, within: 1s, blocked: 203.0.113.5}");
    CHECK(outcome.message == "after 1000 ms: 1 of 1 not blocked: 203.0.113.5");
}

TEST_CASE("player: the timeline has the appliance, the bridge and the firewall in the order of time", "[lab]") {
    const Outcome outcome = played(send + "  - expect: {firewall: hq, within: 10s, blocked: 203.0.113.5}\n");

    REQUIRE(outcome.result == Result::passed);
    std::set<Party> parties;
    for (std::size_t i = 0; i < outcome.story.size(); ++i) {
        parties.insert(outcome.story[i].party);
        CHECK((i == 0 || outcome.story[i - 1].at <= outcome.story[i].at));
    }
    CHECK(parties == std::set{Party::lab, Party::appliance, Party::bridge, Party::firewall});
}

TEST_CASE("player: what became true and did not stay so fails", "[lab]") {
    const Outcome outcome = played(send + "  - expect: {firewall: hq, within: 5s, committing: true, for: 5s}\n");

    CHECK(outcome.result == Result::failed);
    CHECK_THAT(outcome.message, Catch::Contains("did not stay so: no commit is running"));
}

TEST_CASE("player: something that must not happen is found although it is over at the end", "[lab]") {
    const Outcome outcome = played(send + "  - expect: {firewall: hq, for: 1h, committing: false}\n");

    CHECK(outcome.result == Result::failed);
}

TEST_CASE("player: nothing after a failed step is played", "[lab]") {
    const Outcome outcome = played("  - expect: {firewall: hq, blocked: 203.0.113.5}\n" + send);

    CHECK(outcome.result == Result::failed);
    for (const TimelineEntry& entry : outcome.story) {
        CHECK(entry.party != Party::appliance);
    }
}

TEST_CASE("player: an answer that is not the expected one fails the send", "[lab]") {
    CHECK(played("  - send: {from: nx1, body: rubbish}\n").result == Result::failed);
    CHECK(played("  - send: {from: nx1, body: rubbish, answered: 400}\n").result == Result::passed);
    CHECK(played("  - send: {from: nx1, body: rubbish}\n  - expect: {sent: {status: 400}}\n").result == Result::passed);
    CHECK(played("  - send: {from: nx1, attacker: 203.0.113.5, answered: 400}\n").result == Result::failed);
}

TEST_CASE("player: a body with a byte order mark, and a CM's copy, are played in the virtual world too", "[lab]") {
    const std::string head =
        "scenario: A story\nworld: virtual\nfirewalls: {hq: {commit_time: 2s}}\n"
        "appliances: {nx1: {}, cm1: {product: cm, format: json-normal}}\nsteps:\n"
        "  - send: {from: nx1, attacker: 203.0.113.5, through: cm1, resend: 1, fault: bom}\n"
        "  - expect: {firewall: hq, within: 10s, blocked: 203.0.113.5}\n"
        "  - expect: {bridge: {notifications.200: 4}}\n";
    const auto scenario = read_scenario(head, "s.yaml");
    if (!scenario) {
        FAIL(scenario.error().front());
    }
    const Outcome outcome = play(*scenario, *make_virtual_world(*scenario, 1));
    CHECK(outcome.message.empty());
    CHECK(outcome.result == Result::passed);
    CHECK(std::count_if(outcome.story.begin(), outcome.story.end(), [](const TimelineEntry& entry) {
              return entry.party == Party::appliance && entry.who == "cm1";
          }) == 2);
}

TEST_CASE("player: a lock that somebody holds is not given twice, and not given back by others", "[lab]") {
    CHECK(played("  - lock: {firewall: hq, by: alice}\n  - lock: {firewall: hq, by: admin}\n").result ==
          Result::failed);
    CHECK(played("  - unlock: {firewall: hq, by: alice}\n").result == Result::failed);
}

TEST_CASE("player: settings that the bridge refuses fail the scenario before its first step", "[lab]") {
    const Outcome outcome = played(send, "bridge: {policy: {allow: [10.0.0.0/33]}}\n");

    CHECK(outcome.result == Result::failed);
    CHECK_THAT(outcome.message, Catch::Contains("10.0.0.0/33"));
}
