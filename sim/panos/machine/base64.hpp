// Bytes as base64 (RFC 4648, section 4), in which the device writes keys and what it has sealed.
#pragma once

#include <string>
#include <string_view>

namespace sim::panos {

std::string base64(std::string_view bytes);

}  // namespace sim::panos
