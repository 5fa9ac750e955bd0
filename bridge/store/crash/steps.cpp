// Counts the durable steps of a process, over its restarts, and ends it at the one that it is told. For
// firebreak-bridge-crash, which is the bridge with this and with the disk that loses what was not synced.
//
//   FIREBREAK_CRASH_LOG    file to which each step is appended, "17 after the commit"; steps are numbered through all
//                          processes that are given the same file. "17 killed" tells that the process died there.
//   FIREBREAK_CRASH_AT     numbers of the steps at which it dies, "17" or "17,23"
//   FIREBREAK_CRASH_SEED   which of the unsynced writes reach the disk when it dies
//   FIREBREAK_CRASH_DISK   "lies": no sync does anything
//
// Without the first it is a bridge on a disk that loses what was not synced when somebody else kills it.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/store/crash/disk.hpp"
#include "bridge/store/durable_step.hpp"

namespace bridge::store {

namespace {

std::string_view told(const char* name) {
    const char* text = std::getenv(name);
    return text == nullptr ? std::string_view() : std::string_view(text);
}

std::vector<std::uint64_t> numbers(std::string_view text) {
    std::vector<std::uint64_t> all;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        std::uint64_t number = 0;
        const auto [stop, error] = std::from_chars(at, end, number);
        if (error != std::errc() || (stop != end && *stop != ',')) {
            static_cast<void>(!::write(STDERR_FILENO, "FIREBREAK_CRASH_*: a number is expected\n", 40));
            ::_exit(2);
        }
        all.push_back(number);
        at = stop == end ? end : stop + 1;
    }
    return all;
}

class Steps {
public:
    Steps() {
        crash::Disk& disk = crash::Disk::installed();
        disk.ignore_syncs(told("FIREBREAK_CRASH_DISK") == "lies");
        const std::string log(told("FIREBREAK_CRASH_LOG"));
        if (!log.empty()) {
            std::ifstream before(log);
            for (std::string line; std::getline(before, line);) {
                count_ += line.ends_with(" killed") ? 0U : 1U;
            }
            log_ = ::open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        }
        at_ = numbers(told("FIREBREAK_CRASH_AT"));
        const auto seeds = numbers(told("FIREBREAK_CRASH_SEED"));
        seed_ = seeds.empty() ? 1 : seeds.front();
        disk.on_sync([this](const char* name) { take(name); });
        // Whoever ends in order leaves all to the kernel, which writes it when it likes; nothing is lost then.
        std::atexit([] { crash::Disk::installed().write_back(); });
    }

    void take(const char* name) {
        const std::lock_guard lock(mutex_);
        ++count_;
        if (log_ < 0) {
            return;
        }
        say(fmt::format("{} {}\n", count_, name));
        if (std::find(at_.begin(), at_.end(), count_) == at_.end()) {
            return;
        }
        crash::Disk::installed().cut_power(seed_ * 1'000'003 + count_);
        say(fmt::format("{} killed\n", count_));
        ::raise(SIGKILL);
    }

private:
    void say(const std::string& line) const { static_cast<void>(!::write(log_, line.data(), line.size())); }

    std::mutex mutex_;
    std::uint64_t count_ = 0;
    int log_ = -1;
    std::vector<std::uint64_t> at_;
    std::uint64_t seed_ = 1;
};

Steps& steps() {
    static Steps* const all = new Steps;  // outlives every thread that may come by
    return *all;
}

// Before SQLite opens anything.
[[maybe_unused]] const Steps& at_start = steps();

}  // namespace

void durable_step(const char* name) {
    steps().take(name);
}

}  // namespace bridge::store
