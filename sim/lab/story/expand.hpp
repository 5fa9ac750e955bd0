// Braces in a text stand for many texts: "203.0.113.{1..200}" is two hundred addresses.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sim::lab {

inline constexpr std::size_t expanded_max = 100'000;

/// Every text that `pattern` stands for, in order; the last braces vary fastest. {a,b} gives a and b, {1..3} gives 1,
/// 2 and 3, a nested brace is an error. Refused: unclosed or empty braces, a range that runs backwards, more than
/// expanded_max texts.
tl::expected<std::vector<std::string>, std::string> expand(std::string_view pattern);

}  // namespace sim::lab
