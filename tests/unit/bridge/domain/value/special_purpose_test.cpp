#include "bridge/domain/value/special_purpose.hpp"

#include <catch2/catch.hpp>

using namespace bridge::domain;

TEST_CASE("a special range is told by its name and prefix, and only those that never make sense without being asked") {
    CHECK(special_range(*IpAddress::parse("192.168.7.1"), true) == "private (192.168.0.0/16)");
    CHECK(special_range(*IpAddress::parse("192.168.7.1"), false).empty());
    CHECK(special_range(*IpAddress::parse("127.0.0.1"), false) == "loopback (127.0.0.0/8)");
    CHECK(special_range(*IpAddress::parse("203.0.113.5"), true).empty());
}

TEST_CASE("a prefix is special when it touches a special range from within or from around") {
    CHECK(special_range(*Prefix::parse("10.1.0.0/16"), true) == "private (10.0.0.0/8)");
    CHECK(special_range(*Prefix::parse("8.0.0.0/6"), true) == "private (10.0.0.0/8)");
    CHECK(special_range(*Prefix::parse("203.0.113.0/24"), true).empty());
}

TEST_CASE("the last label of a name tells whether it is local") {
    CHECK(local_zone("nas.ad.local") == "local");
    CHECK(local_zone("7.113.0.203.in-addr.arpa") == "arpa");
    CHECK(local_zone("local.example.net").empty());
    CHECK(local_zone("tests.test").empty());
}
