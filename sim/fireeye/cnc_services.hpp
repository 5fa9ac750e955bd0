// The `cnc-service` entries of an alert, before they are spelt.
#pragma once

#include <string>
#include <vector>

#include "sim/fireeye/alert_types.hpp"
#include "sim/fireeye/appliance_profile.hpp"
#include "sim/fireeye/incident.hpp"

namespace sim::fireeye {

struct ShownService {
    CncService service;
    std::string server;  // who is really talked to; differs from the address when that is a proxy's
    bool proxied = false;
    bool has_channel = true;  // something was said; a DNS query has no channel
};

/// In the order in which they stand. None at the concise level: "callback details" come with normal (reference §2.3).
std::vector<ShownService> shown_services(const Dialect& dialect, const Incident& incident, const TypeFacts& facts);

}  // namespace sim::fireeye
