#include "bridge/domain/policy/allow_list.hpp"

#include <catch2/catch.hpp>

#include "bridge/domain/policy/allow_file.hpp"

using namespace bridge::domain;

namespace {

Indicator indicator(const char* text) {
    return Indicator::parse_blocked(text).value();
}

AllowList list_of(std::initializer_list<const char*> rules) {
    AllowList list;
    for (const char* rule : rules) {
        list.add("file", AllowRule::parse(rule, "test").value());
    }
    return list;
}

}  // namespace

TEST_CASE("a rule is found by the address, whatever the lengths of the prefixes beside it") {
    const AllowList list =
        list_of({"192.0.2.0/24", "198.51.100.7", "2001:db8:1::/48", "2001:db8:2::5", "0.0.0.0/1", "203.0.113.0/25"});
    CHECK(list.rule_for(indicator("192.0.2.255"))->text() == "192.0.2.0/24");
    CHECK(list.rule_for(indicator("198.51.100.7")) != nullptr);
    CHECK(list.rule_for(indicator("198.51.100.8")) == nullptr);
    CHECK(list.rule_for(indicator("2001:db8:1:ffff::1"))->text() == "2001:db8:1::/48");
    CHECK(list.rule_for(indicator("2001:db8:2::6")) == nullptr);
    CHECK(list.rule_for(indicator("203.0.113.127")) != nullptr);
    CHECK(list.rule_for(indicator("203.0.113.128")) == nullptr);
    CHECK(list.rule_for(indicator("127.0.0.1")) != nullptr);
}

TEST_CASE("a /64 is covered by a rule that touches it, from either side") {
    const AllowList list = list_of({"2001:db8:1::/48", "2001:db8:2:3::5", "2001:db8:2:4:8000::/65"});
    CHECK(list.rule_for(indicator("2001:db8:1:7::/64")) != nullptr);
    CHECK(list.rule_for(indicator("2001:db8:2:3::/64"))->text() == "2001:db8:2:3::5");
    CHECK(list.rule_for(indicator("2001:db8:2:4::/64")) != nullptr);
    CHECK(list.rule_for(indicator("2001:db8:2:2::/64")) == nullptr);
    CHECK(list.rule_for(indicator("2001:db8:2:5::/64")) == nullptr);
    CHECK(AllowRule::parse("2001:db8:2:3::5")->covers(indicator("2001:db8:2:3::/64")));
}

TEST_CASE("a name is found by itself, and below a zone only where the rule says so") {
    const AllowList list = list_of({"www.example.com", "*.partner.example"});
    CHECK(list.rule_for(indicator("www.example.com")) != nullptr);
    CHECK(list.rule_for(indicator("a.www.example.com")) == nullptr);
    CHECK(list.rule_for(indicator("partner.example")) != nullptr);
    CHECK(list.rule_for(indicator("a.b.partner.example")) != nullptr);
    CHECK(list.rule_for(indicator("notpartner.example")) == nullptr);
}

TEST_CASE("a layer is replaced as a whole, and the others stay") {
    AllowList list = list_of({"192.0.2.0/24"});
    list.add("own", AllowRule::parse("198.51.100.1", "the address of target hq").value());
    list.replace("file", {AllowRule::parse("203.0.113.0/24").value()});
    CHECK(list.rule_for(indicator("192.0.2.1")) == nullptr);
    CHECK(list.rule_for(indicator("203.0.113.1")) != nullptr);
    CHECK(list.rule_for(indicator("198.51.100.1"))->reason() ==
          "on the allow list: 198.51.100.1 (the address of target hq)");
    list.replace("file", {});
    CHECK(list.size("file") == 0);
}

TEST_CASE("an allow file has a rule a line, with comments, blank lines and the line ends of any system") {
    const auto rules = read_allow_file(
        "\xef\xbb\xbf# partners\r\n192.0.2.0/24   # the first\r\n\n\t*.partner.example\n2001:db8::5", "allow.txt");
    REQUIRE(rules);
    REQUIRE(rules->size() == 3);
    CHECK(rules->at(0).text() == "192.0.2.0/24");
    CHECK(rules->at(0).origin() == "allow.txt:2");
    CHECK(rules->at(1).text() == "*.partner.example");
    CHECK(rules->at(2).origin() == "allow.txt:5");
    CHECK(read_allow_file("", "allow.txt")->empty());
}

TEST_CASE("every wrong line of an allow file is named, and then nothing of it counts") {
    const auto rules = read_allow_file("192.0.2.0/24\n10.0.0.0/33\nan example\n0.0.0.0/0\n", "allow.txt");
    REQUIRE_FALSE(rules);
    REQUIRE(rules.error().size() == 3);
    CHECK(rules.error()[0] == "allow.txt:2: '10.0.0.0/33' is no CIDR prefix and no domain name");
    CHECK(rules.error()[1] == "allow.txt:3: 'an example' is no CIDR prefix and no domain name");
    CHECK_THAT(rules.error()[2], Catch::Contains("allow.txt:4: '0.0.0.0/0' allows every address"));
}

TEST_CASE("a file of another kind is told in a few lines") {
    std::string binary;
    for (int i = 0; i < 1000; ++i) {
        binary += "\x01\xff\n";
    }
    const auto rules = read_allow_file(binary, "allow.txt");
    REQUIRE_FALSE(rules);
    CHECK(rules.error().size() == 21);
    CHECK(rules.error().back() == "allow.txt: 980 more such lines");
}
