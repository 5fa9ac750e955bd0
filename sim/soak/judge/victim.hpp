// Whose block a colleague takes away: one that would be missed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/soak/judge/account.hpp"

namespace sim::soak {

/// An attacker whose block stands on that firewall and must stand on, so that the bridge has to put it back: the first
/// from `draw` on, round the pool. `objects` has by attacker its object's name there; empty: it has none. nullopt:
/// there is none just now.
std::optional<std::size_t> victim_at(const Account& account, std::size_t firewall,
                                     const std::vector<std::string>& objects, std::uint64_t draw, Micros now);

}  // namespace sim::soak
