#include "sim/lab/world/scenario_fleet.hpp"

#include <algorithm>

namespace sim::lab {

tl::expected<void, std::string> bring_together(panos::Fleet& fleet, const Scenario& scenario,
                                               const std::function<panos::Device&(const std::string&)>& device,
                                               panos::Instant now) {
    if (!scenario.has_fleet()) {
        return {};
    }
    for (const FirewallSetup& setup : scenario.firewalls) {
        if (auto added = fleet.add(device(setup.name)); !added) {
            return added;
        }
    }
    // A pair has one configuration before a Panorama has a say in it; the one that comes first is active.
    for (const FirewallSetup& setup : scenario.firewalls) {
        const std::string& peer = scenario.ha_peer_of(setup.name);
        if (peer.empty() || !scenario.comes_before(setup.name, peer)) {
            continue;
        }
        if (auto paired = fleet.pair(device(setup.name), device(peer), now); !paired) {
            return paired;
        }
    }
    for (const FirewallSetup& setup : scenario.firewalls) {
        if (setup.panorama.empty()) {
            continue;
        }
        auto managed = fleet.manage(device(setup.panorama), device(setup.name), {setup.device_group, ""}, now);
        if (!managed) {
            return managed;
        }
    }
    return {};
}

}  // namespace sim::lab
