// Times as the releases write them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "sim/fireeye/appliance_profile.hpp"

namespace sim::fireeye {

/// "2013-10-25T18:09:25Z"
std::string iso_time(std::chrono::sys_seconds when);

/// `occurred` of an alert: ISO, but "2016-01-19 08:30:21+00" in 7.x JSON of NX (all types but ips-event).
std::string occurred_form(const Dialect& dialect, std::string_view type, std::chrono::sys_seconds when);

}  // namespace sim::fireeye
