// The alert of an HX, which shares nothing with those of the other products but its envelope (reference §4.3).
#pragma once

#include "sim/fireeye/alert_types.hpp"
#include "sim/fireeye/appliance_profile.hpp"
#include "sim/fireeye/element.hpp"
#include "sim/fireeye/incident.hpp"

namespace sim::fireeye {

/// For JSON only: its keys have slashes, and its values numbers, true and null. An IPv4 attacker is the remote end of a
/// network event; any other attacker is not told.
Element endpoint_alert(const Dialect& dialect, const Incident& incident, const TypeFacts& facts);

}  // namespace sim::fireeye
