// Which attacker each alert of a soak names: a window of attackers that slides over a bounded pool, as campaigns come
// and go. An attacker is named again and again while the window is over it, then rests until its block has expired, and
// comes back. So the number of active blocks is steady, and blocks come and go at a steady rate.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sim::soak {

/// The id of the first alert; each has the next.
inline constexpr std::uint64_t first_id = 1'000'000;

class Campaign {
public:
    /// The window is 5 s of alerts wide and moves on by one attacker every ten alerts; an attacker rests for twice the
    /// time that a block has.
    Campaign(double rate_per_s, std::chrono::milliseconds expire, std::uint64_t seed);

    std::size_t pool() const noexcept { return pool_; }
    std::size_t window() const noexcept { return window_; }
    /// How many are blocked when it is steady: those in the window, and those that left it less than `expire` ago.
    std::size_t active() const noexcept { return active_; }

    /// Of alert i, in [0, pool).
    std::size_t attacker_of(std::size_t alert) const;

private:
    std::size_t window_;
    std::size_t pool_;
    std::size_t active_;
    std::uint64_t seed_;
};

/// The pool as indicators: 198.18.0.0/15, each eighth one out of 2001:db8::/32.
std::vector<std::string> attackers_of(const Campaign& campaign);

}  // namespace sim::soak
