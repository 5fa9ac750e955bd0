// What may stand where in the configuration, as far as blocking and its surroundings go: the top of the tree, the
// scopes, and addresses, groups, tags, services, lists, zones and security rules in full. What lies deeper in parts
// that are not listed is taken as it comes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/version.hpp"

namespace sim::panos {

/// `tag` may be a child of the node at `parent` in that release (true as well where nothing is known).
bool may_hold(const Way& parent, std::string_view tag, const Version& version);
/// What only a Panorama has (device groups, templates, pre- and post-rules) or only a firewall.
bool model_has(bool panorama, const Way& parent, std::string_view tag);

/// How a field of a known object is to be read.
enum class Field {
    unknown,  // taken as it comes, with whatever is in it
    text,     // up to 1023 characters
    yes_no,
    netmask,
    range,
    fqdn,
    wildcard,
    colour,
    action,         // of a security rule
    rule_type,      // universal, intrazone, interzone
    category_type,  // of a custom URL category: URL List, Category Match
    ports,          // "80,8080-8090"
    filter,         // of a dynamic address group: 'a' and ('b' or not 'c')
    source_url,
    hour,            // of a day: 0 to 23, two digits
    day_of_week,     // monday, ...
    day_of_month,    // 1 to 31
    clock_ranges,    // a list of "08:00-17:00"
    moments_ranges,  // a list of "2026/01/31@08:00-2026/02/01@08:00"
    words,           // a list that is taken as it comes
    // lists of references
    group_members,
    addresses,
    zones,
    services,
    tags,
    applications,
    categories,
    profile_groups,
    profiles,    // security profiles of the kind that the list's tag says
    interfaces,  // of the device
    // single references
    schedule_name,
    log_profile_name,
    tag_name,
};

/// A field of a known object and its way below the object: "type/ip/url".
struct FieldRow {
    std::string_view path;
    Field field;
    int since = 0;   // the first release that has it, 901 for 9.1; 0: all
    int before = 0;  // the first that no longer has it; 0: none

    bool is_in(const Version& version) const {
        const int release = version.major * 100 + version.minor;
        return release >= since && (before == 0 || release < before);
    }
};
/// The fields of a kind; what is not below one of them is not expected there.
std::span<const FieldRow> fields_of(Kind kind);
/// The field at that path below an object, or Field::unknown.
Field field_of(Kind kind, std::string_view path);

/// The tags from step `from` on, joined by slashes, as FieldRow spells paths.
std::string path_below(const Way& way, std::size_t from);

/// Holds `member`s.
bool is_list(Field field);
/// Names other objects.
bool is_reference(Field field);
/// A name in that field can be the name of an object of that kind.
bool can_name(Field field, Kind kind);

/// Tags that may stand below `parent`, as far as they are known: what `complete` offers. A container of entries has
/// none.
std::vector<std::string> children_known(const Way& parent);

struct Limits {
    std::size_t addresses = 10000;
    std::size_t groups = 1000;
    std::size_t members_per_group = 2500;
    std::size_t rules = 10000;
    std::size_t services = 2000;
    std::size_t services_per_group = 500;
    std::size_t registered_addresses = 200'000;  // by User-ID, with tags
    std::size_t list_addresses = 50'000;         // addresses of all external lists together
};

/// What a model takes (model.cpp): PA-VM as it reports itself, the others by the data sheets.
Limits limits_of(std::string_view model);

}  // namespace sim::panos
