// One life of the bridge, from a start to its end, and how much memory it was seen with.
#pragma once

#include <cstddef>
#include <string>

#include "sim/load/quantiles.hpp"

namespace sim::soak {

using load::Micros;
using load::never;

struct Life {
    Micros began{0};
    Micros ended = never;
    std::string end{};     // "SIGKILL", "SIGTERM"
    Micros start_took{0};  // until it said that it is ready
    // Resident memory, by the first look, the last, and the one that saw most; 0: nobody has looked.
    std::size_t first_bytes = 0;
    std::size_t last_bytes = 0;
    std::size_t peak_bytes = 0;

    void seen_with(std::size_t resident_bytes);
};

}  // namespace sim::soak
