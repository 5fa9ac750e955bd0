// The part of the control API that is about devices which have to do with each other.
#pragma once

#include <optional>

#include "sim/panos/device.hpp"

namespace sim::panos {

/// GET /fleet, POST /high-availability {"failed": true}, POST /panorama {"connected": false}; nothing for other paths.
std::optional<net::HttpResponse> control_fleet(Device& device, const net::HttpRequest& request, Instant now);

}  // namespace sim::panos
