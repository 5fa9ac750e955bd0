#include "sim/load/stage/process_use.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace sim::load::stage {

namespace {

std::string contents(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The text after `key` at the start of a line.
std::optional<double> number_after(std::string_view text, std::string_view key) {
    for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
        if (at == 0 || text[at - 1] == '\n') {
            return std::strtod(std::string(text.substr(at + key.size(), 40)).c_str(), nullptr);
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<ProcessUse> use_of_process(int pid) {
    // The program's name, in brackets, may hold anything.
    const std::string stat = contents(fmt::format("/proc/{}/stat", pid));
    const std::size_t name_end = stat.rfind(')');
    const auto peak = number_after(contents(fmt::format("/proc/{}/status", pid)), "VmHWM:");
    if (name_end == std::string::npos || !peak) {
        return std::nullopt;
    }
    std::istringstream fields(stat.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) {
        fields >> skipped;
    }
    long user = 0;
    long system = 0;
    fields >> user >> system;
    ProcessUse use;
    use.cpu = std::chrono::milliseconds((user + system) * 1000 / sysconf(_SC_CLK_TCK));
    use.peak_bytes = static_cast<std::size_t>(*peak * 1024);
    return use;
}

std::optional<ProcessNow> process_now(int pid) {
    const std::string status = contents(fmt::format("/proc/{}/status", pid));
    const auto resident_kib = number_after(status, "VmRSS:");
    const auto threads = number_after(status, "Threads:");
    if (!resident_kib || !threads) {
        return std::nullopt;
    }
    return ProcessNow{static_cast<std::size_t>(*resident_kib * 1024), static_cast<std::size_t>(*threads)};
}

std::optional<double> sample_of(std::string_view page, std::string_view name) {
    return number_after(page, std::string(name) + " ");
}

}  // namespace sim::load::stage
