#include "bridge/operate/metrics/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace bridge::operate {

namespace {

std::string contents(const char* file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Fields of /proc/self/stat from the third on: the second, the program's name, may hold blanks and brackets.
std::vector<double> stat_fields() {
    const std::string text = contents("/proc/self/stat");
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos) {
        return {};
    }
    std::istringstream in(text.substr(name_end + 1));
    std::string state;
    in >> state;
    return {std::istream_iterator<double>(in), {}};
}

/// When the machine was started, in seconds since 1970. (/proc/stat tells it too, but is hidden by ProcSubset=pid.)
double boot_time() {
    const auto read = [](clockid_t clock) {
        std::timespec now{};
        ::clock_gettime(clock, &now);
        return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
    };
    return read(CLOCK_REALTIME) - read(CLOCK_BOOTTIME);
}

}  // namespace

std::vector<ProcessFigure> process_figures() {
    std::vector<ProcessFigure> all;
    const std::vector<double> fields = stat_fields();
    // Numbered as proc(5) does; the vector begins with field 4.
    const auto field = [&](std::size_t number) { return fields.at(number - 4); };
    if (fields.size() >= 21) {
        const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
        all.push_back(
            {"process_cpu_seconds_total", "Processor time, user and system.", (field(14) + field(15)) / ticks, true});
        all.push_back(
            {"process_start_time_seconds", "When the process began, since 1970.", boot_time() + field(22) / ticks});
        all.push_back({"process_virtual_memory_bytes", "Size of the address space.", field(23)});
        all.push_back({"process_resident_memory_bytes", "Memory that is resident.",
                       field(24) * static_cast<double>(::sysconf(_SC_PAGESIZE))});
    }
    std::error_code gone;
    const std::filesystem::directory_iterator open_files("/proc/self/fd", gone);
    if (!gone) {
        all.push_back({"process_open_fds", "Open file descriptors.",
                       static_cast<double>(std::distance(begin(open_files), end(open_files)))});
    }
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        all.push_back({"process_max_fds", "The limit of open file descriptors.", static_cast<double>(limit.rlim_cur)});
    }
    return all;
}

}  // namespace bridge::operate
