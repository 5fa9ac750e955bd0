// What is fired: a notification for each alert of a run, as an NX posts it in xml-normal (about 1 KB), each with an id
// and an attacker of its own.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/fireeye/notification.hpp"

namespace sim::load {

/// Attacker number i: 198.18.0.0/15, the range for benchmarks (RFC 2544), and when that is used up 2001:db8::/32 (RFC
/// 3849). All differ, so each alert asks for a block of its own.
std::string attacker(std::size_t i);
std::vector<std::string> attackers(std::size_t count);
/// Out of 2001:db8::/32 alone, which the bridge blocks by its defaults.
std::string documentation_attacker(std::size_t i);

/// The notification of one alert. Errors: as fireeye::render.
tl::expected<fireeye::RenderedNotification, std::string> notification(const std::string& attacker, std::uint64_t id);

/// The whole HTTP/1.1 request, for a connection that is kept.
std::string as_request(const fireeye::RenderedNotification& notification, const std::string& host);

}  // namespace sim::load
