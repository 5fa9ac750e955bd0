// The open loop without its sockets: which notification leaves now, and what is known of each. Times are handed in, so
// that a stall of minutes is tested in a moment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "sim/load/quantiles.hpp"
#include "sim/load/schedule.hpp"

namespace sim::load {

/// What became of a notification; times since the beginning of the run.
struct Sent {
    Micros due{0};
    Micros sent = never;
    Micros answered = never;
    unsigned status = 0;  // 0: no answer
    std::uint32_t tries = 0;

    bool acknowledged() const noexcept { return status == 200; }
};

class OpenLoop {
public:
    /// `lanes`: how many may be under way at once. What is due while all are taken leaves later, and is measured from
    /// when it was due all the same.
    OpenLoop(const Schedule& due, std::size_t lanes);

    /// The next to leave now, if it is due and a lane is free; it counts as sent.
    std::optional<std::size_t> take(Micros now);

    /// Its answer is there, or is known not to come (status 0). Its lane is free again.
    void ended(std::size_t index, Micros now, unsigned status);

    /// It is not acknowledged and leaves again at `at`, as soon as a lane is free then; its own lane is free. What
    /// comes later must not be due earlier.
    void again(std::size_t index, Micros at, unsigned status);

    /// When something is due that has not left and could; nullopt: all have left, or all lanes are taken.
    std::optional<Micros> next_due() const;

    /// Each at least once.
    bool all_sent() const noexcept { return next_ == sent_.size(); }
    bool done() const noexcept { return all_sent() && under_way_ == 0 && again_.empty(); }
    std::size_t sent_count() const noexcept { return next_; }
    std::size_t ended_count() const noexcept { return next_ - under_way_ - again_.size(); }
    const std::vector<Sent>& sent() const noexcept { return sent_; }

private:
    std::vector<Sent> sent_;
    std::size_t lanes_;
    std::size_t next_ = 0;
    std::size_t under_way_ = 0;
    struct Again {
        Micros at{0};
        std::size_t index = 0;
    };
    std::deque<Again> again_;  // by time
};

}  // namespace sim::load
