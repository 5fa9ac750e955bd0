#include "bridge/fireeye/endpoint_text.hpp"

#include <algorithm>

#include "bridge/fireeye/field_tree.hpp"

namespace bridge::fireeye {

namespace {

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_port(std::string_view text) {
    return is_digits(text) && text.size() <= 5;
}

/// Takes the port, and the brackets of an IPv6 literal, away. An IPv6 address without brackets has no port.
std::string_view without_port(std::string_view text) {
    if (!text.empty() && text.front() == '[') {
        const auto end = text.find(']');
        if (end == std::string_view::npos) {
            return {};
        }
        const std::string_view inside = text.substr(1, end - 1);
        const std::string_view rest = text.substr(end + 1);
        const bool port_or_nothing = rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
        const bool is_v6 = inside.find(':') != std::string_view::npos;
        return port_or_nothing && is_v6 ? inside : std::string_view();
    }
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && colon == text.rfind(':') && is_port(text.substr(colon + 1))) {
        return text.substr(0, colon);
    }
    return text;
}

}  // namespace

std::optional<domain::Indicator> endpoint_of(std::string_view text) {
    return domain::Indicator::parse(without_port(trimmed(text)));
}

std::optional<domain::IpAddress> address_of(std::string_view text) {
    return domain::IpAddress::parse(without_port(trimmed(text)));
}

std::optional<domain::Indicator> url_host(std::string_view url) {
    url = trimmed(url);
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos && scheme <= 8) {
        url.remove_prefix(scheme + 3);
    }
    std::string_view authority = url.substr(0, std::min(url.find_first_of("/?#\\"), url.size()));
    if (const auto user = authority.rfind('@'); user != std::string_view::npos) {
        authority.remove_prefix(user + 1);
    }
    return endpoint_of(authority);
}

}  // namespace bridge::fireeye
