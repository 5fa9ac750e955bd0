// What a process of this host has used, by /proc (proc(5): stat fields 14 and 15, VmHWM of status).
#pragma once

#include <optional>

#include "sim/load/measurement.hpp"

namespace sim::load::stage {

/// nullopt: there is no such process, or it cannot be looked at.
std::optional<ProcessUse> use_of_process(int pid);

/// What a process holds at this moment.
struct ProcessNow {
    std::size_t resident_bytes = 0;
    std::size_t threads = 0;
};

/// By /proc/PID/status (VmRSS, Threads). nullopt: as above.
std::optional<ProcessNow> process_now(int pid);

/// The value of a sample without labels on a Prometheus page.
std::optional<double> sample_of(std::string_view page, std::string_view name);

}  // namespace sim::load::stage
