#include "net/event_loop.hpp"

#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

TEST_CASE("event loop: tasks run in the order in which they were posted", "[net]") {
    net::EventLoop loop;
    std::vector<int> seen;
    loop.post([&] { seen.push_back(1); });
    loop.post([&] {
        seen.push_back(2);
        loop.post([&] {
            seen.push_back(4);
            loop.stop();
        });
    });
    loop.post([&] { seen.push_back(3); });
    loop.run();
    CHECK(seen == std::vector{1, 2, 3, 4});
}

TEST_CASE("event loop: a stop that comes before run still counts, and run can be called again", "[net]") {
    net::EventLoop loop;
    bool ran = false;
    loop.stop();
    loop.run();
    loop.post([&] {
        ran = true;
        loop.stop();
    });
    loop.run();
    CHECK(ran);
}

TEST_CASE("event loop: timers fire by their time, not by their age", "[net]") {
    net::EventLoop loop;
    std::vector<int> seen;
    const auto late = loop.after(20ms, [&] {
        seen.push_back(2);
        loop.stop();
    });
    const auto soon = loop.after(1ms, [&] { seen.push_back(1); });
    loop.run();
    CHECK(seen == std::vector{1, 2});
}

TEST_CASE("event loop: a destroyed timer does not fire, even when its time has come", "[net]") {
    net::EventLoop loop;
    bool fired = false;
    std::unique_ptr<net::Timer> second;
    // Both are due when the first runs, so the second's expiry is already queued.
    const auto first = loop.after(0ms, [&] { second.reset(); });
    second = loop.after(0ms, [&] { fired = true; });
    const auto last = loop.after(5ms, [&] { loop.stop(); });
    loop.run();
    CHECK_FALSE(fired);
}

TEST_CASE("event loop: a timer may be destroyed by its own task", "[net]") {
    net::EventLoop loop;
    std::unique_ptr<net::Timer> timer;
    timer = loop.after(0ms, [&] {
        timer.reset();
        loop.stop();
    });
    loop.run();
    CHECK_FALSE(timer);
}

TEST_CASE("event loop: another thread's task runs on the loop's thread", "[net]") {
    net::EventLoop loop;
    std::thread::id ran_on;
    std::thread other([&] {
        loop.post([&] {
            ran_on = std::this_thread::get_id();
            loop.stop();
        });
    });
    loop.run();
    other.join();
    CHECK(ran_on == std::this_thread::get_id());
}

TEST_CASE("event loop: a signal is reported each time it comes", "[net]") {
    net::EventLoop loop;
    std::vector<int> seen;
    loop.on_signals({SIGUSR1, SIGUSR2}, [&](int number) {
        seen.push_back(number);
        if (seen.size() == 2) {
            loop.stop();
        } else {
            raise(SIGUSR2);
        }
    });
    raise(SIGUSR1);
    loop.run();
    CHECK(seen == std::vector{SIGUSR1, SIGUSR2});
}

TEST_CASE("event loop: a signal that comes before the loop takes it waits, and no other thread can get it", "[net]") {
    net::EventLoop::hold_signals({SIGUSR1});
    bool held_there = false;
    std::thread other([&held_there] {
        sigset_t mask;
        pthread_sigmask(SIG_BLOCK, nullptr, &mask);
        held_there = sigismember(&mask, SIGUSR1) == 1;
    });
    other.join();
    CHECK(held_there);
    kill(getpid(), SIGUSR1);  // unheld, it would end this process
    net::EventLoop loop;
    std::vector<int> seen;
    loop.on_signals({SIGUSR1}, [&](int number) {
        seen.push_back(number);
        loop.stop();
    });
    loop.run();
    CHECK(seen == std::vector{SIGUSR1});
}
