// Addresses and names that nobody on the Internet can have: what registries keep for special purposes.
#pragma once

#include <string_view>

#include "bridge/domain/value/ip_address.hpp"

namespace bridge::domain {

/// Why an address may never be blocked whatever the operator says or, with `builtin`, unless he says so: reserved and
/// special ranges of IANA. Empty when there is nothing against it. Documentation ranges are not among them.
/// Source: IANA IPv4/IPv6 Special-Purpose Address Registries.
std::string_view special_range(const IpAddress& address, bool builtin);

/// The same for a prefix that touches one.
std::string_view special_range(const Prefix& prefix, bool builtin);

/// The last label of a name when no attacker on the Internet can have a name under it ("local" of "nas.ad.local"), else
/// empty. Sources: RFC 6761, 6762, 8375, 9476; ICANN's resolution of 2024 on `internal`.
std::string_view local_zone(std::string_view name);

}  // namespace bridge::domain
