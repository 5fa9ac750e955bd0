// Several devices in one process that have to do with each other: a Panorama with its firewalls, the two of an HA pair.
// They live in one time: whoever advances one of them advances all. The devices are made and owned elsewhere; either
// side may go first, a device that goes leaves the fleet.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/panos/node.hpp"

namespace sim::panos {

class Device;
struct Machine;

/// Where a firewall belongs on its Panorama. Groups and stacks are made when they are missing.
struct Membership {
    std::string device_group;    // empty: none
    std::string template_stack;  // the same
};

class Fleet {
public:
    Fleet();
    ~Fleet();
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

    // ---- for the devices' insides -----------------------------------------------------------------------------------
    Machine* by_serial(std::string_view serial) const;
    Machine* panorama_of(const Machine& firewall) const;
    Machine* peer_of(const Machine& device) const;
    /// A firewall that this Panorama manages and that is connected to it, or null.
    Machine* connected_to(const Machine& panorama, std::string_view serial) const;
    /// Its running configuration has changed by a commit of its own: the peer gets it.
    void committed(Machine& device, Instant at);
    void leave(Machine& machine);

private:
    struct Member;
    std::vector<std::unique_ptr<Member>> members_;
    std::vector<Device*> devices_;

    Member* find(const Machine& machine) const;
    Member* find(const Device& device) const;
};

/// A job of `peer`, running or waiting, takes over the configuration of the device that it is the peer of.
bool synchronises_now(const Machine& peer);
/// Starts such a job, unless one waits, which will take the newest.
void synchronise_to(Machine& peer, Instant now);

/// Carries out on the HA peer what was done on `device` and is kept in step without a commit (registered addresses).
/// Nothing when there is no peer, or it is down.
void at_peer(const Machine& device, const std::function<void(Machine& peer)>& change);

}  // namespace sim::panos
