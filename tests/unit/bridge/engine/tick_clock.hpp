// Time that is moved by hand, for tests of what waits.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "bridge/engine/clock.hpp"

namespace bridge::engine::test {

class TickClock : public Clock {
public:
    domain::WallTime wall() const override {
        return domain::WallTime(std::chrono::sys_days{std::chrono::year{2026} / 6 / 1}) + passed_;
    }
    domain::Instant now() const override { return domain::Instant(passed_); }
    std::unique_ptr<Alarm> at(domain::Instant when, std::function<void()> task) override {
        const Key key{when, ++serial_};
        due_[key] = std::move(task);
        return std::make_unique<Held>(*this, key);
    }
    void post(std::function<void()> task) override { posted_.push_back(std::move(task)); }

    void run_for(std::chrono::milliseconds time) {
        const domain::Instant end = now() + time;
        settle();
        while (!due_.empty() && due_.begin()->first.first <= end) {
            auto node = due_.extract(due_.begin());
            passed_ = std::max(passed_, node.key().first.time_since_epoch());
            node.mapped()();
            settle();
        }
        passed_ = end.time_since_epoch();
    }
    void settle() {
        while (!posted_.empty()) {
            const auto task = std::move(posted_.front());
            posted_.pop_front();
            task();
        }
    }

private:
    using Key = std::pair<domain::Instant, std::uint64_t>;
    struct Held : Alarm {
        Held(TickClock& clock_, Key key_) : clock(clock_), key(key_) {}
        ~Held() override { clock.due_.erase(key); }
        Held(const Held&) = delete;
        Held& operator=(const Held&) = delete;
        TickClock& clock;
        Key key;
    };

    std::chrono::milliseconds passed_{0};
    std::uint64_t serial_ = 0;
    std::map<Key, std::function<void()>> due_;
    std::deque<std::function<void()>> posted_;
};

}  // namespace bridge::engine::test
