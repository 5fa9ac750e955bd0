// Which attackers and victims of an incident a reader of its notification can and must find. This is the mock's own
// reading of the reference (§5): a scenario's expectations are made from it, and never from what the bridge says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/fireeye/appliance_profile.hpp"
#include "sim/fireeye/incident.hpp"

namespace sim::fireeye {

/// What of a plain incident a reader finds in a notification.
struct Carried {
    bool sent = false;     // the product sends this type at all
    bool address = false;  // an attacker that is an address
    bool name = false;     // an attacker that is a domain name
    bool victim = false;   // the victim's address
    bool read = false;     // a program reads alerts out of it; the text formats are only acknowledged (reference §4.4)
};

Carried carried(const Dialect& dialect, std::string_view type);

/// Of one incident with all that it says.
struct Findings {
    std::vector<std::string> attackers;  // to be blocked, as the document spells them, each once
    std::vector<std::string> victims;    // addresses
};

/// The incident is one that `render` takes.
Findings findings(const Dialect& dialect, const Incident& incident);

}  // namespace sim::fireeye
