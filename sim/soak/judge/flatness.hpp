// Whether what a process holds stays level: judged on medians of equal parts of a window, so that one page or one burst
// is no growth, and a slow leak is.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sim/load/schedule.hpp"

namespace sim::soak {

using load::Micros;

struct Level {
    Micros at{0};
    double value = 0;
};

struct Flatness {
    std::size_t parts = 0;  // with samples
    double median = 0;      // of the parts' medians
    double least = 0;
    double most = 0;
    double spread = 0;  // (most - least) / median
    double trend = 0;   // what a least-squares line through the medians gains over the window, as a part of the median

    /// Neither the spread nor the trend, up or down, is above `within` (0.05: 5 %).
    bool flat(double within) const noexcept;
};

/// Of the samples from `from` to `to`, in `parts` parts. nullopt: fewer than three parts have samples, so nothing can
/// be said.
std::optional<Flatness> flatness_of(const std::vector<Level>& samples, Micros from, Micros to, std::size_t parts);

/// How much the least value of the last third of the window is above that of the first third: what is not given back
/// even in the quietest moment, as descriptors that leak. nullopt: one third has no sample.
std::optional<double> floor_rise(const std::vector<Level>& samples, Micros from, Micros to);

}  // namespace sim::soak
