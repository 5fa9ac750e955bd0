#include "sim/lab/virtual/scheduler.hpp"

#include <algorithm>

namespace sim::lab {

/// Taken back by place, so that a task which has run, or runs now, is not touched.
class Scheduler::QueuedAlarm final : public bridge::engine::Alarm {
public:
    QueuedAlarm(Scheduler& scheduler, Place place) : scheduler_(scheduler), place_(place) {}
    ~QueuedAlarm() override { scheduler_.queue_.erase(place_); }

private:
    Scheduler& scheduler_;
    Place place_;
};

Scheduler::Place Scheduler::add(Instant when, std::shared_ptr<std::function<void()>> task) {
    const Place place{std::max(when, now_), arrivals_++};
    queue_.emplace(place, std::move(task));
    return place;
}

std::unique_ptr<bridge::engine::Alarm> Scheduler::at(Instant when, std::function<void()> task) {
    const Place place = add(when, std::make_shared<std::function<void()>>(std::move(task)));
    return std::make_unique<QueuedAlarm>(*this, place);
}

void Scheduler::post(std::function<void()> task) {
    run_at(now_, std::move(task));
}

void Scheduler::run_at(Instant when, std::function<void()> task) {
    add(when, std::make_shared<std::function<void()>>(std::move(task)));
}

bool Scheduler::run_next(Instant until) {
    if (queue_.empty() || queue_.begin()->first.first > until) {
        now_ = std::max(now_, until);
        return false;
    }
    const auto next = queue_.begin();
    now_ = next->first.first;
    const auto task = std::move(next->second);
    queue_.erase(next);
    (*task)();
    return true;
}

}  // namespace sim::lab
