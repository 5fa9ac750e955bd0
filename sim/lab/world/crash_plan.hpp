// At which durable steps the bridge under test dies, and what it tells of them: for firebreak-bridge-crash, see
// bridge/store/crash/steps.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sim::lab {

struct CrashPlan {
    std::vector<std::uint64_t> at;  // numbers of steps, through all lives of the bridge; empty: it only counts
    std::uint64_t seed = 1;         // which unsynced writes survive
    bool disk_lies = false;         // no sync does anything
};

/// What the bridge has written of its steps.
struct CrashLog {
    std::vector<std::string> steps;          // names, in order; steps[0] is number 1
    std::vector<std::uint64_t> killed_at{};  // numbers

    /// "17, after the commit"
    std::string told(std::uint64_t number) const;
};

/// A file that is not there yet is an empty log.
CrashLog read_crash_log(const std::string& file);

/// "NAME=VALUE" for the bridge's environment.
std::vector<std::string> environment_of(const CrashPlan& plan, const std::string& log_file);

}  // namespace sim::lab
