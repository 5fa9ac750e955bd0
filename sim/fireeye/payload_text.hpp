// What can be told of a payload's text without parsing it.
#pragma once

#include <cstddef>
#include <string_view>

namespace sim::fireeye {

enum class PayloadKind { xml, json, text };

/// By the first byte that is neither a byte order mark nor white space.
PayloadKind kind_of(std::string_view payload);

/// Whether a word can begin at `at`: what stands before does not belong to it. The letter of an escape in JSON
/// ("\n10.1.2.4") does not.
bool begins_word(std::string_view payload, std::size_t at, PayloadKind kind);

inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
inline bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace sim::fireeye
