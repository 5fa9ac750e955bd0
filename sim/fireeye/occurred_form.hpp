// Times as the releases write them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "sim/fireeye/appliance_profile.hpp"

namespace sim::fireeye {

/// "2013-10-25T18:09:25Z"
std::string iso_time(std::chrono::sys_seconds when);

/// "2021-02-25T06:02:28.113+00:00", without the point when there are no milliseconds.
std::string hx_time(std::chrono::sys_seconds when, std::string_view milliseconds);

/// Times inside an alert: ISO, but "2020-08-20 16:41:47 +0000" in the REST dialect.
std::string inner_time(const Dialect& dialect, std::chrono::sys_seconds when);

/// `occurred` of an alert: as the inner times, but "2016-01-19 08:30:21+00" in 7.x JSON of NX (all types but
/// ips-event).
std::string occurred_form(const Dialect& dialect, std::string_view type, std::chrono::sys_seconds when);

}  // namespace sim::fireeye
