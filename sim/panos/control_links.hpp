// The part of the control API that cuts a firewall's links, and its ways to the hosts that it watches.
#pragma once

#include <optional>

#include "sim/panos/device.hpp"

namespace sim::panos {

/// Nothing, when the request is for another part.
std::optional<net::HttpResponse> control_links(Device& device, const net::HttpRequest& request, Instant now);

}  // namespace sim::panos
