#include "sim/fireeye/payload_rewrite.hpp"

#include <algorithm>

#include "sim/fireeye/payload_text.hpp"

namespace sim::fireeye {

namespace {

/// Whether `c` behind a word makes it another one. ':' belongs to an IPv6 address, but before the port of an IPv4
/// address or a name it ends one.
bool continues(char c, bool is_v6) {
    return is_digit(c) || is_letter(c) || c == '-' || c == '_' || (is_v6 && c == ':');
}

bool is_whole(std::string_view payload, std::size_t at, std::string_view word, PayloadKind kind) {
    const bool is_v6 = word.find(':') != std::string_view::npos;
    const std::size_t end = at + word.size();
    const bool joined_before = !begins_word(payload, at, kind) || (is_v6 && at > 0 && payload[at - 1] == ':');
    const bool joined_behind = end < payload.size() && continues(payload[end], is_v6);
    const bool goes_on = end + 1 < payload.size() && payload[end] == '.' && continues(payload[end + 1], is_v6);
    return !joined_before && !joined_behind && !goes_on;
}

}  // namespace

std::string replace_addresses(std::string_view payload,
                              std::span<const std::pair<std::string, std::string>> replacements) {
    const PayloadKind kind = kind_of(payload);
    std::string out;
    out.reserve(payload.size());
    for (std::size_t at = 0; at < payload.size();) {
        const auto found = std::find_if(replacements.begin(), replacements.end(), [&](const auto& pair) {
            const std::string& word = pair.first;
            return !word.empty() && payload.compare(at, word.size(), word) == 0 && is_whole(payload, at, word, kind);
        });
        if (found == replacements.end()) {
            out += payload[at++];
        } else {
            out += found->second;
            at += found->first.size();
        }
    }
    return out;
}

}  // namespace sim::fireeye
