#include "bridge/domain/value/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace bridge::domain {

namespace {

/// Length of the well-formed UTF-8 sequence at the front, or 0 (Unicode 15, table 3-7).
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return tail(1) ? 2 : 0;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (!tail(1) || !tail(2) || (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F)) {
            return 0;
        }
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (!tail(1) || !tail(2) || !tail(3) || (lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) {
            return 0;
        }
        return 4;
    }
    return 0;
}

}  // namespace

std::string printable(std::string_view text, std::size_t characters_max) {
    const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f; };
    const auto odd = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_plain) - text.begin());
    const std::size_t plain = std::min(odd, characters_max);
    std::string out(text.substr(0, plain));
    text.remove_prefix(plain);
    while (!text.empty()) {
        if (out.size() >= characters_max) {
            return out + "...";
        }
        const auto first = static_cast<unsigned char>(text.front());
        const std::size_t length = utf8_length(text);
        const bool c1_control = length == 2 && first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
        if (length == 0 || first < 0x20 || first == 0x7f || c1_control) {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", first);
            text.remove_prefix(1);
            continue;
        }
        out.append(text.substr(0, length));
        text.remove_prefix(length);
    }
    return out;
}

}  // namespace bridge::domain
