// What a commit or a validation warns of, although it goes well.
#pragma once

#include <string>
#include <vector>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

/// Contents of <line> in <warnings>, escaped. Two of the many that a device has: lists fetched by HTTPS without a
/// certificate profile, and layer 3 interfaces without a zone.
/// Source: results of real commits in the test data of demisto/content and splunk-soar-connectors/panorama.
std::vector<std::string> commit_warnings(const NodePtr& configuration);

}  // namespace sim::panos
