// Finds the next byte that means something, eight at a time: most of a notification is text that means nothing.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace bridge::fireeye {

/// Where the first of `Stops` stands at or behind `at`, or the text's size.
template <char... Stops>
std::size_t find_stop(std::string_view text, std::size_t at) {
    static_assert(((Stops >= 0) && ...), "the trick below needs ASCII");
    if constexpr (std::endian::native == std::endian::little) {
        constexpr std::uint64_t ones = 0x0101010101010101U;
        constexpr std::uint64_t highs = 0x8080808080808080U;
        // A byte that equals the stop becomes zero; subtracting one sets the high bit of the lowest zero byte.
        const auto hits = [](std::uint64_t word, char stop) {
            const std::uint64_t zeroed = word ^ (ones * static_cast<unsigned char>(stop));
            return (zeroed - ones) & ~zeroed & highs;
        };
        for (; text.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
            std::uint64_t word = 0;
            std::memcpy(&word, text.data() + at, sizeof(word));
            if (const std::uint64_t found = (hits(word, Stops) | ...); found != 0) {
                return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
            }
        }
    }
    while (at < text.size() && ((text[at] != Stops) && ...)) {
        ++at;
    }
    return at;
}

}  // namespace bridge::fireeye
