// Whether a scenario's word for an attacker or victim is an address, a name, or a mail address.
#pragma once

#include <string>
#include <string_view>

namespace sim::fireeye {

enum class EndpointKind { ipv4, ipv6, name, mail, nothing };

EndpointKind endpoint_kind(std::string_view text);

inline bool is_address(EndpointKind kind) {
    return kind == EndpointKind::ipv4 || kind == EndpointKind::ipv6;
}

/// As URLs and Host headers write it: an IPv6 address in brackets.
std::string url_form(std::string_view endpoint);

}  // namespace sim::fireeye
