// One target as the configuration has it, and which enforcer drives it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bridge/domain/enforcer.hpp"
#include "bridge/domain/group_enforcer.hpp"
#include "bridge/panos/session.hpp"

namespace bridge::engine {

/// One PAN-OS firewall, and how to reach and drive it.
struct TargetSettings {
    std::string name;  // in the configuration: "hq"
    domain::GroupSettings group;
    panos::Place place;
    panos::Credentials credentials;
};

/// The enforcer for the target's way to block. `blocks` is what the ledger has for it; the seed decides the jitter.
std::unique_ptr<domain::Enforcer> make_enforcer(const TargetSettings& settings,
                                                const std::vector<domain::Block>& blocks, std::uint64_t seed);

}  // namespace bridge::engine
