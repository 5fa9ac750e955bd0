// The file of `firebreak-lab panos --fleet`: several devices in one process, and what they have to do with each other.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/panos/device.hpp"
#include "sim/panos/fleet.hpp"

namespace sim::lab {

struct FleetDevice {
    panos::DeviceOptions options;
    std::string listen = "127.0.0.1:0";
    std::string control = "127.0.0.1:0";
    std::string panorama;        // the name of the device that manages it; empty: none
    std::string device_group;    // there
    std::string template_stack;  // there
    std::string ha_peer;         // the name; of the two the one that comes first in the file is active
};

/// Reads
///
///     devices:
///       pano: {model: Panorama, listen: 127.0.0.1:8443, prepare: blocked, prepare_in: branches}
///       fw1: {panorama: pano, device_group: branches, template_stack: net, ha_peer: fw2, commit_time: 5s}
///       fw2: {panorama: pano, device_group: branches, version: "11.1", serial: "007051000000002"}
///
/// further keys: users (a list of NAME:PASSWORD), load (a file, from the fleet file's folder), control. Serial numbers
/// that are left out are made. Errors carry file, line and key.
tl::expected<std::vector<FleetDevice>, std::string> read_fleet(const std::string& file);

/// The devices, made and brought together. The fleet is the last to go.
struct MadeFleet {
    std::unique_ptr<panos::Fleet> fleet;
    std::vector<std::unique_ptr<panos::Device>> devices;  // in the file's order
};
tl::expected<MadeFleet, std::string> make_fleet(const std::vector<FleetDevice>& devices, panos::Instant now);

}  // namespace sim::lab
