// What was decided on an alert, as the JSON object that `inspect` prints and the journal keeps.
#pragma once

#include <string>
#include <string_view>

#include "bridge/domain/policy/policy.hpp"

namespace bridge::engine {

/// {"attackers":[...],"victims":[...],"domains":[...],"blockable":[...],"ignored":[{"address","reason"}]}, and
/// "dry_run":true when it was only decided and not done.
std::string decision_json(const domain::Alert& alert, const domain::Decision& decision, bool dry_run = false);

/// The line that `inspect` prints: the same, after "file","format","appliance","alert_id","type","severity","occurred".
std::string inspect_json(std::string_view file, const domain::Notification& notification, const domain::Alert& alert,
                         const domain::Decision& decision);

/// {"file","error"}
std::string inspect_error_json(std::string_view file, std::string_view error);

}  // namespace bridge::engine
