// Addresses and names as fields and URLs write them.
#pragma once

#include <optional>
#include <string_view>

#include "bridge/domain/value/indicator.hpp"

namespace bridge::fireeye {

/// "203.0.113.5", "203.0.113.5:443", "[2001:db8::1]:443", "evil.example", "evil.example:80". The whole text must be
/// one address or name: nothing is searched for in it.
std::optional<domain::Indicator> endpoint_of(std::string_view text);

/// As endpoint_of, for fields that hold addresses only.
std::optional<domain::IpAddress> address_of(std::string_view text);

/// The host of a URL with or without scheme, as `url` and `objurl` write it ("yy8311.com/?/goods_list/14_25_0").
std::optional<domain::Indicator> url_host(std::string_view url);

}  // namespace bridge::fireeye
