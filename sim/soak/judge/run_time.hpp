// Since when a soak runs: all its times count from there.
#pragma once

#include <chrono>

#include "sim/load/schedule.hpp"

namespace sim::soak {

struct RunTime {
    std::chrono::steady_clock::time_point began{};  // moved once only, before there is a second thread

    load::Micros now() const {
        return std::chrono::duration_cast<load::Micros>(std::chrono::steady_clock::now() - began);
    }
};

}  // namespace sim::soak
