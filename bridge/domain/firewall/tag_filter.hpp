// The match filter of a dynamic address group, asked one question: does it take up an address that carries our tag and
// no other?
#pragma once

#include <optional>
#include <string_view>

namespace bridge::domain {

/// Reads "'firebreak' or ('a' and 'b')": tags in quotes or bare, `and` before `or`, `not`, parentheses. Nullopt for a
/// filter that is none.
std::optional<bool> filter_takes(std::string_view filter, std::string_view tag);

}  // namespace bridge::domain
