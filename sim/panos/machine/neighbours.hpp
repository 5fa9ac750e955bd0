// The devices that one has to do with, as its inside sees them: its Panorama, or the firewalls of a Panorama, and its
// HA peer.
#pragma once

#include <string_view>

namespace sim::panos {

struct Machine;

class Neighbours {
public:
    Neighbours() = default;
    virtual ~Neighbours() = default;
    Neighbours(const Neighbours&) = delete;
    Neighbours& operator=(const Neighbours&) = delete;

    // Null where there is none.
    virtual Machine* by_serial(std::string_view serial) const = 0;
    virtual Machine* panorama_of(const Machine& firewall) const = 0;
    virtual Machine* peer_of(const Machine& device) const = 0;
    /// A firewall that this Panorama manages and that is connected to it.
    virtual Machine* connected_to(const Machine& panorama, std::string_view serial) const = 0;
};

}  // namespace sim::panos
