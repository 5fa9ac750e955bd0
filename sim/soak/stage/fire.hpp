// The alerts of a soak, on a thread of their own: each leaves when it is due, and again until it is acknowledged; the
// books are told of both.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "sim/load/sender.hpp"
#include "sim/soak/judge/books.hpp"
#include "sim/soak/plan/campaign.hpp"

namespace sim::soak {

class Fire {
public:
    /// All must outlive it.
    Fire(const Campaign& campaign, Books& books, const RunTime& time, const load::Schedule& due)
        : campaign_(campaign), books_(books), time_(time), due_(due) {}
    ~Fire() { stop(); }
    Fire(const Fire&) = delete;
    Fire& operator=(const Fire&) = delete;

    /// To the bridge's intake.
    void begin(const load::Receiver& to, load::Micros give_up);
    /// What is not acknowledged by now never will be. Waits for the thread.
    void stop();

    /// All are acknowledged, or given up.
    bool done();
    /// Until that time, or until it is done, or somebody wants it to stop.
    void wait_until(load::Micros until, const std::stop_token& stop);

    const load::SendProgress& progress() const noexcept { return progress_; }
    /// What became of each; once it is done or stopped.
    const std::vector<load::Sent>& sent() const noexcept { return sent_; }

private:
    void send(const std::stop_token& stop);

    const Campaign& campaign_;
    Books& books_;
    const RunTime& time_;
    const load::Schedule& due_;
    load::SendPlan plan_;
    load::SendProgress progress_;
    std::vector<load::Sent> sent_;
    std::mutex mutex_;  // of done_
    std::condition_variable_any changed_;
    bool done_ = false;
    std::jthread thread_;
};

}  // namespace sim::soak
