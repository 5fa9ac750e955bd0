#include "sim/lab/play/nothing_lost.hpp"

#include <catch2/catch.hpp>

#include "sim/lab/play/player.hpp"
#include "sim/lab/story/scenario_reader.hpp"
#include "sim/lab/virtual/virtual_world.hpp"

using namespace sim::lab;

namespace {

const std::string address = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/address";
const std::string group =
    "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']/address-group/entry[@name="
    "'firebreak-blocked']/static";

/// What is found after the story, or "nothing".
std::string found(const std::string& steps, const std::string& policy = "{}", CommitBounds commits = {},
                  std::vector<SentAnswer> more = {}) {
    const auto scenario = read_scenario(
        "scenario: A story\nworld: virtual\nfirewalls: {hq: {commit_time: 2s, administrators: [alice]}}\n"
        "appliances: {nx1: {}}\nbridge: {policy: " +
            policy + "}\nsteps:\n" + steps,
        "s.yaml");
    if (!scenario) {
        FAIL(scenario.error().front());
    }
    const auto world = make_virtual_world(*scenario, 1);
    const Outcome outcome = play(*scenario, *world, [&](World& at, std::vector<SentAnswer> acknowledged) {
        acknowledged.insert(acknowledged.end(), more.begin(), more.end());
        return check_nothing_lost(*scenario, at, acknowledged, commits);
    });
    return outcome.result == Result::passed ? "nothing" : outcome.message;
}

const std::string blocked =
    "  - send: {from: nx1, attacker: [203.0.113.5, evil.example.com, \"2001:db8::5\"], type: malware-callback}\n"
    "  - expect: {firewall: hq, within: 30s, blocked: 203.0.113.5}\n";

}  // namespace

TEST_CASE("nothing lost: a story that ended well has nothing to complain of", "[lab][crash]") {
    CHECK(found(blocked, "{}", {{"hq", 2}}) == "nothing");
    CHECK(found("  - send: {from: nx1, attacker: \"203.0.113.{1..4}\"}\n", "{max_new_blocks_per_minute: 2}") ==
          "nothing");
    CHECK(found("  - send: {from: nx1, attacker: 10.1.2.3}\n") == "nothing");
    CHECK(found(blocked + "  - operator: {unblock: 203.0.113.5}\n") == "nothing");
    CHECK(found(blocked + "  - wait: 2h\n", "{expire: 1h}") == "nothing");
}

TEST_CASE("nothing lost: an acknowledged alert that the journal lacks is found", "[lab][crash]") {
    const SentAnswer lost{200, "", "", {{4711, "203.0.113.77"}}};
    CHECK_THAT(found(blocked, "{}", {}, {lost}),
               Catch::Contains("acknowledged alert 4711 (203.0.113.77) is not in the journal"));
}

TEST_CASE("nothing lost: two objects for one address are found", "[lab][crash]") {
    CHECK_THAT(
        found(blocked + "  - edit: {firewall: hq, by: alice, xpath: \"" + address +
              "\", element: \"<entry name='twin'><ip-netmask>203.0.113.5</ip-netmask><tag><member>firebreak"
              "</member></tag></entry>\"}\n  - commit: {firewall: hq, by: alice}\n"),
        Catch::Contains("two objects of ours for 203.0.113.5") && Catch::Contains("member of firebreak-blocked 0"));
}

TEST_CASE("nothing lost: an object of ours that nobody wants is found", "[lab][crash]") {
    CHECK_THAT(found(blocked + "  - edit: {firewall: hq, by: alice, xpath: \"" + address +
                     "\", element: \"<entry name='more'><ip-netmask>203.0.113.6</ip-netmask><tag><member>firebreak"
                     "</member></tag></entry>\"}\n"),
               Catch::Contains("hq's candidate configuration has objects for"));
}

TEST_CASE("nothing lost: a block that is called enforced and is not is found", "[lab][crash]") {
    CHECK_THAT(found(blocked + "  - edit: {firewall: hq, by: alice, action: delete, xpath: \"" + group +
                     "/member[text()='firebreak-203.0.113.5']\"}\n  - commit: {firewall: hq, by: alice}\n  - expect: "
                     "{firewall: hq, within: 10s, not_blocked: "
                     "203.0.113.5}\n"),
               Catch::Contains("its traffic is allowed"));
}

TEST_CASE("nothing lost: more commits than the story needs are found", "[lab][crash]") {
    CHECK_THAT(found(blocked, "{}", {{"hq", 0}}), Catch::Contains("a commit storm: "));
}

TEST_CASE("nothing lost: a firewall that never comes to rest is told with what it waits for", "[lab][crash]") {
    CHECK_THAT(found("  - stop: {firewall: hq}\n  - send: {from: nx1, attacker: 203.0.113.5}\n"),
               Catch::Contains("no rest within 30 s: hq is waiting"));
}
