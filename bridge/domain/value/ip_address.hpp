// IPv4 and IPv6 addresses and prefixes as values, in one canonical form: an IPv4-mapped IPv6 address is the IPv4
// address it stands for, so that no spelling slips past an allow list.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bridge::domain {

class IpAddress {
public:
    /// Dotted quad without leading zeros, or IPv6 text without zone; surrounding brackets, ports and blanks are not
    /// taken.
    static std::optional<IpAddress> parse(std::string_view text);

    bool is_v4() const noexcept { return v4_; }

    /// Canonical text: RFC 5952 for IPv6.
    std::string text() const;

    /// The inverse of `bytes`.
    static IpAddress from_bytes(const std::array<std::uint8_t, 16>& bytes) noexcept;

    /// 16 bytes, IPv4 as ::ffff:a.b.c.d.
    const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; }

    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
    bool v4_ = false;
};

class Prefix {
public:
    /// "192.0.2.0/24", "2001:db8::/32", or a bare address (a host prefix). Host bits beyond the length are cleared.
    static std::optional<Prefix> parse(std::string_view text);

    /// The prefix of `length` bits (of the address's own family, at most its width) that the address is in.
    static Prefix of(const IpAddress& address, unsigned length) noexcept;

    const IpAddress& network() const noexcept { return network_; }
    unsigned length() const noexcept { return length_; }
    /// Whether it stands for one address.
    bool is_host() const noexcept { return length_ == (network_.is_v4() ? 32U : 128U); }

    bool contains(const IpAddress& address) const noexcept;
    /// Whether there is an address in both.
    bool overlaps(const Prefix& other) const noexcept;
    std::string text() const;

    friend auto operator<=>(const Prefix&, const Prefix&) = default;

private:
    IpAddress network_;
    unsigned length_ = 0;  // of the address's own family
};

}  // namespace bridge::domain
