// Writes requests of the PAN-OS XML API.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridge/domain/firewall/call.hpp"
#include "bridge/domain/value/secret.hpp"
#include "bridge/panos/transport.hpp"

namespace bridge::panos {

/// Begins the description of a child group of ours; the group that it continues follows.
inline constexpr std::string_view child_description = "firebreak: continues ";

/// The comment of a tag that the bridge made.
inline constexpr std::string_view tag_comments = "made by firebreak for what it blocks";

/// Where on the device the bridge works.
struct Place {
    std::string vsys = "vsys1";
    std::string group;
    std::string tag;    // on every address object and child group of ours; empty: child groups by their description
    std::string admin;  // whose changes a commit takes along; see Session
    std::string device_group{};  // of a Panorama, or "shared"; empty: a firewall

    bool on_panorama() const { return !device_group.empty(); }
    bool in_shared() const { return device_group == "shared"; }
};

/// "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']"
std::string vsys_xpath(const Place& place);

/// What holds our objects and groups: the vsys, or the device group or shared part of a Panorama.
std::string objects_xpath(const Place& place);

/// The form for one call of the enforcer, without any key. Of ReadCapacity and ReadDevices, which need several
/// requests, the main one; see Session.
std::string form_of(const domain::Call& call, const Place& place);

/// A keygen: user in the form, password in the secret tail (PAN-OS XML API, type=keygen).
ApiRequest keygen_request(std::string_view user, const domain::Secret& password);

/// The most that the device takes of each kind of object (PAN-OS, /config/platform/limits).
std::string form_of_limits();
/// The names of all address objects of a firewall, of every vsys and shared, in the candidate.
std::string form_of_object_names();
/// A Panorama's device groups as a tree, and with their firewalls.
std::string form_of_hierarchy();
std::string form_of_device_groups();
/// Which of a pair a device is.
std::string form_of_ha_state();

/// Reads our object in the candidate, whose marks tell which administrator's changes ours are.
std::string form_of_own_marks(const Place& place, std::string_view object);

std::string url_encoded(std::string_view text);

}  // namespace bridge::panos
