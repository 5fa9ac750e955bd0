// Several devices in one process that have to do with each other: a Panorama with its firewalls, the two of an HA pair.
// They live in one time: whoever advances one of them advances all. The devices are made and owned elsewhere; either
// side may go first, a device that goes leaves the fleet.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/panos/machine/neighbours.hpp"
#include "sim/panos/tree/node.hpp"

namespace sim::panos {

class Device;

/// Where a firewall belongs on its Panorama. Groups and stacks are made when they are missing.
struct Membership {
    std::string device_group;    // empty: none
    std::string template_stack;  // the same
};

class Fleet final : public Neighbours {
public:
    Fleet();
    ~Fleet() override;
    Fleet(const Fleet&) = delete;
    Fleet& operator=(const Fleet&) = delete;

    /// Errors: a name or a serial number that another one has.
    tl::expected<void, std::string> add(Device& device);
    /// Makes the firewall one of the Panorama's, connected, with all that Panorama's running configuration has for it
    /// already pushed; pending changes of the Panorama are lost. Errors: not a Panorama, not a firewall, in none of the
    /// fleet, managed already, or a local object of the name of a pushed one.
    tl::expected<void, std::string> manage(Device& panorama, Device& firewall, const Membership& membership,
                                           Instant now);
    /// Makes an HA pair of them, `first` active, with its configuration on both. Errors: as above.
    tl::expected<void, std::string> pair(Device& first, Device& second, Instant now);

    /// Does what is due in all devices by `now`, in the order of its times.
    void advance(Instant now);
    std::optional<Instant> next_event() const;

    /// The firewall's connection to its Panorama is cut, or is there again.
    bool set_connected(const Device& firewall, bool connected);
    /// The device fails, or works again; its peer takes over. False when it is in no pair.
    bool set_failed(const Device& device, bool failed, Instant now);
    const std::vector<Device*>& devices() const { return devices_; }
    /// The device that takes traffic: the active one of the pair, or the device itself.
    const Device& active(const Device& device) const;

    /// A device that goes.
    void leave(Device& device);

    Machine* by_serial(std::string_view serial) const override;
    Machine* panorama_of(const Machine& firewall) const override;
    Machine* peer_of(const Machine& device) const override;
    Machine* connected_to(const Machine& panorama, std::string_view serial) const override;

private:
    struct Member;
    std::vector<std::unique_ptr<Member>> members_;
    std::vector<Device*> devices_;

    Member* find(const Machine& machine) const;
    Member* find(const Device& device) const;
};

}  // namespace sim::panos
