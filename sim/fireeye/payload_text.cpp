#include "sim/fireeye/payload_text.hpp"

namespace sim::fireeye {

namespace {

/// Whether the character at `at` is the letter of a JSON escape: an odd number of backslashes stands before it.
bool is_escape_letter(std::string_view payload, std::size_t at) {
    std::size_t backslashes = 0;
    while (backslashes < at && payload[at - 1 - backslashes] == '\\') {
        ++backslashes;
    }
    constexpr std::string_view letters = "nrtbf";
    return backslashes % 2 == 1 && letters.find(payload[at]) != std::string_view::npos;
}

}  // namespace

PayloadKind kind_of(std::string_view payload) {
    if (payload.starts_with("\xEF\xBB\xBF")) {
        payload.remove_prefix(3);
    }
    const auto first = payload.find_first_not_of(" \t\r\n");
    const char byte = first == std::string_view::npos ? '\0' : payload[first];
    return byte == '<' ? PayloadKind::xml : (byte == '{' || byte == '[') ? PayloadKind::json : PayloadKind::text;
}

bool begins_word(std::string_view payload, std::size_t at, PayloadKind kind) {
    if (at == 0) {
        return true;
    }
    const char before = payload[at - 1];
    const bool joined = is_digit(before) || is_letter(before) || before == '-' || before == '_' || before == '.';
    return !joined || (kind == PayloadKind::json && is_escape_letter(payload, at - 1));
}

}  // namespace sim::fireeye
