// Does to a mock firewall what the timetable says, and takes back what does not end by itself.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "sim/lab/real/real_firewall.hpp"
#include "sim/soak/plan/timetable.hpp"

namespace sim::soak {

/// A block of ours on the firewall: its object, and the group whose member that is.
struct Member {
    std::string object;
    std::string group;
};

/// On the thread of the firewall's loop. `victim` is whom a colleague removes, if anybody. Errors: what the firewall
/// answered a colleague who was refused, which is no fault of anybody's.
tl::expected<void, std::string> begin_disturbance(lab::RealFirewall& firewall, const Disturbance& what,
                                                  const std::optional<Member>& victim);

/// At its end; nothing for those that end by themselves. `told` gets what must not have been: a colleague's
/// uncommitted change in the running configuration.
tl::expected<void, std::string> end_disturbance(lab::RealFirewall& firewall, const Disturbance& what,
                                                const std::function<void(std::string)>& told);

}  // namespace sim::soak
