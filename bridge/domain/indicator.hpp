// What can be blocked: an IPv4 or IPv6 address, or a domain name.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "bridge/domain/ip_address.hpp"

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

class Indicator {
public:
    Indicator(IpAddress address) : value_(address) {}
    Indicator(DomainName name) : value_(std::move(name)) {}

    /// An address or a domain name in any spelling; canonical afterwards.
    static std::optional<Indicator> parse(std::string_view text);

    const IpAddress* address() const noexcept { return std::get_if<IpAddress>(&value_); }
    const DomainName* domain() const noexcept { return std::get_if<DomainName>(&value_); }

    std::string text() const;

    friend auto operator<=>(const Indicator&, const Indicator&) = default;

private:
    std::variant<IpAddress, DomainName> value_;
};

}  // namespace bridge::domain
