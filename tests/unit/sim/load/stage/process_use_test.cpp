#include "sim/load/stage/process_use.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

using namespace sim::load::stage;

TEST_CASE("it tells what a process holds now: memory that it touches, threads that run") {
    const auto before = process_now(getpid());
    REQUIRE(before);
    CHECK(before->threads == 1);
    std::vector<char> touched(std::size_t{32} << 20U, 'x');
    std::mutex mutex;
    std::condition_variable change;
    bool over = false;
    std::thread other([&] {
        std::unique_lock guard(mutex);
        change.wait(guard, [&] { return over; });
    });
    const auto during = process_now(getpid());
    REQUIRE(during);
    CHECK(during->threads == 2);
    CHECK(during->resident_bytes >= before->resident_bytes + (std::size_t{31} << 20U));
    CHECK(touched.back() == 'x');
    {
        const std::lock_guard guard(mutex);
        over = true;
    }
    change.notify_one();
    other.join();
}

TEST_CASE("of a process that is not there nothing is told") {
    CHECK_FALSE(process_now(1 << 30));
}
