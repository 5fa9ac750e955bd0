// The real world: the bridge's program as a child process, mock firewalls behind sockets on a thread of their own, and
// notifications over HTTP.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "sim/lab/story/scenario.hpp"
#include "sim/lab/world/crash_plan.hpp"
#include "sim/lab/world/world.hpp"

namespace sim::lab {

struct RealWorldOptions {
    std::string bridge;     // path of firebreak-bridge
    std::string directory;  // an empty one, for everything that the scenario makes
    std::uint64_t seed = 1;
    std::stop_token stop;  // waiting ends early

    /// Of a firebreak-bridge-crash: it dies at these steps and is started again at once, appliances send again what was
    /// not acknowledged, and an operator repeats an order whose answer was lost. The steps are told in `crash.log` in
    /// the directory.
    std::optional<CrashPlan> crash{};
};

/// Processes, sockets, files, and the wall's clock. `scenario` must outlive the world.
std::unique_ptr<World> make_real_world(const Scenario& scenario, RealWorldOptions options);

}  // namespace sim::lab
