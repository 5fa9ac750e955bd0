// Who is meant when a limit speaks of a source: an IPv4 address, or the /64 of an IPv6 one, in which a host may choose
// any address it likes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>

#include "bridge/domain/value/ip_address.hpp"

namespace bridge::intake {

struct Source {
    std::uint64_t network = 0;
    std::uint64_t host = 0;  // 0 for IPv6

    static Source of(const domain::IpAddress& address) {
        Source source;
        std::memcpy(&source.network, address.bytes().data(), sizeof source.network);
        if (address.is_v4()) {
            std::memcpy(&source.host, address.bytes().data() + sizeof source.network, sizeof source.host);
        }
        return source;
    }

    friend bool operator==(const Source&, const Source&) = default;
};

struct SourceHash {
    std::size_t operator()(const Source& source) const noexcept {
        return std::hash<std::uint64_t>{}((source.network ^ (source.host >> 31U)) * 0x9e3779b97f4a7c15ULL);
    }
};

}  // namespace bridge::intake
