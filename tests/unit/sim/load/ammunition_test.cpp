#include "sim/load/ammunition.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace sim::load;
using Catch::Contains;

TEST_CASE("ammunition: no two attackers are the same, over the end of the IPv4 range too", "[load][ammunition]") {
    const auto all = attackers(200'000);

    CHECK(std::set<std::string>(all.begin(), all.end()).size() == all.size());
    CHECK(all[0] == "198.18.0.1");
    CHECK(all[255] == "198.18.1.0");
    CHECK(all[131'070] == "198.19.255.255");
    CHECK(all[131'071] == "2001:db8::1:1");
}

TEST_CASE("ammunition: a notification is about 1 KB and tells its own attacker and id", "[load][ammunition]") {
    const auto shot = notification("198.18.0.7", 4711);

    REQUIRE(shot);
    CHECK(shot->body.size() > 700);
    CHECK(shot->body.size() < 2000);
    CHECK_THAT(shot->body, Contains("198.18.0.7") && Contains("4711"));
    const std::string request = as_request(*shot, "127.0.0.1");
    CHECK_THAT(request, Catch::StartsWith("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"));
    CHECK_THAT(request, Contains("Content-Length: " + std::to_string(shot->body.size()) + "\r\n\r\n"));
    CHECK_THAT(request, Catch::EndsWith(shot->body));
}
