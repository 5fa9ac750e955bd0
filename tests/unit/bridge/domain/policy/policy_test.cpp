#include "bridge/domain/policy/policy.hpp"

#include <catch2/catch.hpp>

using namespace bridge::domain;

namespace {

Alert callback_to(const char* attacker) {
    Alert alert;
    alert.type = AlertType::malware_callback;
    alert.type_name = "malware-callback";
    alert.severity = Severity::critical;
    alert.id = "2001";
    alert.suspects.push_back({Indicator::parse(attacker).value(), "dst/ip", ""});
    return alert;
}

Policy allowing(const char* rule) {
    Policy policy;
    policy.allow.push_back(AllowRule::parse(rule).value());
    return policy;
}

}  // namespace

TEST_CASE("an attacker on the internet is blockable") {
    const Decision decision = decide(Policy{}, callback_to("203.0.113.5"));
    REQUIRE(decision.blockable.size() == 1);
    CHECK(decision.blockable.front().text() == "203.0.113.5");
    CHECK(decision.ignored.empty());
}

TEST_CASE("documentation ranges are blockable, for scenarios use them as attackers") {
    const auto* address = GENERATE("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1");
    CHECK(decide(Policy{}, callback_to(address)).blockable.size() == 1);
}

TEST_CASE("special ranges are never blocked, and the reason says which") {
    const auto [address, what] = GENERATE(table<const char*, const char*>({
        {"10.1.2.3", "private (10.0.0.0/8)"},
        {"172.31.255.255", "private (172.16.0.0/12)"},
        {"192.168.0.1", "private (192.168.0.0/16)"},
        {"100.64.0.1", "carrier-grade NAT"},
        {"127.0.0.100", "loopback"},
        {"169.254.1.1", "link-local"},
        {"224.0.0.1", "multicast"},
        {"255.255.255.255", "reserved"},
        {"0.0.0.0", "unspecified"},
        {"::1", "loopback"},
        {"::", "unspecified"},
        {"fe80::1", "link-local"},
        {"ff02::1", "multicast"},
        {"fd00::1", "unique local"},
        {"::ffff:10.1.2.3", "private"},
        {"64:ff9b::a01:203", "NAT64"},
    }));
    const Decision decision = decide(Policy{}, callback_to(address));
    CHECK(decision.blockable.empty());
    REQUIRE(decision.ignored.size() == 1);
    CHECK_THAT(decision.ignored.front().reason, Catch::Contains(what));
}

TEST_CASE("allow_builtin: false lifts the private ranges but not loopback and multicast") {
    Policy policy;
    policy.allow_builtin = false;
    CHECK(decide(policy, callback_to("10.1.2.3")).blockable.size() == 1);
    CHECK(decide(policy, callback_to("127.0.0.1")).blockable.empty());
    CHECK(decide(policy, callback_to("224.0.0.1")).blockable.empty());
}

TEST_CASE("the allow list protects prefixes and names") {
    CHECK(decide(allowing("203.0.113.0/24"), callback_to("203.0.113.5")).blockable.empty());
    CHECK(decide(allowing("203.0.113.0/24"), callback_to("203.0.114.5")).blockable.size() == 1);
    CHECK(decide(allowing("2001:db8::/32"), callback_to("2001:db8::5")).blockable.empty());
    CHECK(decide(allowing("*.example.com"), callback_to("cdn.example.com")).blockable.empty());
    CHECK(decide(allowing("*.example.com"), callback_to("example.com")).blockable.empty());
    CHECK(decide(allowing("*.example.com"), callback_to("evil-example.com")).blockable.size() == 1);
    CHECK(decide(allowing("example.com"), callback_to("cdn.example.com")).blockable.size() == 1);
}

TEST_CASE("what is neither prefix nor name is no allow rule") {
    const auto* text = GENERATE("", "10.0.0.0/33", "*", "*.", "*.*.example.com", "10.0.0.", "localhost");
    CHECK_FALSE(AllowRule::parse(text));
}

TEST_CASE("types and severity that the operator did not ask for are not blocked") {
    Policy policy;
    policy.types = {AlertType::web_infection};
    CHECK(decide(policy, callback_to("203.0.113.5")).blockable.empty());
    policy.types = {AlertType::malware_callback};
    CHECK(decide(policy, callback_to("203.0.113.5")).blockable.size() == 1);
    policy.min_severity = Severity::critical;
    CHECK(decide(policy, callback_to("203.0.113.5")).blockable.size() == 1);
    Alert minor = callback_to("203.0.113.5");
    minor.severity = Severity::minor;
    CHECK(decide(policy, minor).blockable.empty());
}

TEST_CASE("an alert's own objection keeps its suspect from being blocked, with that reason") {
    Alert alert = callback_to("203.0.113.5");
    alert.suspects.front().objection = "the request went to a proxy";
    const Decision decision = decide(Policy{}, alert);
    CHECK(decision.blockable.empty());
    REQUIRE(decision.ignored.size() == 1);
    CHECK(decision.ignored.front().reason == "the request went to a proxy");
}

TEST_CASE("names of local zones are never blocked, unless the operator says so") {
    Policy policy;
    for (const char* name : {"pc7.local", "printer.lan", "1.2.0.192.in-addr.arpa", "db.internal"}) {
        CAPTURE(name);
        CHECK(objection_to(policy, *Indicator::parse(name)).find("local zone") != std::string::npos);
    }
    CHECK(objection_to(policy, *Indicator::parse("local.example.net")).empty());
    CHECK(objection_to(policy, *Indicator::parse("evil-local.com")).empty());
    policy.allow_builtin = false;
    CHECK(objection_to(policy, *Indicator::parse("pc7.local")).empty());
}

TEST_CASE("an IPv6 attacker is blocked with its /64 where the policy says so") {
    Policy policy;
    policy.ipv6_by_prefix = true;
    Alert alert = callback_to("2001:db8:0:7::5");
    alert.suspects.push_back({Indicator::parse("2001:db8:0:7::6").value(), "cnc", ""});
    alert.suspects.push_back({Indicator::parse("203.0.113.5").value(), "cnc", ""});
    const Decision decision = decide(policy, alert);
    REQUIRE(decision.blockable.size() == 2);
    CHECK(decision.blockable[0].text() == "2001:db8:0:7::/64");
    CHECK(decision.blockable[1].text() == "203.0.113.5");
    CHECK(decision.ignored.empty());
}

TEST_CASE("a /64 that touches an allowed address is not blocked, only the attacker in it") {
    Policy policy = allowing("2001:db8:0:7::100");
    policy.ipv6_by_prefix = true;
    const Decision decision = decide(policy, callback_to("2001:db8:0:7::5"));
    REQUIRE(decision.blockable.size() == 1);
    CHECK(decision.blockable.front().text() == "2001:db8:0:7::5");
    REQUIRE(decision.ignored.size() == 1);
    CHECK(decision.ignored.front().address == "2001:db8:0:7::/64");
    CHECK(decision.ignored.front().reason == "on the allow list: 2001:db8:0:7::100; the address alone is blocked");
    CHECK(decide(policy, callback_to("2001:db8:0:7::100")).blockable.empty());
}

TEST_CASE("a /64 that touches a special range is not blocked") {
    Policy policy;
    policy.ipv6_by_prefix = true;
    CHECK(objection_to(policy, Indicator::parse_blocked("64:ff9b::/64").value()).find("NAT64") != std::string::npos);
    CHECK(objection_to(policy, Indicator::parse_blocked("fe80::/64").value()).find("link-local") != std::string::npos);
    CHECK(objection_to(policy, Indicator::parse_blocked("2001:db8:0:7::/64").value()).empty());
}

TEST_CASE("rules beside the configured ones count, and the reason says whose they are") {
    Policy policy;
    policy.also_allowed.add("targets", AllowRule::parse("198.51.100.1", "fw.example.com, target hq").value());
    CHECK(objection_to(policy, Indicator::parse("198.51.100.1").value()) ==
          "on the allow list: 198.51.100.1 (fw.example.com, target hq)");
}

TEST_CASE("a type has its own time or the common one") {
    Policy policy;
    policy.expire_by_type[AlertType::malware_callback] = std::chrono::hours(24 * 30);
    CHECK(policy.expire_for(AlertType::malware_callback) == std::chrono::hours(24 * 30));
    CHECK(policy.expire_for(AlertType::web_infection) == policy.expire);
}
