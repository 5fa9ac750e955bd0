// When alerts are due: fixed before the first one leaves, so that nothing which happens during the run can move it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sim::load {

using Micros = std::chrono::microseconds;

/// Times since the beginning of the run, ascending; one for each notification.
using Schedule = std::vector<Micros>;

enum class Shape {
    constant,  // one every 1/rate seconds
    poisson,   // independent arrivals: the gaps are exponential with mean 1/rate
};

/// Alerts that come at once, on top of the steady ones.
struct Burst {
    std::size_t count = 0;
    Micros at{0};
    Micros over{0};  // spread evenly over this long; 0: all are due at the same moment
};

struct Arrivals {
    Shape shape = Shape::constant;
    double rate_per_s = 0;  // 0: none but the bursts
    Micros duration{0};
    std::vector<Burst> bursts{};
    std::uint64_t seed = 1;  // of the gaps
};

/// More than this in one run is refused: every alert and every sample of it is kept.
inline constexpr std::size_t alerts_max = 500'000;

/// The same arrivals give the same schedule. Errors: nothing arrives, or more than alerts_max.
tl::expected<Schedule, std::string> make_schedule(const Arrivals& arrivals);

/// Recorded times (any origin, any order) as a schedule: the first is due at once, `speed` times as fast as they were,
/// none after `duration` (0: all). Errors as make_schedule.
tl::expected<Schedule, std::string> replayed(std::vector<std::chrono::milliseconds> recorded, double speed,
                                             Micros duration);

/// "10000@5s", "10000" (at 0s), "10000@5s/1s" (spread over a second). Errors say what is wrong and show the form.
tl::expected<Burst, std::string> parse_burst(std::string_view text);

}  // namespace sim::load
