// Virtual time: tasks stand in one queue by the time at which they are due, and time is whatever the task that runs
// now was due at. An hour of waiting costs nothing, and the same tasks give the same order every time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "bridge/engine/clock.hpp"

namespace sim::lab {

class Scheduler final : public bridge::engine::Clock {
public:
    using Instant = bridge::domain::Instant;
    using WallTime = bridge::domain::WallTime;

    /// The wall's clock stands at `begin` when virtual time is zero.
    explicit Scheduler(WallTime begin) : begin_(begin) {}

    WallTime wall() const override { return begin_ + since_start(); }
    Instant now() const override { return now_; }
    /// Since virtual time began.
    std::chrono::milliseconds since_start() const { return now_ - Instant{} - first; }

    std::unique_ptr<bridge::engine::Alarm> at(Instant when, std::function<void()> task) override;
    void post(std::function<void()> task) override;

    /// As `at`, for tasks that nobody takes back.
    void run_at(Instant when, std::function<void()> task);

    /// Runs the task that is due next, if that is not after `until`. False: there is none, and it is now `until`.
    bool run_next(Instant until);

private:
    // An Instant of zero means "never" to some, so virtual time begins a little later.
    static constexpr std::chrono::milliseconds first{1000};

    class QueuedAlarm;
    using Place = std::pair<Instant, std::uint64_t>;  // when due, and in order of arrival

    Place add(Instant when, std::shared_ptr<std::function<void()>> task);

    WallTime begin_;
    Instant now_ = Instant{} + first;
    std::uint64_t arrivals_ = 0;
    std::map<Place, std::shared_ptr<std::function<void()>>> queue_;
};

}  // namespace sim::lab
