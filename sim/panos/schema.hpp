// What may stand where in the configuration, as far as blocking and its surroundings go: the top of the tree, the
// scopes, and addresses, groups, tags, services, lists, zones and security rules in full. What lies deeper in parts
// that are not listed is taken as it comes.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/panos/place.hpp"

namespace sim::panos {

/// `tag` may be a child of the node at `parent` (true as well where nothing is known).
bool may_hold(const Way& parent, std::string_view tag);

/// How a field of a known object is to be read.
enum class Field {
    unknown,  // taken as it comes
    text,     // up to 1023 characters
    yes_no,
    netmask,
    range,
    fqdn,
    wildcard,
    colour,
    action,  // of a security rule
    group_members,
    addresses,
    zones,
    services,
    tags,   // lists of references
    words,  // a list that is taken as it comes
};
Field field_of(Kind kind, std::string_view name);

struct Limits {
    std::size_t addresses = 10000;
    std::size_t groups = 1000;
    std::size_t members_per_group = 2500;
    std::size_t rules = 10000;
};

/// What a model takes: PA-VM as it reports itself; the larger ones by the data sheets, per model family.
Limits limits_of(std::string_view model);

}  // namespace sim::panos
