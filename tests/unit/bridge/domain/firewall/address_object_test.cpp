#include "bridge/domain/firewall/address_object.hpp"

#include <catch2/catch.hpp>

using namespace bridge::domain;

namespace {

Indicator indicator(const std::string& text) {
    return Indicator::parse(text).value();
}

}  // namespace

TEST_CASE("an address object's name tells its address in characters that PAN-OS takes") {
    CHECK(address_name_of(indicator("203.0.113.5")) == "firebreak-203.0.113.5");
    CHECK(address_name_of(indicator("2001:db8::5")) == "firebreak-2001-db8--5");
    CHECK(address_name_of(Indicator::parse_blocked("2001:db8:0:7::/64").value()) == "firebreak-2001-db8-0-7--_64");
    CHECK(address_name_of(indicator("evil.example")) == "firebreak-evil.example");
}

TEST_CASE("long domain names get names of at most 63 characters that stay apart") {
    const std::string stem(50, 'a');
    const std::string one = address_name_of(indicator(stem + ".one.example"));
    const std::string two = address_name_of(indicator(stem + ".two.example"));
    CHECK(one.size() <= 63);
    CHECK(one != two);
}

TEST_CASE("an object stands for an address whether or not it is written with its length") {
    SeenObject object{"firebreak-203.0.113.5", "ip-netmask", "203.0.113.5/32", true};
    CHECK(object.stands_for(indicator("203.0.113.5")));
    object.value = "203.0.113.5";
    CHECK(object.stands_for(indicator("203.0.113.5")));
    object.value = "203.0.113.0/24";
    CHECK_FALSE(object.stands_for(indicator("203.0.113.5")));
    object = {"firebreak-203.0.113.5", "fqdn", "203.0.113.5", true};
    CHECK_FALSE(object.stands_for(indicator("203.0.113.5")));
}

TEST_CASE("an object of a /64 stands for that /64 only") {
    const Indicator wide = Indicator::parse_blocked("2001:db8:0:7::/64").value();
    const auto seen = [](const char* value) { return SeenObject{"x", "ip-netmask", value, true}; };
    CHECK(seen("2001:db8:0:7::/64").stands_for(wide));
    CHECK(seen("2001:DB8:0:7:0::/64").stands_for(wide));
    CHECK_FALSE(seen("2001:db8:0:7::").stands_for(wide));
    CHECK_FALSE(seen("2001:db8:0:7::/63").stands_for(wide));
    CHECK_FALSE(seen("2001:db8:0:7::/64").stands_for(Indicator::parse("2001:db8:0:7::").value()));
}

TEST_CASE("an object is as named when its name can stand for nothing else") {
    const auto as_named = [](const char* name, const char* kind, const char* value) {
        return SeenObject{name, kind, value, true}.is_as_named();
    };
    CHECK(as_named("firebreak-203.0.113.5", "ip-netmask", "203.0.113.5"));
    CHECK(as_named("firebreak-203.0.113.5", "ip-netmask", "203.0.113.5/32"));
    CHECK(as_named("firebreak-2001-db8--5", "ip-netmask", "2001:DB8::5"));
    CHECK(as_named("firebreak-2001-db8-0-7--_64", "ip-netmask", "2001:db8:0:7::/64"));
    CHECK(as_named("firebreak-evil.example", "fqdn", "Evil.example."));
    CHECK_FALSE(as_named("firebreak-203.0.113.5", "ip-netmask", "203.0.113.6"));
    CHECK_FALSE(as_named("firebreak-203.0.113.5", "ip-netmask", "203.0.113.0/24"));
    CHECK_FALSE(as_named("firebreak-203.0.113.5", "ip-range", "203.0.113.5"));
    CHECK_FALSE(as_named("firebreak-203.0.113.5", "fqdn", "203.0.113.5"));
    CHECK_FALSE(as_named("firebreak-evil.example", "ip-netmask", "evil.example"));
    CHECK_FALSE(as_named("other-203.0.113.5", "ip-netmask", "203.0.113.5"));
    CHECK_FALSE(as_named("firebreak-x", "", ""));
    // A name that was cut is also the name of the host that it spells.
    const Indicator longer = *Indicator::parse("a-very-long-name-of-a-host-that-does-not-fit-into-63.attacker.example");
    const std::string name = address_name_of(longer);
    REQUIRE(name.size() == name_characters_max);
    CHECK_FALSE(as_named(name.c_str(), "fqdn", longer.text().c_str()));
    CHECK_FALSE(as_named(name.c_str(), "fqdn", name.substr(address_name_prefix.size()).c_str()));
}
