// What the data plane has counted since the device was up: the traffic that the control API told of. Sessions of it are
// over at once, so none is ever active.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

/// A counter of `show counter global`, in the words that devices and their documentation have for it.
struct CounterKind {
    std::string_view name;
    std::string_view category;
    std::string_view severity;  // info, warn, error, drop
    std::string_view aspect;
    std::string_view description;
};
/// Those that the mock knows the truth of, in alphabetical order. Those that nothing in it counts stay 0.
std::span<const CounterKind> counter_kinds();

struct TrafficCounters {
    std::uint64_t allowed = 0;  // sessions
    std::uint64_t denied = 0;

    /// Of the counter of that name.
    std::uint64_t of(std::string_view counter) const;
};

/// The counters when a client asked for their growth last (`<delta>yes</delta>`), and when that was.
struct CounterSample {
    TrafficCounters counters{};
    Instant at{};
};

}  // namespace sim::panos
