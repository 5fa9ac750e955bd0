#include "sim/load/health.hpp"

#include <catch2/catch.hpp>

using namespace sim::load;

TEST_CASE("health: the dead come first, then the slow, and all others are well", "[load][ailing]") {
    const Ailments ailments{1, 2};

    CHECK(ailments.any());
    CHECK(ailments.of(0) == Health::dead);
    CHECK(ailments.of(1) == Health::slow);
    CHECK(ailments.of(2) == Health::slow);
    CHECK(ailments.of(3) == Health::well);
    CHECK_FALSE(Ailments{}.any());
    CHECK(Ailments{}.of(0) == Health::well);
    CHECK(name_of(Health::dead) == "dead");
}
