#include "sim/panos/tree/version.hpp"

#include <fmt/format.h>

#include <charconv>

namespace sim::panos {

tl::expected<Version, std::string> parse_version(std::string_view text) {
    Version version;
    const char* const end = text.data() + text.size();
    const auto major = std::from_chars(text.data(), end, version.major);
    if (major.ec != std::errc{} || major.ptr == end || *major.ptr != '.') {
        return tl::make_unexpected(fmt::format("PAN-OS version '{}' is not like 10.1 or 10.1.9", text));
    }
    const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
    const bool more = minor.ptr != end;
    if (minor.ec != std::errc{} || (more && *minor.ptr != '.') || version.major < 7 || version.major > 12) {
        return tl::make_unexpected(fmt::format("PAN-OS version '{}' is not one of 7.0 to 12", text));
    }
    version.text = more ? std::string(text) : std::string(text) + ".9";
    return version;
}

}  // namespace sim::panos
