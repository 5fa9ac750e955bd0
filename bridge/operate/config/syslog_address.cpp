#include "bridge/operate/config/syslog_address.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace bridge::operate {

namespace {

constexpr std::uint16_t udp_port = 514;  // RFC 5426
constexpr std::uint16_t tcp_port = 601;  // RFC 3195 registers it; RFC 6587 leaves it open
constexpr std::size_t unix_path_bytes_max = 107;

}  // namespace

tl::expected<SyslogAddress, std::string> SyslogAddress::parse(std::string_view text) {
    const auto wrong = [&](std::string_view why) {
        return tl::unexpected(
            fmt::format("'{}' {}; write udp://HOST:PORT, tcp://HOST:PORT or unix:///dev/log", text, why));
    };
    SyslogAddress address;
    const std::size_t scheme_end = text.find("://");
    const std::string_view scheme = text.substr(0, scheme_end);
    if (scheme_end == std::string_view::npos) {
        return wrong("is no syslog address");
    }
    std::string_view rest = text.substr(scheme_end + 3);
    if (scheme == "unix") {
        address.kind = Kind::unix_datagram;
        address.path = rest;
        return rest.starts_with('/') && rest.size() <= unix_path_bytes_max
                   ? tl::expected<SyslogAddress, std::string>(address)
                   : wrong("names no absolute path");
    }
    if (scheme != "udp" && scheme != "tcp") {
        return wrong("has another scheme");
    }
    address.kind = scheme == "udp" ? Kind::udp : Kind::tcp;
    address.port = scheme == "udp" ? udp_port : tcp_port;
    std::string_view digits;
    if (rest.starts_with('[')) {
        const std::size_t end = rest.find(']');
        if (end == std::string_view::npos) {
            return wrong("has an open bracket");
        }
        address.host = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        if (!rest.empty() && rest.front() != ':') {
            return wrong("has something behind its bracket");
        }
        digits = rest.empty() ? rest : rest.substr(1);
    } else {
        const std::size_t colon = rest.find(':');
        address.host = rest.substr(0, colon);
        digits = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
        rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon);
    }
    if (address.host.empty() || address.host.find_first_of("/@ ") != std::string::npos) {
        return wrong("names no host");
    }
    if (!rest.empty()) {
        const char* const end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, address.port);
        if (digits.empty() || error != std::errc{} || stop != end || address.port == 0) {
            return wrong("has no port from 1 to 65535");
        }
    }
    return address;
}

std::optional<int> syslog_facility(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, int>, 13> facilities{{{"user", 1},
                                                                           {"daemon", 3},
                                                                           {"auth", 4},
                                                                           {"authpriv", 10},
                                                                           {"audit", 13},
                                                                           {"local0", 16},
                                                                           {"local1", 17},
                                                                           {"local2", 18},
                                                                           {"local3", 19},
                                                                           {"local4", 20},
                                                                           {"local5", 21},
                                                                           {"local6", 22},
                                                                           {"local7", 23}}};
    for (const auto& [known, number] : facilities) {
        if (known == name) {
            return number;
        }
    }
    return std::nullopt;
}

}  // namespace bridge::operate
