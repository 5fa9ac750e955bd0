#include "bridge/domain/policy/breaker.hpp"

#include <catch2/catch.hpp>

using namespace bridge::domain;
using namespace std::chrono_literals;

namespace {

const WallTime began{std::chrono::sys_days(std::chrono::year(2024) / 5 / 1)};

/// A new block a second for a day.
Breaker after_a_day(const BreakerLimits& limits) {
    Breaker breaker;
    for (auto at = 0s; at < 24h; at += 1s) {
        breaker.objection(limits, "nx1", began + at);
        breaker.growth_objection(limits, "hq", began + at);
        breaker.count("nx1", began + at);
        breaker.count_growth("hq", began + at);
    }
    return breaker;
}

}  // namespace

TEST_CASE("what is no longer within a minute or an hour is forgotten, with a limit and without one") {
    // A minute of all, a minute of the appliance, an hour of the target.
    CHECK(after_a_day({0, 0, 0}).remembered() == 60 + 60 + 3600);
    CHECK(after_a_day({300, 300, 100'000}).remembered() == 60 + 60 + 3600);
}

TEST_CASE("a storm of blocks is counted one by one and remembered by the second") {
    Breaker breaker;
    for (auto at = 0ms; at < 10s; at += 1ms) {
        breaker.count_growth("hq", began + at);
    }
    CHECK(breaker.remembered() == 10);
    CHECK(breaker.growth_objection({0, 0, 10'001}, "hq", began + 10s).empty());
    CHECK_FALSE(breaker.growth_objection({0, 0, 10'000}, "hq", began + 10s).empty());
    // None is forgotten before its hour is over, and each a second later at most.
    CHECK_FALSE(breaker.growth_objection({0, 0, 10'000}, "hq", began + 1h - 1ms).empty());
    CHECK(breaker.growth_objection({0, 0, 9'001}, "hq", began + 1h + 1s).empty());
    CHECK(breaker.growth_objection({0, 0, 1}, "hq", began + 1h + 10s).empty());
}

TEST_CASE("what a clock that was set back had counted ahead of itself counts no longer") {
    Breaker breaker;
    breaker.count("nx1", began + 1h);
    CHECK(breaker.objection({1, 0, 0}, "nx1", began).empty());
    breaker.count("nx1", began);
    CHECK_FALSE(breaker.objection({1, 0, 0}, "nx1", began).empty());
    CHECK(breaker.objection({2, 0, 0}, "nx1", began).empty());
}

TEST_CASE("a limit that is set later counts what came before") {
    Breaker breaker = after_a_day({0, 0, 0});
    CHECK(
        breaker.growth_objection({0, 0, 3600}, "hq", began + 24h - 1s).find("(3600) new blocks on hq within an hour") !=
        std::string::npos);
    CHECK(breaker.growth_objection({0, 0, 3601}, "hq", began + 24h - 1s).empty());
    CHECK_FALSE(breaker.objection({60, 0, 0}, "nx1", began + 24h - 1s).empty());
    CHECK(breaker.objection({61, 0, 0}, "nx1", began + 24h - 1s).empty());
}
