// Numbers as clients, configurations and kept state write them: decimal digits and nothing else.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace sim::panos {

/// Nothing for an empty text, a sign, a blank, anything behind the digits, or a number above `most`.
std::optional<std::uint64_t> whole_number(std::string_view text,
                                          std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

/// A whole number that may have a minus in front. Nothing for anything else.
std::optional<std::int64_t> integer(std::string_view text);

}  // namespace sim::panos
