// A load run in the real world: the bridge's program as a child process, mock firewalls behind TLS on this host, and
// notifications over HTTP, all by the wall's clock.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <tl/expected.hpp>

#include "sim/load/stage/setup.hpp"

namespace sim::load::stage {

/// Where a run stands.
struct Progress {
    Micros now{0};
    std::size_t alerts = 0;
    std::size_t sent = 0;
    std::size_t acknowledged = 0;  // answered, whatever the answer
    std::size_t enforced = 0;      // on the firewall that is last, of those that are not dead
};

struct RealOptions {
    std::string bridge;  // path of the program
    std::stop_token stop{};
    bool keep = false;                                   // leave the directory; a remark names it
    std::function<void(const Progress&)> on_progress{};  // a few times a second
};

/// Errors: what kept the run from beginning. What goes wrong later is in the measurement's remarks.
tl::expected<Measurement, std::string> run_real(const Setup& setup, const RealOptions& options);

}  // namespace sim::load::stage
