// The pages that a device shows users whom it stops, as type=export and type=import know them.
#pragma once

#include <string>
#include <string_view>

namespace sim::panos {

/// "application-block-page", "url-block-page", ...: a category of type=export and type=import.
bool is_response_page(std::string_view category);

/// The page of a device that has no other; the text is the mock's own. Empty when there is no such page.
std::string default_response_page(std::string_view category);

}  // namespace sim::panos
