// What the three parties did, in one order of time, for the one who must find out why a scenario failed.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sim::lab {

enum class Party { lab, appliance, bridge, firewall };

std::string_view name_of(Party party);

struct TimelineEntry {
    std::chrono::milliseconds at{0};  // since the scenario began
    Party party = Party::lab;
    std::string who;   // "nx1", "hq"; empty for the bridge
    std::string what;  // one line, printable, scrubbed
};

/// Secrets that must not appear in anything that is written.
class Secrets {
public:
    void add(std::string secret);
    /// Every secret, and every spelling of it in a URL, becomes "***"; control characters other than line ends become
    /// '?'.
    std::string scrub(std::string_view text) const;

private:
    std::vector<std::string> secrets_;
};

class Timeline {
public:
    /// Any thread. Beyond a bound the middle is dropped: the beginning and the end stay.
    void add(TimelineEntry entry);

    /// In order of time; what is equal in time stays in order of arrival.
    std::vector<TimelineEntry> entries() const;

    std::size_t dropped() const;

private:
    static constexpr std::size_t head_max = 200;
    static constexpr std::size_t tail_max = 800;

    mutable std::mutex mutex_;
    std::vector<TimelineEntry> head_;
    std::vector<TimelineEntry> tail_;  // a ring once it is full
    std::size_t tail_begin_ = 0;
    std::size_t dropped_ = 0;
};

/// "  +1234 ms  firewall hq     POST set ..." for the last `lines_max` entries.
std::string drawn(const std::vector<TimelineEntry>& entries, std::size_t dropped, std::size_t lines_max);

}  // namespace sim::lab
