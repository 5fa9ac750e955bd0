// The control API: what a test asks a mock firewall, and does to it, beside the firewall's own API. JSON over HTTP.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/panos/device.hpp"

namespace sim::panos {

/// Answers one request of the control API; README.md of this folder lists them.
net::HttpResponse control(Device& device, const net::HttpRequest& request, Instant now);

/// A fault out of its JSON object, {"on":"commit","answer":"busy","times":3,...}. Errors name the key.
tl::expected<Fault, std::string> read_fault(std::string_view json, Instant now);

}  // namespace sim::panos
