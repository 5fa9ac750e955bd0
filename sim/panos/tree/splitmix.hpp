// splitmix64 (Steele, Lea, Flood 2014): numbers that look random and are the same everywhere, without a state to carry.
#pragma once

#include <cstdint>

namespace sim::panos {

/// The last step of it: every bit of `x` changes half of the result's.
constexpr std::uint64_t scrambled(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
}

/// The number that follows `x`; also of 0.
constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
    return scrambled(x + 0x9e3779b97f4a7c15ULL);
}

}  // namespace sim::panos
