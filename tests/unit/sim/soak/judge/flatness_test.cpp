#include "sim/soak/judge/flatness.hpp"

#include <catch2/catch.hpp>
#include <functional>

using namespace sim::soak;
using namespace std::chrono_literals;

namespace {

/// One a second for half an hour.
std::vector<Level> levels(const std::function<double(int)>& at) {
    std::vector<Level> all;
    for (int second = 0; second < 1800; ++second) {
        all.push_back({std::chrono::seconds(second), at(second)});
    }
    return all;
}

Flatness judged(const std::function<double(int)>& at) {
    return *flatness_of(levels(at), 10min, 30min, 20);
}

}  // namespace

TEST_CASE("what is level is flat, whatever it was before the window") {
    const Flatness flat = judged([](int second) { return second < 600 ? 10.0 * second : 100 + second % 3; });
    CHECK(flat.parts == 20);
    CHECK(flat.median == Approx(101));
    CHECK(flat.spread == Approx(0));
    CHECK(flat.flat(0.05));
}

TEST_CASE("a leak of 6 % in the window is found, one of 4 % is within 5 %") {
    const auto leak = [](double share) {
        return [share](int second) { return 100 * (1 + share * (second - 600) / 1200.0); };
    };
    CHECK_FALSE(judged(leak(0.06)).flat(0.05));
    CHECK(judged(leak(0.06)).trend == Approx(0.06).margin(0.003));
    CHECK(judged(leak(0.04)).flat(0.05));
    CHECK_FALSE(judged(leak(-0.06)).flat(0.05));
}

TEST_CASE("a page that takes memory for a quarter of each minute is no growth") {
    CHECK(judged([](int second) { return second % 60 < 15 ? 150.0 : 100.0; }).flat(0.05));
}

TEST_CASE("one minute that is a tenth higher is not flat") {
    CHECK_FALSE(judged([](int second) { return second >= 1200 && second < 1260 ? 110.0 : 100.0; }).flat(0.05));
}

TEST_CASE("a step that stays is not flat") {
    CHECK_FALSE(judged([](int second) { return second < 1700 ? 100.0 : 107.0; }).flat(0.05));
}

TEST_CASE("of fewer than three parts with samples nothing is said") {
    CHECK_FALSE(flatness_of({{11min, 1}, {12min + 1s, 1}}, 10min, 30min, 20));
    CHECK(flatness_of({{11min, 1}, {12min + 1s, 1}, {20min, 1}}, 10min, 30min, 20));
    CHECK_FALSE(flatness_of({}, 10min, 30min, 20));
}

TEST_CASE("the floor rises by what is not given back") {
    // It swings by ten, and one more stays open every hundred seconds.
    const auto all = levels([](int second) { return second / 100 + second % 10; });
    CHECK(*floor_rise(all, 0s, 30min) == Approx(12));
    CHECK(*floor_rise(levels([](int second) { return 20 + second % 10; }), 0s, 30min) == Approx(0));
    CHECK_FALSE(floor_rise(all, 40min, 50min));
}
