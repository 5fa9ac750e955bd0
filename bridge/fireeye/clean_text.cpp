#include "bridge/fireeye/clean_text.hpp"

#include <algorithm>
#include <cstdint>

namespace bridge::fireeye {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view ellipsis = "...";

bool continues(std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

/// Length of the well-formed sequence at `at` (RFC 3629: no overlong forms, no surrogates), or 0.
std::size_t sequence_at(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) {
        return 1;
    }
    const auto second = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0U;
    if (lead >= 0xC2 && lead <= 0xDF) {
        return continues(text, at + 1) ? 2 : 0;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        const bool overlong = lead == 0xE0 && second < 0xA0;
        const bool surrogate = lead == 0xED && second >= 0xA0;
        return continues(text, at + 1) && continues(text, at + 2) && !overlong && !surrogate ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const bool overlong = lead == 0xF0 && second < 0x90;
        const bool too_high = lead == 0xF4 && second >= 0x90;
        const bool whole = continues(text, at + 1) && continues(text, at + 2) && continues(text, at + 3);
        return whole && !overlong && !too_high ? 4 : 0;
    }
    return 0;
}

}  // namespace

std::string clean_text(std::string_view text, std::size_t bytes_max) {
    const auto first_odd = std::find_if(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F;
    });
    std::size_t at = static_cast<std::size_t>(first_odd - text.begin());
    at = std::min(at, bytes_max);  // plain ASCII up to here
    std::string clean(text.substr(0, at));
    while (at < text.size()) {
        const std::size_t size = sequence_at(text, at);
        std::string_view piece = size == 0 ? replacement : text.substr(at, size);
        const auto byte = static_cast<unsigned char>(piece.front());
        if (byte < 0x20 || byte == 0x7F) {
            piece = " ";
        }
        if (clean.size() + piece.size() > bytes_max) {
            clean += ellipsis;
            break;
        }
        clean += piece;
        at += size == 0 ? 1 : size;
    }
    return clean;
}

}  // namespace bridge::fireeye
