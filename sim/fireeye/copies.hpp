// How one event comes to be notified more than once (reference §6): by the sensor and by the CM that manages it, and
// twice by one appliance whose IPS events are delivered in `dual` mode.
#pragma once

#include <array>
#include <string>

#include "sim/fireeye/appliance_profile.hpp"
#include "sim/fireeye/incident.hpp"

namespace sim::fireeye {

/// The CM as it reports what `sensor` saw: its own envelope, and in it the name, product, release and id of the sensor.
/// What is invented (ports, hashes, the uuid where the release has one) is the same as in the sensor's own
/// notification; the id is too, unless the incident has a `cm_id` (which of the two is true of real CMs is not known).
ApplianceProfile as_reported_by(ApplianceProfile cm, const ApplianceProfile& sensor);

/// `fenotify preferences ips-delivery-mode dual`: when detected, and again when the sandbox confirmed it. Both have
/// the event's id and uuid. (The two values of mvx-status are inferred.)
std::array<Incident, 2> in_dual_mode(const Incident& event);

}  // namespace sim::fireeye
