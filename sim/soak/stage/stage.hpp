// A soak: the bridge's program as a child process that is killed and started again, mock firewalls behind TLS that
// fail by a timetable, alerts at a fixed rate, and books of what must be denied where.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <tl/expected.hpp>

#include "sim/load/stage/setup.hpp"
#include "sim/soak/judge/result.hpp"

namespace sim::soak {

struct Setup {
    load::stage::Setup stage;  // firewalls, arrivals
    Question question;
    TimetablePlan timetable;
};

struct Options {
    std::string bridge;  // path of the program
    std::stop_token stop{};
    bool keep = false;                                      // leave the directory; a remark names it
    std::function<void(const std::string&)> on_progress{};  // a line a minute
};

/// Errors: what kept it from beginning. What goes wrong later is in the result.
tl::expected<Result, std::string> run(const Setup& setup, const Options& options);

}  // namespace sim::soak
