// What a device brings along and no administrator made: applications, services, URL categories, security profiles.
// A modest part of what the content updates hold, under the names that they have there.
#pragma once

#include <string_view>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

/// <predefined>, to hang below <config> for reading.
const NodePtr& predefined();

bool is_predefined_application(std::string_view name);
bool is_predefined_service(std::string_view name);  // service-http, service-https
bool is_predefined_category(std::string_view name);
/// `type`: "virus", "url-filtering", ...
bool is_predefined_profile(std::string_view type, std::string_view name);

}  // namespace sim::panos
