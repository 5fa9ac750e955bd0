// The operator's commands about blocks: they ask the running bridge (operator_requests.hpp) and print what it says.
#pragma once

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include "bridge/operate/config/config.hpp"

namespace bridge::operate {

using Parameters = std::vector<std::pair<std::string, std::string>>;  // empty values are left out

/// "?state=held&target=hq", or empty.
std::string query_of(const Parameters& parameters);

/// Orders `verb` ("unblock", "rollback", ...) in the name of the user who runs the command. Prints what was done, or
/// with `as_json` the answer. Returns the exit code; on failure the reason goes to `errors`.
int give_order(const Config& config, const std::string& verb, Parameters parameters, bool as_json, std::ostream& out,
               std::ostream& errors);

/// Prints the audit trail of one address.
int explain(const Config& config, const std::string& indicator, bool as_json, std::ostream& out, std::ostream& errors);

}  // namespace bridge::operate
