#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "bridge/operate/config/config_reading.hpp"

namespace bridge::operate {

using namespace domain;

void read_appliances(ConfigReading& reading, const yaml::Node* appliances) {
    if (appliances == nullptr) {
        return;
    }
    if (!appliances->is_map()) {
        reading.problems.add(appliances->mark, "appliances",
                             fmt::format("must be a map: {{NAME OR APPLIANCE-ID: {{ips_direction: ...}}}}, found {}",
                                         yaml::kind_of(*appliances)));
        return;
    }
    std::map<std::string, std::string> names;  // as written, by what they are compared by
    for (const yaml::Entry& entry : appliances->entries) {
        check_entry_name(reading, "appliances", entry);
        std::string folded = entry.key;
        std::transform(folded.begin(), folded.end(), folded.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        if (const auto [first, added] = names.emplace(folded, entry.key); !added) {
            reading.problems.add(
                entry.mark, fmt::format("appliances.{}", entry.key),
                fmt::format("'{}' is given twice, as '{}' too; one of the two is to go", entry.key, first->second));
        }
        yaml::Reader appliance(entry.value, fmt::format("appliances.{}", entry.key), reading.problems);
        const std::string direction = appliance.text("ips_direction", "traffic");
        if (direction != "traffic" && direction != "normalized") {
            appliance.complain(*entry.value.find("ips_direction"), "ips_direction",
                               fmt::format("'{}' is neither traffic nor normalized", direction));
        }
        appliance.finish();
        reading.config.engine.reading.set_direction_of(
            entry.key, direction == "normalized" ? fireeye::IpsDirection::normalized : fireeye::IpsDirection::traffic);
    }
}

void read_site(ConfigReading& reading, const yaml::Node* node) {
    if (node == nullptr) {
        return;
    }
    yaml::Reader reader(*node, "site", reading.problems);
    fireeye::Site& site = reading.config.engine.reading.site;
    site.networks = reading.prefixes(reader, "site", "networks");
    site.proxies = reading.prefixes(reader, "site", "proxies");
    site.resolvers = reading.prefixes(reader, "site", "resolvers");
    reader.finish();
}

}  // namespace bridge::operate
