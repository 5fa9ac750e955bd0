// The part of the control API that is about what decides over traffic: registered addresses, dynamic groups, lists,
// names, and traffic itself.
#pragma once

#include <optional>
#include <string_view>

#include "sim/panos/device.hpp"

namespace sim::panos {

/// The answer, or nothing when the path is none of this part's. A flow out of a JSON object or a query has the keys of
/// `GET /verdict`.
std::optional<net::HttpResponse> control_policy(Device& device, const net::HttpRequest& request, std::string_view path,
                                                Instant now);

}  // namespace sim::panos
