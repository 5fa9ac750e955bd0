// API keys, as keygen makes them.
#pragma once

#include <cstdint>
#include <string>

#include "sim/panos/machine/device_options.hpp"

namespace sim::panos {

/// An administrator's key, bound to the password.
std::string make_api_key(std::uint64_t seed, const Administrator& administrator);

}  // namespace sim::panos
