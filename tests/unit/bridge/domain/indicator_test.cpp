#include "bridge/domain/indicator.hpp"

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
