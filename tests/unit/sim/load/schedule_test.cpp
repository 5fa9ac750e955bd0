#include "sim/load/schedule.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

using namespace sim::load;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

Arrivals steady(Shape shape, double rate_per_s, Micros duration, std::uint64_t seed = 1) {
    Arrivals arrivals;
    arrivals.shape = shape;
    arrivals.rate_per_s = rate_per_s;
    arrivals.duration = duration;
    arrivals.seed = seed;
    return arrivals;
}

Schedule made(const Arrivals& arrivals) {
    const auto due = make_schedule(arrivals);
    REQUIRE(due);
    return *due;
}

}  // namespace

TEST_CASE("schedule: constant arrivals do not drift in an hour at a rate that divides nothing", "[load][schedule]") {
    const Schedule due = made(steady(Shape::constant, 3, 1h));

    REQUIRE(due.size() == 10'800);
    CHECK(due.front() == 0us);
    for (std::size_t i = 0; i < due.size(); ++i) {
        const double exact = static_cast<double>(i) * 1e6 / 3;
        REQUIRE(std::abs(static_cast<double>(due[i].count()) - exact) < 1.5);
    }
}

TEST_CASE("schedule: the same seed gives the same Poisson arrivals, another seed others", "[load][schedule]") {
    const auto seed = GENERATE(1U, 7U, 4711U);

    CHECK(made(steady(Shape::poisson, 100, 20s, seed)) == made(steady(Shape::poisson, 100, 20s, seed)));
    CHECK(made(steady(Shape::poisson, 100, 20s, seed)) != made(steady(Shape::poisson, 100, 20s, seed + 1)));
}

TEST_CASE("schedule: Poisson arrivals ascend, end in time, and have the mean and the spread of their kind",
          "[load][schedule]") {
    const auto seed = GENERATE(range(1U, 21U));
    const Schedule due = made(steady(Shape::poisson, 500, 40s, seed));

    CHECK(std::is_sorted(due.begin(), due.end()));
    CHECK(due.back() < 40s);
    // 20,000 expected, with a deviation of 141: five of them.
    CHECK(std::abs(static_cast<double>(due.size()) - 20'000) < 707);
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 1; i < due.size(); ++i) {
        const auto gap = static_cast<double>((due[i] - due[i - 1]).count());
        sum += gap;
        squares += gap * gap;
    }
    const auto gaps = static_cast<double>(due.size() - 1);
    const double mean = sum / gaps;
    CHECK(mean == Approx(2000).epsilon(0.05));
    CHECK(std::sqrt(squares / gaps - mean * mean) == Approx(mean).epsilon(0.05));  // exponential
}

TEST_CASE("schedule: a burst is due at once on top of what is steady, or spread", "[load][schedule]") {
    Arrivals arrivals = steady(Shape::constant, 1, 10s);
    arrivals.bursts = {{100, 5s, 0us}, {4, 7500ms, 400ms}};
    const Schedule due = made(arrivals);

    REQUIRE(due.size() == 114);
    CHECK(std::is_sorted(due.begin(), due.end()));
    CHECK(std::count(due.begin(), due.end(), 5s) == 101);
    CHECK(std::count(due.begin(), due.end(), 7800ms) == 1);
}

TEST_CASE("schedule: what is nothing or too much is refused in words", "[load][schedule]") {
    CHECK_THAT(make_schedule({}).error(), Contains("--burst"));
    CHECK_THAT(make_schedule(steady(Shape::constant, 1e6, 1h)).error(), Contains("more than 500000"));
    Arrivals twice;
    twice.bursts = {{400'000, 0s, 0s}, {400'000, 0s, 0s}};
    CHECK_THAT(make_schedule(twice).error(), Contains("more than 500000"));
}

TEST_CASE("schedule: a replay keeps the gaps, begins at once, and can be hurried and cut", "[load][schedule]") {
    const std::vector<std::chrono::milliseconds> recorded{70'000ms, 10'000ms, 12'000ms, 12'000ms};

    CHECK(replayed(recorded, 1, 0us) == Schedule{0s, 2s, 2s, 60s});
    CHECK(replayed(recorded, 10, 0us) == Schedule{0s, 200ms, 200ms, 6s});
    CHECK(replayed(recorded, 1, 60s) == Schedule{0s, 2s, 2s});
    CHECK_FALSE(replayed({}, 1, 0us));
}

TEST_CASE("schedule: a burst is written COUNT@TIME/SPREAD", "[load][schedule]") {
    CHECK(parse_burst("10000@5s")->count == 10'000);
    CHECK(parse_burst("10000@5s")->at == 5s);
    CHECK(parse_burst("200")->at == 0s);
    CHECK(parse_burst("200@1m/500ms")->over == 500ms);
    for (const char* wrong : {"", "@5s", "0@5s", "-1", "10@", "10@5", "10@5s/", "10@5s/x", "ten@5s", "10x@5s"}) {
        INFO(wrong);
        REQUIRE_FALSE(parse_burst(wrong));
        CHECK_THAT(parse_burst(wrong).error(), Contains("10000@5s"));
    }
}
