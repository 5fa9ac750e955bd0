// Password hashes as the configuration holds them (`phash`): what crypt(3) makes, so that hashes of real devices are
// understood as well.
#pragma once

#include <string>
#include <string_view>

#include "sim/panos/tree/version.hpp"

namespace sim::panos {

/// What `request password-hash` answers: "$1$..." before 10.0, "$5$..." from there. `salt` is turned into letters.
std::string password_hash(std::string_view password, std::uint64_t salt, const Version& version);
/// False for a hash that is none ("*").
bool password_fits(std::string_view password, std::string_view hash);

}  // namespace sim::panos
