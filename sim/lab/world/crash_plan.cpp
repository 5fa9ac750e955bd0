#include "sim/lab/world/crash_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <fstream>

namespace sim::lab {

std::string CrashLog::told(std::uint64_t number) const {
    if (number == 0 || number > steps.size()) {
        return fmt::format("{}", number);
    }
    return fmt::format("{}, {}", number, steps[number - 1]);
}

CrashLog read_crash_log(const std::string& file) {
    CrashLog log;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        std::uint64_t number = 0;
        const char* const end = line.data() + line.size();
        const char* const stop = std::from_chars(line.data(), end, number).ptr;
        const std::string name(stop == end ? stop : stop + 1, end);
        if (name == "killed") {
            log.killed_at.push_back(number);
        } else {
            log.steps.push_back(name);
        }
    }
    return log;
}

std::vector<std::string> environment_of(const CrashPlan& plan, const std::string& log_file) {
    std::vector<std::string> all{"FIREBREAK_CRASH_LOG=" + log_file, fmt::format("FIREBREAK_CRASH_SEED={}", plan.seed)};
    if (!plan.at.empty()) {
        all.push_back(fmt::format("FIREBREAK_CRASH_AT={}", fmt::join(plan.at, ",")));
    }
    if (plan.disk_lies) {
        all.emplace_back("FIREBREAK_CRASH_DISK=lies");
    }
    return all;
}

}  // namespace sim::lab
