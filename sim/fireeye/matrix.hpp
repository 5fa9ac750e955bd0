// What this mock appliance can send, and how sure the reference is of each: `firebreak-lab fireeye list`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/fireeye/appliance_profile.hpp"
#include "sim/fireeye/carried.hpp"
#include "sim/fireeye/incident.hpp"

namespace sim::fireeye {

/// Where the shape of a cell comes from: a real payload that was published, the vendor's manual, or the twin in another
/// dialect.
enum class Certainty { real_sample, documented, inferred };

/// "real sample", "vendor documentation", "inferred"
std::string_view name_of(Certainty certainty);

struct Cell {
    std::string product;  // these four as in ApplianceProfile
    std::string version;
    std::string format;
    std::string type;
    Certainty certainty = Certainty::inferred;
    Carried carried{};
    std::string note{};  // what to know about it; empty for most
};

/// Every product with its releases, formats and types. `render` takes more than is listed: other releases, and types in
/// releases before those that they are listed for.
std::vector<Cell> matrix();

ApplianceProfile profile_of(const Cell& cell, std::string name);

/// One plain incident for a cell, the same each time: attacker 203.0.113.x, or bad-nn.example.net where the cell
/// carries names only, victim 192.0.2.x, or user-nn@example.com for mail. What must be found of it: `findings`.
Incident typical_incident(const Cell& cell);

}  // namespace sim::fireeye
