#include "sim/fireeye/copies.hpp"

#include <utility>

namespace sim::fireeye {

ApplianceProfile as_reported_by(ApplianceProfile cm, const ApplianceProfile& sensor) {
    SensorProfile seen_by;
    const std::string ip = cm.sensor ? cm.sensor->ip : std::string();
    seen_by.name = sensor.name;
    seen_by.product = sensor.product;
    seen_by.version = sensor.version;
    seen_by.id = sensor.id;
    seen_by.ip = ip;
    cm.sensor = std::move(seen_by);
    return cm;
}

std::array<Incident, 2> in_dual_mode(const Incident& event) {
    std::array<Incident, 2> both{event, event};
    both[0].mvx_status = "pending";
    both[1].mvx_status = "confirmed";
    return both;
}

}  // namespace sim::fireeye
