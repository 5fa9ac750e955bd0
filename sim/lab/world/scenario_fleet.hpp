// What the firewalls of a scenario have to do with each other: a Panorama manages some, two are an HA pair.
#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "sim/lab/story/scenario.hpp"
#include "sim/panos/device.hpp"
#include "sim/panos/fleet.hpp"

namespace sim::lab {

/// Joins the devices, where the scenario says that they know each other. Errors say which do not fit together.
tl::expected<void, std::string> bring_together(panos::Fleet& fleet, const Scenario& scenario,
                                               const std::function<panos::Device&(const std::string&)>& device,
                                               panos::Instant now);

}  // namespace sim::lab
