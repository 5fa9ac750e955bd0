// The process's own clocks and the loop's timers, as the engine wants them.
#pragma once

#include "bridge/engine/clock.hpp"
#include "net/event_loop.hpp"

namespace bridge::operate {

class LoopClock : public engine::Clock {
public:
    explicit LoopClock(net::EventLoop& loop) : loop_(loop) {}

    domain::WallTime wall() const override;
    domain::Instant now() const override;
    std::unique_ptr<engine::Alarm> at(domain::Instant when, std::function<void()> task) override;
    void post(std::function<void()> task) override { loop_.post(std::move(task)); }

private:
    net::EventLoop& loop_;
};

}  // namespace bridge::operate
