// Text from a notification leaves this room only through here: valid UTF-8, one line, bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bridge::fireeye {

/// Invalid UTF-8 becomes U+FFFD, control characters become blanks, and what is longer than `bytes_max` is cut at a
/// character and ends in "...".
std::string clean_text(std::string_view text, std::size_t bytes_max = 256);

}  // namespace bridge::fireeye
