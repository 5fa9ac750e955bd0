// The alert types, and what each usually has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/fireeye/appliance_profile.hpp"

namespace sim::fireeye {

/// Types that are made alike.
enum class Shape { callback, domain_match, web_infection, object, ips, lateral, endpoint };

struct TypeFacts {
    std::string_view name;
    Shape shape;
    std::string_view severity;
    std::string_view malware;
    std::string_view url_key;  // what the alert-url of the event stream refers to it by (reference §6)
    unsigned since_major;      // the first release that the matrix lists it for (inferred)
    unsigned since_minor;
};

/// nullptr for a type that is not known.
const TypeFacts* facts_of(std::string_view type);

/// Whether appliances of this kind report this type at all: an NX what it sees in traffic, an HX what happens at
/// endpoints, the others objects.
bool reports(Product observer, const TypeFacts& facts);

/// In the order of the reference's table.
std::vector<std::string_view> all_types();

}  // namespace sim::fireeye
