#include "bridge/engine/store_notice.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <vector>

using namespace bridge::domain;
using namespace bridge::engine;
using namespace std::chrono_literals;

namespace {

/// Time that is moved by hand, with the alarms that fall due on the way.
class HandClock : public Clock {
public:
    WallTime wall() const override { return WallTime(1'700'000'000'000ms) + passed_; }
    Instant now() const override { return Instant(passed_); }
    std::unique_ptr<Alarm> at(Instant when, std::function<void()> task) override {
        const int key = ++serial_;
        tasks_[key] = {when, std::move(task)};
        return std::make_unique<Held>(*this, key);
    }
    void post(std::function<void()> task) override { task(); }

    void run_for(std::chrono::milliseconds time) {
        const Instant end = now() + time;
        while (true) {
            auto next = tasks_.end();
            for (auto it = tasks_.begin(); it != tasks_.end(); ++it) {
                if (it->second.first <= end && (next == tasks_.end() || it->second.first < next->second.first)) {
                    next = it;
                }
            }
            if (next == tasks_.end()) {
                break;
            }
            passed_ = std::max(passed_, std::chrono::milliseconds(next->second.first.time_since_epoch()));
            const auto task = std::move(next->second.second);
            tasks_.erase(next);
            task();
        }
        passed_ = std::chrono::milliseconds(end.time_since_epoch());
    }

private:
    struct Held : Alarm {
        Held(HandClock& of, int number) : clock(of), key(number) {}
        ~Held() override { clock.tasks_.erase(key); }
        Held(const Held&) = delete;
        Held& operator=(const Held&) = delete;
        HandClock& clock;
        int key;
    };
    std::chrono::milliseconds passed_{0};
    int serial_ = 0;
    std::map<int, std::pair<Instant, std::function<void()>>> tasks_;
};

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
