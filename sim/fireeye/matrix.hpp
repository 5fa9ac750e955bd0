// What this mock appliance can send, and how sure the reference is of each: `firebreak-lab fireeye list`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/fireeye/alert_content.hpp"
#include "sim/fireeye/appliance_profile.hpp"

namespace sim::fireeye {

/// Where the shape of a cell comes from: a real payload that was published, the vendor's manual, or the twin in another
/// dialect.
enum class Certainty { real_sample, documented, inferred };

std::string_view name_of(Certainty certainty);

struct Cell {
    std::string product;  // these four as in ApplianceProfile
    std::string version;
    std::string format;
    std::string type;
    Certainty certainty = Certainty::inferred;
    Carried carried;
};

/// Every product with its releases, formats and types.
std::vector<Cell> matrix();

}  // namespace sim::fireeye
