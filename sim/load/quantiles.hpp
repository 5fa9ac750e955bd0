// Exact quantiles: every sample is kept, and what has not happened by the end of the run counts as later than all that
// has. Leaving it out would make the worst run look best.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/load/schedule.hpp"

namespace sim::load {

/// What never happened.
inline constexpr Micros never = Micros::max();

/// A quantile; beyond the horizon, `at` is only what it is at least.
struct Quantile {
    Micros at{0};
    bool beyond = false;
};

class Quantiles {
public:
    /// It took this long.
    void add(Micros took) { took_.push_back(took); }
    /// It had not happened after this long, when the run ended.
    void add_unfinished(Micros waited) { waited_.push_back(waited); }

    std::size_t count() const noexcept { return took_.size() + waited_.size(); }
    std::size_t finished() const noexcept { return took_.size(); }
    std::size_t unfinished() const noexcept { return waited_.size(); }
    /// Of what has finished, by rank, sorted.
    const std::vector<Micros>& sorted() const;
    /// How long the oldest of what is unfinished has waited; 0: none is.
    Micros oldest_unfinished() const;

    /// The smallest sample such that `share` (0 to 1) of all are not above it. Without a sample: 0.
    Quantile at(double share) const;
    Quantile max() const { return at(1); }
    /// Of what has finished. Without any: 0.
    Micros mean() const;

private:
    void sort() const;

    mutable std::vector<Micros> took_;
    mutable std::vector<Micros> waited_;
    mutable std::vector<Micros> at_least_;  // both, sorted
    mutable std::size_t sorted_ = 0;        // samples when it was sorted last
};

}  // namespace sim::load
