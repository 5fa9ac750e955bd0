// `firebreak-bridge inspect`: what would be extracted from payloads, and what the policy would leave of it.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "bridge/domain/policy/policy.hpp"
#include "bridge/fireeye/notification_reader.hpp"

namespace bridge::operate {

/// Writes one JSON line per alert, in document order; for a file that is no notification an {"file","error"} line.
/// Goes through all files and returns the exit code: 1 if one could not be read, else 0.
int inspect(const std::vector<std::string>& files, const domain::Policy& policy, const fireeye::ReadingRules& rules,
            std::ostream& out);

}  // namespace bridge::operate
