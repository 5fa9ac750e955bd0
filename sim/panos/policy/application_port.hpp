// The default ports of well-known applications: what `application-default` in a rule's service means for them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace sim::panos {

struct ApplicationPort {
    std::string_view protocol;
    std::uint16_t port = 0;
};

/// Empty for an application that the mock does not know, and for one without ports (ping).
std::span<const ApplicationPort> default_ports(std::string_view application);
/// The application is one of those whose ports are known here.
bool application_is_known(std::string_view application);

}  // namespace sim::panos
