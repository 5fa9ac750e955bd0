#include "bridge/engine/store_notice.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "hand_clock.hpp"

using namespace bridge::domain;
using namespace bridge::engine;
using bridge::engine::test::HandClock;
using namespace std::chrono_literals;

namespace {

struct Notice {
    HandClock clock;
    std::vector<std::string> lines;
    StoreNotice notice{clock, [this](StoreNotice::Tone tone, const std::string& text) {
                           lines.push_back((tone == StoreNotice::Tone::warning ? "W " : "N ") + text);
                       }};
};

}  // namespace

TEST_CASE("store notice: a flood on a full disk is a line a minute, and none is left uncounted") {
    Notice it;
    it.notice.trouble("bridge.db: no room left");
    for (int i = 0; i < 100 * 180; ++i) {
        it.notice.refused("192.0.2.3", "bridge.db: no room left");
        it.clock.run_for(10ms);
    }
    REQUIRE(it.lines.size() == 4);
    CHECK(it.lines[0] == "W bridge.db: no room left");
    CHECK(it.lines[1] ==
          "W bridge.db: no room left; 6000 notifications were answered 503, the last one from 192.0.2.3");
    it.notice.trouble("");
    CHECK(it.lines.back() == "N the store writes again, after 180 s; 18000 notifications were answered 503 meanwhile");
}

TEST_CASE("store notice: trouble that nobody meets is told, too, as long as it lasts") {
    Notice it;
    it.notice.trouble("bridge.db: cannot be written");
    it.clock.run_for(2min + 1s);
    CHECK(it.lines == std::vector<std::string>(3, "W bridge.db: cannot be written"));
    it.notice.trouble("");
    CHECK(it.lines.back() == "N the store writes again, after 121 s; 0 notifications were answered 503 meanwhile");
    it.clock.run_for(1h);
    CHECK(it.lines.size() == 4);
}

TEST_CASE("store notice: what comes and goes all the time is two lines a minute at most") {
    Notice it;
    for (int i = 0; i < 6000; ++i) {
        it.notice.refused("192.0.2.3", "bridge.db: no room left");
        it.clock.run_for(50ms);
        it.notice.stored();
        it.clock.run_for(50ms);
    }
    CHECK(it.lines.size() >= 10);
    CHECK(it.lines.size() <= 22);
    it.clock.run_for(2min);
    CHECK_THAT(it.lines.back(), Catch::StartsWith("N the store writes again"));
}

TEST_CASE("store notice: all is well, and nothing is said") {
    Notice it;
    it.notice.stored();
    it.notice.trouble("");
    it.clock.run_for(1h);
    CHECK(it.lines.empty());
}

TEST_CASE("store notice: a peer's name cannot forge a line") {
    Notice it;
    it.notice.trouble("bridge.db: full");
    it.notice.refused("x\nfoo", "bridge.db: full");
    it.clock.run_for(1min);
    for (const std::string& line : it.lines) {
        CHECK(line.find('\n') == std::string::npos);
    }
}
