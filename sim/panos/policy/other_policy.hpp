// The rulebases beside the security policy (NAT, QoS, decryption, ...), as far as it goes which rule a flow meets
// first: they are read by the same engine, as security rules of the same conditions.
#pragma once

#include <string_view>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

/// The configuration with the rules of `base` ("nat", "decryption", ...) in the place of the security rules of each
/// virtual system. What they do is gone, what they ask of a flow is kept.
NodePtr as_security_rules(const NodePtr& configuration, std::string_view base);

}  // namespace sim::panos
