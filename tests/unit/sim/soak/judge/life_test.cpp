#include "sim/soak/judge/life.hpp"

#include <catch2/catch.hpp>

using namespace sim::soak;

TEST_CASE("a life knows what it was seen with first, last and at most") {
    Life life;
    for (const std::size_t bytes : {30U, 50U, 20U, 40U}) {
        life.seen_with(bytes);
    }
    CHECK(life.first_bytes == 30);
    CHECK(life.last_bytes == 40);
    CHECK(life.peak_bytes == 50);
}

TEST_CASE("a life that ended before anybody looked was seen with nothing") {
    const Life life;
    CHECK(life.first_bytes == 0);
    CHECK(life.peak_bytes == 0);
    CHECK(life.ended == never);
}
