// Text from outside, made fit for a log line or a message: one line, bounded, no control characters.
#pragma once

#include <string>
#include <string_view>

namespace bridge::domain {

/// Control characters and bytes that are no UTF-8 become \xNN; at most `characters_max` bytes of the text are kept, and
/// "..." tells that there was more.
std::string printable(std::string_view text, std::size_t characters_max = 120);

}  // namespace bridge::domain
