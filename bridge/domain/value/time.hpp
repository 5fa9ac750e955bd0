// The two times of the domain. Both are handed in: nothing in the domain reads a clock.
#pragma once

#include <chrono>

namespace bridge::domain {

/// Calendar time, for what people read and for expiry. May jump.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// Never jumps and never goes back, for waiting and backing off; its zero means nothing.
struct SteadyTag {
    using rep = std::chrono::milliseconds::rep;
    using period = std::chrono::milliseconds::period;
    using duration = std::chrono::milliseconds;
    using time_point = std::chrono::time_point<SteadyTag>;
    static constexpr bool is_steady = true;
};
using Instant = std::chrono::time_point<SteadyTag, std::chrono::milliseconds>;

}  // namespace bridge::domain
