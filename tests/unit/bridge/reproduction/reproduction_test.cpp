#include "bridge/reproduction/reproduction.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace bridge::reproduction;
using bridge::domain::Indicator;
using Catch::Contains;

namespace {

std::string alert(int id, const std::string& attacker, const std::string& severity = "crit") {
    return fmt::format(
        R"({{"id":{},"name":"malware-callback","severity":"{}","src":{{"ip":"10.9.9.9"}},"dst":{{"ip":"{}"}}}})", id,
        severity, attacker);
}

std::string body(const std::string& alerts) {
    return R"({"msg":"normal","product":"Web MPS","appliance":"nx1.acme.test","alert":[)" + alerts + "]}";
}

Original original(const std::string& payload) {
    return {"one", payload, "Made by a test"};
}

Reproduction made(const Original& what, const Rules& rules = {}, Scrubbing scrubbing = Scrubbing::everything) {
    auto all = reproduce({what}, rules, scrubbing);
    if (!all) {
        FAIL(all.error().reason);
    }
    REQUIRE(all->size() == 1);
    return std::move(all->front());
}

bool lacks(const std::string& text, const std::string& part) {
    return text.find(part) == std::string::npos;
}

}  // namespace

TEST_CASE("reproduction: the scenario says what was decided, and of whom it holds nothing", "[reproduction]") {
    const Reproduction it = made(original(body(alert(1, "45.9.148.3") + "," + alert(1, "45.9.148.4"))));
    CHECK(it.scenario_file == "one.yaml");
    CHECK(it.payload_file == "one.json");
    CHECK(it.scenario ==
          R"(# Made by a test. Format json-normal, 2 alerts.
# Replaced: 1 address, 1 host name, 1 domain. Attackers outside are as they were.
scenario: "2 captured alerts (malware-callback) are decided as they were"
tags: [reproduced]
firewalls:
  hq: {commit_time: 400ms}
appliances:
  nx1: {product: nx}
steps:
  - send: {from: nx1, file: one.json, answered: 200}
  - expect: {bridge: {notifications.200: 1, alerts.accepted: 1, alerts.duplicates: 1, alerts.rejected: 0, alerts.without_block: 0}, within: 10s}
  - expect: {firewall: hq, within: 10s, blocked: [45.9.148.3, 45.9.148.4]}
  - expect: {firewall: hq, not_blocked: 10.0.0.1, for: 500ms}
  - expect: {firewall: hq, commits: 1}
)");
}

TEST_CASE("reproduction: a policy that blocks nothing is in the scenario, and nothing is blocked", "[reproduction]") {
    Rules rules;
    rules.policy.dry_run = true;
    const std::string dry = made(original(body(alert(1, "45.9.148.3"))), rules).scenario;
    CHECK_THAT(dry, Contains("policy: {dry_run: true}") && Contains("not_blocked: [10.0.0.1, 45.9.148.3]") &&
                        Contains("commits: 0"));
    CHECK(lacks(dry, " blocked:"));

    rules.policy = {};
    rules.policy.min_severity = bridge::domain::Severity::major;
    rules.policy.types = {bridge::domain::AlertType::malware_callback};
    rules.policy.expire = std::chrono::hours(36);
    const std::string minor = made(original(body(alert(1, "45.9.148.3", "minr"))), rules).scenario;
    CHECK_THAT(minor, Contains("policy: {types: [malware-callback], min_severity: majr, expire: 129600s}") &&
                          Contains("alerts.without_block: 1") && Contains("commits: 0"));
}

TEST_CASE("reproduction: what the breaker would hold is expected to be held", "[reproduction]") {
    Rules rules;
    rules.policy.max_new_blocks_per_minute = 1;
    CHECK_THAT(made(original(body(alert(1, "45.9.148.3") + "," + alert(2, "45.9.148.4"))), rules).scenario,
               Contains("blocked: 45.9.148.3}") && Contains("block: {indicator: 45.9.148.4, state: held}") &&
                   Contains("not_blocked: [10.0.0.1, 45.9.148.4]"));
}

TEST_CASE("reproduction: a decision on record goes before what the rules decide now, and is told", "[reproduction]") {
    Original with_record = original(body(alert(1, "45.9.148.3")));
    with_record.decisions = {{"nx1.acme.test/malware-callback/1", {}}};
    const Reproduction it = made(with_record);
    REQUIRE(it.notes.size() == 1);
    CHECK_THAT(it.notes[0], Contains("decided otherwise than this configuration decides"));
    CHECK_THAT(it.scenario, Contains("# Note: alert 1 was decided otherwise") && Contains("commits: 0") &&
                                Contains("not_blocked: [10.0.0.1, 45.9.148.3]"));

    with_record.decisions = {{"nx1.acme.test/malware-callback/1", {*Indicator::parse("45.9.148.3")}}};
    CHECK(made(with_record).notes.empty());
}

TEST_CASE("reproduction: an answer that was not 200 is expected, and told", "[reproduction]") {
    Original refused = original(body(alert(1, "45.9.148.3")));
    refused.answered = 503;
    const Reproduction it = made(refused);
    CHECK_THAT(it.scenario, Contains("answered: 503}") && Contains("# Note: its receiver answered 503"));
    CHECK(lacks(it.scenario, "notifications.200"));
}

TEST_CASE("reproduction: a text notification is kept and blocks nothing", "[reproduction]") {
    const Reproduction it = made(
        original("msg: concise\nproduct: Web MPS\nappliance: nx1.acme.test\nalert (id:7, name:malware-callback):\n  "
                 "severity: crit\n  src:\n    ip: 10.9.9.9\n  dst:\n    ip: 45.9.148.3\n"));
    CHECK(it.payload_file == "one.txt");
    CHECK_THAT(it.payload, Contains("appliance: host-1.internal-1.example") && Contains("ip: 10.0.0.1"));
    CHECK_THAT(it.scenario, Contains("alerts.accepted: 0") && Contains("commits: 0"));
}

TEST_CASE("reproduction: not scrubbed is the same bytes, and says so", "[reproduction]") {
    const std::string payload = body(alert(1, "45.9.148.3"));
    Rules rules;
    rules.policy.allow = {bridge::domain::AllowRule::parse("99.0.0.0/8").value()};
    const Reproduction it = made(original(payload), rules, Scrubbing::nothing);
    CHECK(it.payload == payload);
    CHECK_THAT(it.scenario,
               Contains("# NOT scrubbed") && (Contains("allow: [\"99.0.0.0/8\"]") || Contains("allow: [99.0.0.0/8]")));
}

TEST_CASE("reproduction: what the payload says of itself cannot leave its place in the scenario", "[reproduction]") {
    const std::string payload =
        R"({"msg":"x\n- kill: bridge","product":"Web MPS","alert":{"id":1,"name":"a\"]\nsteps: [] # {","severity":"crit","dst":{"ip":"45.9.148.3"}}})";
    const std::string scenario = made(original(payload)).scenario;
    INFO(scenario);
    CHECK(lacks(scenario, "\n- kill"));
    CHECK(scenario.find("\nsteps:") == scenario.rfind("\nsteps:"));
}

TEST_CASE("reproduction: what is no notification is named", "[reproduction]") {
    const auto all = reproduce({original(body(alert(1, "45.9.148.3"))), original("hello")}, {}, Scrubbing::everything);
    REQUIRE_FALSE(all);
    CHECK(all.error().original == 1);
    CHECK_THAT(all.error().reason, Contains("not a FireEye notification"));
}

TEST_CASE("reproduction: files are written once, and others' are left", "[reproduction]") {
    namespace fs = std::filesystem;
    std::string name = (fs::temp_directory_path() / "firebreak-save-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    const fs::path folder = fs::path(name) / "made";
    Reproduction it = made(original(body(alert(1, "45.9.148.3"))));

    CHECK(save({it}, folder.string()));
    CHECK(save({it}, folder.string()));
    it.scenario += "# changed\n";
    const auto refused = save({it}, folder.string());
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error(), Contains("one.yaml: is there already and differs"));
    std::ifstream in(folder / "one.json", std::ios::binary);
    CHECK(std::string{std::istreambuf_iterator<char>(in), {}} == it.payload);
    fs::remove_all(name);
}

TEST_CASE("reproduction: a file's name is made fit for one", "[reproduction]") {
    CHECK(file_name_of("Mein Fang (1)") == "mein-fang--1-");
    CHECK(file_name_of("../../etc/passwd") == "etc-passwd");
    CHECK(file_name_of("") == "payload");
}
