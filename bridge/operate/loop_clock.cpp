#include "bridge/operate/loop_clock.hpp"

#include <algorithm>

namespace bridge::operate {

using namespace domain;

namespace {

struct LoopAlarm : engine::Alarm {
    std::unique_ptr<net::Timer> timer;
};

}  // namespace

WallTime LoopClock::wall() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Instant LoopClock::now() const {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return Instant(std::chrono::floor<std::chrono::milliseconds>(since));
}

std::unique_ptr<engine::Alarm> LoopClock::at(Instant when, std::function<void()> task) {
    auto alarm = std::make_unique<LoopAlarm>();
    alarm->timer = loop_.after(std::max(std::chrono::milliseconds(0), when - now()), std::move(task));
    return alarm;
}

}  // namespace bridge::operate
