// What can be blocked: an IPv4 or IPv6 address, a domain name, or the /64 that an IPv6 attacker is in.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bridge/domain/value/ip_address.hpp"

namespace bridge::domain {

/// A host name as PAN-OS takes it for an FQDN object: lower case, no trailing dot, at least two labels, letters,
/// digits, hyphens and underscores, at most 253 characters, no IP literal.
class DomainName {
public:
    static std::optional<DomainName> parse(std::string_view text);

    const std::string& text() const noexcept { return text_; }
    friend auto operator<=>(const DomainName&, const DomainName&) = default;

private:
    std::string text_;
};

/// An IPv6 attacker has a whole /64 to itself (RFC 6177), so that is what is blocked by choice. Nothing wider ever is.
inline constexpr unsigned blocked_prefix_length = 64;

class Indicator {
public:
    Indicator(IpAddress address) : value_(address) {}
    Indicator(DomainName name) : value_(std::move(name)) {}

    /// An address or a domain name in any spelling; canonical afterwards.
    static std::optional<Indicator> parse(std::string_view text);

    /// The same, and an IPv6 prefix of 64 bits: what a block may stand for. A prefix of one address is that address.
    /// Not for what appliances send: those name hosts.
    static std::optional<Indicator> parse_blocked(std::string_view text);

    /// The /64 that an IPv6 address is in; nullopt for anything else.
    std::optional<Indicator> wider() const;

    /// Whether there is a host that both stand for. Names are only what they say.
    bool overlaps(const Indicator& other) const;

    const IpAddress* address() const noexcept { return std::get_if<IpAddress>(&value_); }
    const DomainName* domain() const noexcept { return std::get_if<DomainName>(&value_); }
    const Prefix* prefix() const noexcept { return std::get_if<Prefix>(&value_); }

    std::string text() const;

    friend auto operator<=>(const Indicator&, const Indicator&) = default;

private:
    explicit Indicator(Prefix prefix) : value_(prefix) {}

    std::variant<IpAddress, DomainName, Prefix> value_;
};

}  // namespace bridge::domain
