#include "bridge/domain/value/indicator.hpp"

#include <catch2/catch.hpp>

using namespace bridge::domain;

TEST_CASE("a domain name is folded to lower case and loses its trailing dot") {
    const auto name = DomainName::parse("Evil.Example.COM.");
    REQUIRE(name);
    CHECK(name->text() == "evil.example.com");
}

TEST_CASE("what is no domain name is not blocked as one") {
    const auto* text =
        GENERATE("", "localhost", ".", "a..b", "-a.example", "a-.example", "evil.example/path", "evil example.com",
                 "evil.example:443", "1.2.3", "0x7f.0x1", "user@example.com", "*.example.com", "\xc3\xa4.example");
    CHECK_FALSE(DomainName::parse(text));
}

TEST_CASE("labels and names have the lengths of DNS") {
    CHECK(DomainName::parse(std::string(63, 'a') + ".example"));
    CHECK_FALSE(DomainName::parse(std::string(64, 'a') + ".example"));
    std::string longest =
        std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." + std::string(61, 'd');
    CHECK(DomainName::parse(longest));
    CHECK_FALSE(DomainName::parse(longest + "d"));
}

TEST_CASE("an indicator is an address before it is a name") {
    CHECK(Indicator::parse("203.0.113.5")->address() != nullptr);
    CHECK(Indicator::parse("2001:db8::5")->text() == "2001:db8::5");
    CHECK(Indicator::parse("evil.example")->domain() != nullptr);
    CHECK_FALSE(Indicator::parse("203.0.113.999"));
}

TEST_CASE("a block may stand for the /64 of an IPv6 attacker and for nothing wider") {
    CHECK(Indicator::parse_blocked("2001:DB8:0:7:1::5/64")->text() == "2001:db8:0:7::/64");
    CHECK(Indicator::parse_blocked("2001:db8::5/128") == Indicator::parse("2001:db8::5"));
    CHECK(Indicator::parse_blocked("203.0.113.5/32") == Indicator::parse("203.0.113.5"));
    CHECK(Indicator::parse_blocked("evil.example")->domain() != nullptr);
    const auto* wide = GENERATE("2001:db8::/32", "2001:db8::/63", "2001:db8::/65", "::/0", "203.0.113.0/24",
                                "0.0.0.0/0", "evil.example/64", "/64", "2001:db8::/", "::ffff:203.0.113.5/64");
    CHECK_FALSE(Indicator::parse_blocked(wide));
}

TEST_CASE("what an appliance sends never is a prefix") {
    CHECK_FALSE(Indicator::parse("2001:db8::/64"));
    CHECK_FALSE(Indicator::parse("203.0.113.5/32"));
}

TEST_CASE("an address overlaps the /64 that it is in") {
    const Indicator host = Indicator::parse("2001:db8:0:7::5").value();
    const Indicator wide = host.wider().value();
    CHECK(wide.text() == "2001:db8:0:7::/64");
    CHECK(wide.prefix() != nullptr);
    CHECK(host.overlaps(wide));
    CHECK(wide.overlaps(host));
    CHECK_FALSE(wide.overlaps(Indicator::parse("2001:db8:0:8::5").value()));
    CHECK_FALSE(wide.overlaps(Indicator::parse("evil.example").value()));
    CHECK_FALSE(wide.wider());
    CHECK_FALSE(Indicator::parse("203.0.113.5")->wider());
}
