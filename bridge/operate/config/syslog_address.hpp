// Where syslog messages go, and the numbers that syslog has for where they come from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace bridge::operate {

struct SyslogAddress {
    enum class Kind { udp, tcp, unix_datagram } kind = Kind::udp;
    std::string host;  // name or address, without brackets
    std::uint16_t port = 0;
    std::string path;  // of a Unix socket

    /// "udp://HOST[:PORT]" (514), "tcp://HOST[:PORT]" (601), "unix:///PATH"; an IPv6 address in brackets.
    static tl::expected<SyslogAddress, std::string> parse(std::string_view text);
};

/// The number of a facility: "local0" is 16. Source: RFC 5424, table 1.
std::optional<int> syslog_facility(std::string_view name);

}  // namespace bridge::operate
