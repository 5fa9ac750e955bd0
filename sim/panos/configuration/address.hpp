// Addresses as PAN-OS address objects and rules spell them: hosts, prefixes, ranges, wildcards, of both families.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sim::panos {

/// An IPv4 or IPv6 address; the IPv4 ones order before all IPv6 ones.
struct Ip {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{};

    friend bool operator==(const Ip&, const Ip&) = default;
    friend bool operator<(const Ip& a, const Ip& b) { return a.v6 != b.v6 ? b.v6 : a.bytes < b.bytes; }
};

struct IpRange {
    Ip first;
    Ip last;

    bool contains(const Ip& ip) const { return !(ip < first) && !(last < ip); }

    friend bool operator==(const IpRange&, const IpRange&) = default;
    friend bool operator<(const IpRange& a, const IpRange& b) {
        return a.first == b.first ? a.last < b.last : a.first < b.first;
    }
};

struct IpHash {
    std::size_t operator()(const Ip& ip) const noexcept;
};

/// The length of the prefix that the range is exactly, or nothing when it is none.
std::optional<unsigned> prefix_length(const IpRange& range);
/// All addresses that share the first `length` bits with `ip`.
IpRange prefix_range(const Ip& ip, unsigned length);

/// 10.132.1.1/0.0.2.255: the bits set in the mask don't matter.
struct IpWildcard {
    Ip address;
    Ip mask;

    bool contains(const Ip& ip) const;
};

std::optional<Ip> parse_ip(std::string_view text);
/// As it is usually written: "10.0.0.1", "2001:db8::1".
std::string to_text(const Ip& ip);
/// A host or a prefix ("10.0.0.1", "10.0.0.0/8", "2001:db8::/32"); host bits of a prefix may be set, as PAN-OS takes
/// it.
std::optional<IpRange> parse_netmask(std::string_view text);
/// "10.0.0.1-10.0.0.9", ends of one family, not the wrong way round.
std::optional<IpRange> parse_range(std::string_view text);
std::optional<IpWildcard> parse_wildcard(std::string_view text);
/// A domain name: labels of letters, digits, hyphen and underscore, at most 255 characters.
bool is_fqdn(std::string_view text);
std::string lower_case(std::string_view text);

}  // namespace sim::panos
