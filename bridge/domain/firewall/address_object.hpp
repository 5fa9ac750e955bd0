// An indicator as an address object on a firewall: its name there, and what we call ours.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bridge/domain/value/indicator.hpp"

namespace bridge::domain {

/// Begins the name of every address object that the bridge makes.
inline constexpr std::string_view address_name_prefix = "firebreak-";

/// PAN-OS takes no longer name of an address object or group.
inline constexpr std::size_t name_characters_max = 63;

/// FNV-1a, 64 bits: tells names apart that had to be cut.
std::uint64_t fnv1a(std::string_view text);

/// The object's name: "firebreak-203.0.113.5", "firebreak-2001-db8--5", "firebreak-2001-db8-0-7--_64" (a
/// prefix), "firebreak-evil.example". PAN-OS takes letters,
/// digits, hyphen, underscore and period, at most 63 characters; a longer domain name keeps its head and gets 16 hex
/// digits of FNV-1a 64 behind it.
std::string address_name_of(const Indicator& indicator);

struct AddressObject {
    std::string name;
    Indicator indicator;
};

/// An address object as the firewall has it.
struct SeenObject {
    std::string name;
    std::string kind;   // "ip-netmask", "fqdn", ...
    std::string value;  // as the firewall writes it
    bool ours = false;  // carries our tag

    /// Whether it stands for this indicator ("203.0.113.5/32" stands for 203.0.113.5).
    bool stands_for(const Indicator& indicator) const;
    /// Whether it stands for the one indicator whose object has that name; never, where the name is so long that it may
    /// have been cut and several indicators may share it.
    bool is_as_named() const;
};

}  // namespace bridge::domain
