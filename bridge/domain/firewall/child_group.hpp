// The numbered groups that continue one which is full ("blocked-1", "blocked-2", ...): how they are called.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bridge::domain {

inline constexpr std::size_t child_groups_limit = 999;

/// "blocked-7"; a name that would be longer than the 63 characters of PAN-OS keeps its head and gets 8 hex digits of
/// FNV-1a 64 before the number, so that two long names do not meet.
std::string child_group_name(std::string_view group, std::size_t number);
/// The number of a child of the group; 0 for any other name.
std::size_t child_group_number(std::string_view group, std::string_view name);
/// What the names of the group and of all its children have in common, in whichever place.
std::string group_family(std::string_view group);

}  // namespace bridge::domain
