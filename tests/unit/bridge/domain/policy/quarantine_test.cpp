#include "bridge/domain/policy/quarantine.hpp"

#include <catch2/catch.hpp>

#include "bridge/domain/policy/policy.hpp"

using namespace bridge::domain;
using namespace std::chrono_literals;

namespace {

const WallTime noon{std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + 12h};

Indicator indicator(const char* text) {
    return Indicator::parse_blocked(text).value();
}

Quarantine holding(const char* text, std::chrono::milliseconds time = 24h) {
    Quarantine quarantine;
    quarantine.add({indicator(text), noon, noon + time, "unblocked by alice"});
    return quarantine;
}

Decision decided(const Quarantine& quarantine, const char* attacker, const Policy& policy = {}, WallTime now = noon) {
    Alert alert;
    alert.type = AlertType::malware_callback;
    alert.type_name = "malware-callback";
    alert.suspects.push_back({indicator(attacker), "dst/ip", ""});
    return decide(policy, alert, &quarantine, now);
}

}  // namespace

TEST_CASE("what is quarantined is not blocked, and the reason says until when and who") {
    const Quarantine quarantine = holding("203.0.113.5");
    const Decision decision = decided(quarantine, "203.0.113.5");
    CHECK(decision.blockable.empty());
    REQUIRE(decision.ignored.size() == 1);
    CHECK(decision.ignored.front().reason == "quarantined until 2026-06-02T12:00:00Z: unblocked by alice");
    CHECK(decided(quarantine, "203.0.113.6").blockable.size() == 1);
}

TEST_CASE("a quarantine ends to the millisecond") {
    const Quarantine quarantine = holding("203.0.113.5", 1h);
    CHECK(decided(quarantine, "203.0.113.5", {}, noon + 1h - 1ms).blockable.empty());
    CHECK(decided(quarantine, "203.0.113.5", {}, noon + 1h).blockable.size() == 1);
}

TEST_CASE("a quarantined /64 covers the addresses in it") {
    const Quarantine quarantine = holding("2001:db8:0:7::/64");
    CHECK(decided(quarantine, "2001:db8:0:7::99").blockable.empty());
    CHECK(decided(quarantine, "2001:db8:0:8::99").blockable.size() == 1);
}

TEST_CASE("a quarantined address keeps its /64 from being blocked, and not another attacker in it") {
    const Quarantine quarantine = holding("2001:db8:0:7::5");
    Policy policy;
    policy.ipv6_by_prefix = true;
    const Decision other = decided(quarantine, "2001:db8:0:7::99", policy);
    REQUIRE(other.blockable.size() == 1);
    CHECK(other.blockable.front().text() == "2001:db8:0:7::99");
    REQUIRE(other.ignored.size() == 1);
    CHECK(other.ignored.front().address == "2001:db8:0:7::/64");
    CHECK_THAT(other.ignored.front().reason, Catch::Contains("2001:db8:0:7::5 is quarantined"));
    CHECK(decided(quarantine, "2001:db8:0:7::5", policy).blockable.empty());
}

TEST_CASE("a quarantine is lifted, replaced and forgotten when it is over") {
    Quarantine quarantine = holding("203.0.113.5", 1h);
    quarantine.add({indicator("203.0.113.5"), noon, noon + 2h, "again"});
    quarantine.add({indicator("203.0.113.6"), noon, noon + 30min, "short"});
    CHECK(quarantine.all(noon + 90min).size() == 1);
    CHECK(quarantine.forget_over(noon + 90min) == std::vector{indicator("203.0.113.6")});
    CHECK(quarantine.lift(indicator("203.0.113.5")));
    CHECK_FALSE(quarantine.lift(indicator("203.0.113.5")));
    CHECK(quarantine.find(indicator("203.0.113.5"), noon) == nullptr);
}
