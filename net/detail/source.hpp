// Where connections come from, as far as limits are concerned: an IPv4 address, or the /64 that an IPv6 host has for
// itself. How many there are of each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <unordered_map>

namespace net::detail {

struct Source {
    std::uint64_t network = 0;  // upper half of an IPv6 address
    std::uint64_t host = 0;     // an IPv4 address; 0 for IPv6

    static Source of_v4(const void* four_bytes) {
        std::uint32_t address = 0;
        std::memcpy(&address, four_bytes, sizeof address);
        return {0, 1ULL << 32U | address};
    }
    static Source of_v6(const void* sixteen_bytes) {
        Source source;
        std::memcpy(&source.network, sixteen_bytes, sizeof source.network);
        return source;
    }

    friend bool operator==(const Source&, const Source&) = default;
};

struct SourceHash {
    std::size_t operator()(const Source& source) const noexcept {
        return std::hash<std::uint64_t>{}((source.network ^ source.host) * 0x9e3779b97f4a7c15ULL);
    }
};

/// As large as there are connections, no larger.
using SourceCounts = std::unordered_map<Source, std::size_t, SourceHash>;

}  // namespace net::detail
