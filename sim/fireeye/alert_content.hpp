// What an alert of a type contains, in a dialect: where each product, release and level puts attacker and victim.
// This is the sender's own reading of the reference; the bridge has another.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "sim/fireeye/appliance_profile.hpp"
#include "sim/fireeye/element.hpp"
#include "sim/fireeye/incident.hpp"

namespace sim::fireeye {

/// The `alert` element.
///
/// Errors   a line that names the incident and what cannot be said: a type that the product does not send, an attacker
///          that is a name where the type has addresses only, values that are no address, name or severity
tl::expected<Element, std::string> alert_content(const Dialect& dialect, const Incident& incident);

}  // namespace sim::fireeye
