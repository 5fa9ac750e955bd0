#include "sim/fireeye/endpoint_kind.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace sim::fireeye {

namespace {

bool is_host_name(std::string_view text) {
    constexpr std::size_t name_max = 253;
    const auto of_a_name = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    };
    if (text.empty() || text.size() > name_max || !std::all_of(text.begin(), text.end(), of_a_name)) {
        return false;
    }
    const auto dot = text.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? text : text.substr(dot + 1);
    return text.front() != '.' && text.find("..") == std::string_view::npos &&
           last.find_first_not_of("0123456789") != std::string_view::npos;
}

}  // namespace

EndpointKind endpoint_kind(std::string_view text) {
    const std::string terminated(text);
    std::array<unsigned char, sizeof(in6_addr)> ignored{};
    if (inet_pton(AF_INET, terminated.c_str(), ignored.data()) == 1) {
        return EndpointKind::ipv4;
    }
    if (inet_pton(AF_INET6, terminated.c_str(), ignored.data()) == 1) {
        return EndpointKind::ipv6;
    }
    const auto at = text.find('@');
    if (at != std::string_view::npos && at > 0 && is_host_name(text.substr(at + 1))) {
        return EndpointKind::mail;
    }
    return is_host_name(text) ? EndpointKind::name : EndpointKind::nothing;
}

std::string url_form(std::string_view endpoint) {
    const bool is_v6 = endpoint_kind(endpoint) == EndpointKind::ipv6;
    return is_v6 ? "[" + std::string(endpoint) + "]" : std::string(endpoint);
}

}  // namespace sim::fireeye
