// What is asked of a device about registered addresses (User-ID), and what it answers: addresses that carry a tag,
// which dynamic address groups take up without a commit.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/domain/value/ip_address.hpp"

namespace bridge::domain {

struct ReadSystem {};        // model and release, from which follow paging and timeouts
struct ReadDynamicGroup {};  // our group among those that the device's policy uses; also one that Panorama pushed

/// Addresses that carry our tag, from the `from`th on (PAN-OS counts from 1), at most `limit`. A limit of 0 asks for
/// all at once, which is what releases before 8.0 know.
struct ReadRegistered {
    std::size_t from = 1;
    std::size_t limit = 0;
};
struct ReadRegisteredAddress {
    IpAddress address;
};
struct CountRegistered {};  // of all tags: they share the device's room

/// One message: `gone` lose our tag, then `fresh` get it. An address in both starts its time anew.
struct RegisterAddresses {
    std::vector<IpAddress> gone;
    std::vector<IpAddress> fresh;
    std::chrono::seconds timeout{0};  // of the fresh ones; 0: they stay until they are unregistered
};

struct SystemSeen {
    std::string model;
    std::string release;  // "10.1.9-h1"
};

struct RegisteredSeen {
    std::vector<IpAddress> addresses;  // those that are one host
    std::size_t entries = 0;           // listed in all, subnets and ranges too
    bool cut = false;                  // the device put its list into a file instead (before 8.0, beyond 500 entries)
};

struct RegisteredCounted {
    std::size_t addresses = 0;
};

/// How many registered addresses a model takes, by the documentation's table; 0 where it tells nothing, as of "PA-VM",
/// which every virtual machine calls itself whatever its licence.
std::size_t registered_addresses_max(std::string_view model);

/// What the device said of single entries; of the others it said nothing, which is success.
struct RegistrationAnswered {
    struct Refused {
        IpAddress address;
        std::string message;
        bool fresh = true;  // else it was to lose the tag
    };
    std::vector<IpAddress> existed;  // had the tag already
    std::vector<Refused> refused;    // and why, in the device's words
};

}  // namespace bridge::domain
