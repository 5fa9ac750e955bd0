#include "sim/lab/virtual/scheduler.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace std::chrono_literals;
using sim::lab::Scheduler;

namespace {

constexpr Scheduler::WallTime noon{};

}  // namespace

TEST_CASE("scheduler: tasks run by their time, and in order of arrival at the same time", "[lab]") {
    Scheduler scheduler(noon);
    std::string ran;
    const auto begin = scheduler.now();
    scheduler.run_at(begin + 20ms, [&] { ran += "c"; });
    scheduler.run_at(begin + 10ms, [&] { ran += "a"; });
    scheduler.run_at(begin + 10ms, [&] { ran += "b"; });

    while (scheduler.run_next(begin + 1s)) {
    }

    CHECK(ran == "abc");
}

TEST_CASE("scheduler: time jumps to the task and never beyond the limit", "[lab]") {
    Scheduler scheduler(noon);
    const auto begin = scheduler.now();
    scheduler.run_at(begin + 7 * 24h, [] {});

    CHECK_FALSE(scheduler.run_next(begin + 24h));
    CHECK(scheduler.since_start() == 24h);
    CHECK(scheduler.run_next(begin + 30 * 24h));
    CHECK(scheduler.since_start() == 7 * 24h);
    CHECK(scheduler.wall() == noon + 7 * 24h);
}

TEST_CASE("scheduler: an alarm that is gone does not ring, one that rings may be let go", "[lab]") {
    Scheduler scheduler(noon);
    int rang = 0;
    auto first = scheduler.at(scheduler.now() + 1ms, [&] { ++rang; });
    std::unique_ptr<bridge::engine::Alarm> second;
    second = scheduler.at(scheduler.now() + 2ms, [&] {
        ++rang;
        second.reset();
    });
    first.reset();

    while (scheduler.run_next(scheduler.now() + 1s)) {
    }

    CHECK(rang == 1);
}

TEST_CASE("scheduler: what is due in the past runs now, and time does not go back", "[lab]") {
    Scheduler scheduler(noon);
    const auto begin = scheduler.now();
    static_cast<void>(scheduler.run_next(begin + 5s));
    scheduler.run_at(begin, [] {});

    CHECK(scheduler.run_next(begin + 6s));
    CHECK(scheduler.since_start() == 5s);
}
