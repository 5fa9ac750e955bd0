#include <fmt/format.h>

#include "bridge/operate/config_reading.hpp"

namespace bridge::operate {

using namespace domain;

void read_appliances(ConfigReading& reading, const yaml::Node* appliances) {
    if (appliances == nullptr) {
        return;
    }
    if (!appliances->is_map()) {
        reading.problems.add(appliances->mark, "appliances",
                             "must be a map: {NAME OR APPLIANCE-ID: {ips_direction: ...}}");
        return;
    }
    for (const yaml::Entry& entry : appliances->entries) {
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
