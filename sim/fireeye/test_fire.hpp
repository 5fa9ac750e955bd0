// What the Test-Fire button on the vendor's notifications page sends, by the values that make it recognisable
// (reference §2.3).
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include <tl/expected.hpp>

#include "sim/fireeye/appliance_profile.hpp"
#include "sim/fireeye/incident.hpp"

namespace sim::fireeye {

/// The synthetic alert of a type. Hosts are under fe-notify-examples.com and FireEye-TestEvent.example.com, addresses
/// in 127/8, names of malware FireEyeTestEvent-SIG, FETestEvent (mail and files), FEDNSTestEvent.DNS, IPS-TEST-FIRE.
Incident test_fire(Product observer, std::string_view type, std::uint64_t id, std::chrono::sys_seconds occurred);

}  // namespace sim::fireeye
