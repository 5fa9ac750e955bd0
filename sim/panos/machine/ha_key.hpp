// The key with which a firewall of an HA pair shows itself to its peer when the control link is encrypted: an
// administrator exports it here and imports it there. Public; the mock's own, an Ed25519 key as OpenSSH writes it.
#pragma once

#include <string>
#include <string_view>

#include "sim/panos/machine/machine.hpp"

namespace sim::panos {

/// The device's own key, one line.
std::string ha_key(const Machine& device);
/// The text is such a key.
bool is_ha_key(std::string_view text);

}  // namespace sim::panos
