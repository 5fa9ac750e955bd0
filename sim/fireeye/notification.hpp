// A notification as the appliance posts it: body, headers, and what its release says of itself.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "sim/fireeye/appliance_profile.hpp"
#include "sim/fireeye/incident.hpp"

namespace sim::fireeye {

struct RenderedNotification {
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;  // on top of what every request has
    std::string content_type;
    std::string user_agent;
    std::vector<std::string> notes;  // for people: what of the incident this format does not hold
};

/// One body with an alert for each incident; they are written newest first, as appliances send them (LIFO).
///
/// Errors   a line that names the profile or the incident, and what to choose instead
tl::expected<RenderedNotification, std::string> render(const ApplianceProfile& profile,
                                                       std::span<const Incident> incidents);

/// A captured payload, byte for byte; the content type follows from its first byte.
RenderedNotification from_file(std::string_view text);

}  // namespace sim::fireeye
