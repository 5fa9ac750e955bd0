// Pieces of the texts in which commands show what is in force.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sim::panos {

/// "any", "trust", "[ trust dmz ]"
std::string bracketed(const std::vector<std::string>& values);

enum class RouteKind { fixed, connected, own };
/// An entry of a forwarding table. `hop` is a static route's.
std::string forwarding_entry(std::size_t id, std::string_view destination, std::string_view interface, RouteKind kind,
                             std::string_view hop);

}  // namespace sim::panos
