// The virtual world: the bridge's engine, the device models and the appliances under one scheduler.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sim/lab/story/scenario.hpp"
#include "sim/lab/world/world.hpp"

namespace sim::lab {

/// One thread, no socket, no file; time jumps to the next event. `scenario` must outlive the world.
std::unique_ptr<World> make_virtual_world(const Scenario& scenario, std::uint64_t seed);

/// What in this scenario the virtual world does not have; nullopt when it can be played there.
std::optional<std::string> why_not_virtual(const Scenario& scenario);

}  // namespace sim::lab
