// What the device has logged, by type: the config log and the system log of what was done to it, and the logs of its
// traffic as a test gives them.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

using LogFields = std::vector<std::pair<std::string, std::string>>;

struct LogEntry {
    std::uint64_t log_id = 0;
    std::uint64_t sequence = 0;  // seqno, from 1 in each type
    Instant time{};
    std::string subtype;
    LogFields fields;  // after those that every entry has, in order

    /// The field's text; nothing when the entry has none of that name.
    const std::string* find(std::string_view name) const;
};
using LogEntryPtr = std::shared_ptr<const LogEntry>;

/// "traffic", "config", ...: what log-type takes (XML API guide, "API Log Retrieval Parameters").
bool is_log_type(std::string_view type);
std::vector<std::string_view> log_types();

class Logs {
public:
    /// The oldest entries of a type go when it has more.
    static constexpr std::size_t entries_max = 50'000;

    void add(std::string_view type, Instant time, std::string subtype, LogFields fields);
    /// Oldest first; empty for a type without entries.
    const std::deque<LogEntryPtr>& of(std::string_view type) const;

private:
    std::map<std::string, std::deque<LogEntryPtr>, std::less<>> by_type_;
    std::map<std::string, std::uint64_t, std::less<>> counters_;
    std::uint64_t log_id_ = 7'044'309'865'149'235'200ULL;  // real ones are of this size, growing
};

/// What the entries' common fields say of the device.
struct LogSource {
    std::string serial;
    std::string device_name;
};

/// <entry logid="..">...</entry> in the layout of the recorded answers, six blanks deep.
std::string log_entry_xml(std::string_view type, const LogEntry& entry, const LogSource& source);

}  // namespace sim::panos
