// How long an enforcer waits after a failure: twice as long each time, up to a limit, and never quite as long as
// another that failed at the same moment.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace bridge::domain {

class Backoff {
public:
    /// The seed decides the jitter.
    Backoff(std::chrono::milliseconds shortest, std::uint64_t seed)
        : shortest_(shortest), jitter_(static_cast<std::minstd_rand::result_type>(seed % std::minstd_rand::modulus)) {}

    /// The wait after the n-th failure in a row (from 1), at most `longest`, and a fifth more or less.
    std::chrono::milliseconds pause(unsigned failures, std::chrono::milliseconds longest);

private:
    std::chrono::milliseconds shortest_;
    std::minstd_rand jitter_;
};

}  // namespace bridge::domain
