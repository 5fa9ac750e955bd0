#include "sim/panos/configuration/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <string>

#include "sim/panos/tree/whole_number.hpp"

namespace sim::panos {

bool IpWildcard::contains(const Ip& ip) const {
    if (ip.v6 != address.v6) {
        return false;
    }
    for (std::size_t i = 0; i < ip.bytes.size(); ++i) {
        if (((ip.bytes[i] ^ address.bytes[i]) & static_cast<std::uint8_t>(~mask.bytes[i])) != 0) {
            return false;
        }
    }
    return true;
}

std::optional<Ip> parse_ip(std::string_view text) {
    if (text.empty() || text.size() > INET6_ADDRSTRLEN) {
        return std::nullopt;
    }
    const std::string copy(text);
    Ip ip;
    if (inet_pton(AF_INET, copy.c_str(), ip.bytes.data()) == 1) {
        return ip;
    }
    if (inet_pton(AF_INET6, copy.c_str(), ip.bytes.data()) == 1) {
        ip.v6 = true;
        return ip;
    }
    return std::nullopt;
}

std::string to_text(const Ip& ip) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const char* const read = inet_ntop(ip.v6 ? AF_INET6 : AF_INET, ip.bytes.data(), text.data(), text.size());
    return read == nullptr ? std::string{} : std::string(read);
}

std::size_t IpHash::operator()(const Ip& ip) const noexcept {
    std::uint64_t hash = ip.v6 ? 1469598103934665603ULL : 14695981039346656037ULL;
    for (const std::uint8_t byte : ip.bytes) {
        hash = (hash ^ byte) * 1099511628211ULL;
    }
    return static_cast<std::size_t>(hash);
}

std::optional<unsigned> prefix_length(const IpRange& range) {
    const unsigned bits = range.first.v6 ? 128 : 32;
    unsigned length = 0;
    const auto bit = [](const Ip& ip, unsigned at) { return (ip.bytes[at / 8] >> (7 - at % 8)) & 1; };
    while (length < bits && bit(range.first, length) == bit(range.last, length)) {
        ++length;
    }
    for (unsigned at = length; at < bits; ++at) {
        if (bit(range.first, at) != 0 || bit(range.last, at) == 0) {
            return std::nullopt;
        }
    }
    return length;
}

IpRange prefix_range(const Ip& ip, unsigned length) {
    IpRange range{ip, ip};
    const unsigned bits = ip.v6 ? 128 : 32;
    for (unsigned at = length; at < bits; ++at) {
        if (at % 8 == 0) {
            range.first.bytes[at / 8] = 0;
            range.last.bytes[at / 8] = 0xff;
            at += 7;
            continue;
        }
        const auto flag = static_cast<std::uint8_t>(0x80U >> (at % 8));
        range.first.bytes[at / 8] = static_cast<std::uint8_t>(range.first.bytes[at / 8] & ~flag);
        range.last.bytes[at / 8] = static_cast<std::uint8_t>(range.last.bytes[at / 8] | flag);
    }
    return range;
}

std::optional<IpRange> parse_netmask(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto ip = parse_ip(text.substr(0, slash));
    if (!ip) {
        return std::nullopt;
    }
    if (slash == std::string_view::npos) {
        return IpRange{*ip, *ip};
    }
    const auto length = whole_number(text.substr(slash + 1), ip->v6 ? 128 : 32);
    if (!length) {
        return std::nullopt;
    }
    return prefix_range(*ip, static_cast<unsigned>(*length));
}

std::optional<IpRange> parse_range(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto first = parse_ip(text.substr(0, dash));
    const auto last = parse_ip(text.substr(dash + 1));
    if (!first || !last || first->v6 != last->v6 || *last < *first) {
        return std::nullopt;
    }
    return IpRange{*first, *last};
}

std::optional<IpWildcard> parse_wildcard(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto address = parse_ip(text.substr(0, slash));
    const auto mask = parse_ip(text.substr(slash + 1));
    if (!address || !mask || address->v6 || mask->v6) {
        return std::nullopt;
    }
    return IpWildcard{*address, *mask};
}

bool is_fqdn(std::string_view text) {
    if (text.empty() || text.size() > 255) {
        return false;
    }
    std::size_t label = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '.') {
            if (label == 0) {
                return false;
            }
            label = 0;
            continue;
        }
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_') {
            return false;
        }
        if (++label > 63) {
            return false;
        }
    }
    return true;
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

}  // namespace sim::panos
