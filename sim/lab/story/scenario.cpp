#include "sim/lab/story/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sim::lab {

std::string Range::text() const {
    if (min == max) {
        return fmt::format("{}", min);
    }
    if (min == 0) {
        return fmt::format("at most {}", max);
    }
    if (max == INT64_MAX) {
        return fmt::format("at least {}", min);
    }
    return fmt::format("{} to {}", min, max);
}

std::string Answer::text() const {
    switch (kind) {
        case Kind::status:
            return fmt::format("{}", status);
        case Kind::none:
            return "none";
        case Kind::any:
            return "any";
    }
    return "any";
}

const TargetSetup* BridgeSetup::target(const std::string& firewall) const {
    const auto found = std::find_if(targets.begin(), targets.end(),
                                    [&](const auto& it) { return it.firewall == firewall && !it.list; });
    return found == targets.end() ? nullptr : &*found;
}

bool Scenario::has_lists() const {
    return std::any_of(bridge.targets.begin(), bridge.targets.end(), [](const auto& it) { return it.list; });
}

const FirewallSetup* Scenario::firewall(const std::string& name) const {
    const auto found =
        std::find_if(firewalls.begin(), firewalls.end(), [&](const auto& it) { return it.name == name; });
    return found == firewalls.end() ? nullptr : &*found;
}

const ApplianceSetup* Scenario::appliance(const std::string& name) const {
    const auto found =
        std::find_if(appliances.begin(), appliances.end(), [&](const auto& it) { return it.name == name; });
    return found == appliances.end() ? nullptr : &*found;
}

bool Scenario::has_fleet() const {
    return std::any_of(firewalls.begin(), firewalls.end(),
                       [](const auto& it) { return !it.panorama.empty() || !it.ha_peer.empty(); });
}

const std::string& Scenario::ha_peer_of(const std::string& firewall_name) const {
    static const std::string none;
    for (const FirewallSetup& each : firewalls) {
        if (each.name == firewall_name && !each.ha_peer.empty()) {
            return each.ha_peer;
        }
        if (each.ha_peer == firewall_name) {
            return each.name;
        }
    }
    return none;
}

bool Scenario::comes_before(const std::string& one, const std::string& other) const {
    return firewall(one) < firewall(other);
}

const TargetSetup* Scenario::target_of(const std::string& firewall_name) const {
    const TargetSetup* const own = bridge.target(firewall_name);
    const std::string& peer = ha_peer_of(firewall_name);
    return own == nullptr && !peer.empty() ? bridge.target(peer) : own;
}

}  // namespace sim::lab
