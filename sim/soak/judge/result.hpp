// What a soak has measured and found; reports are made of it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/soak/judge/account.hpp"
#include "sim/soak/judge/flatness.hpp"
#include "sim/soak/judge/life.hpp"
#include "sim/soak/plan/timetable.hpp"

namespace sim::soak {

/// Gets, in words, each thing that is found wrong.
using Told = std::function<void(std::string)>;

/// What was asked for.
struct Question {
    double rate_per_s = 200;
    Micros duration{0};
    std::uint64_t seed = 1;
    std::size_t firewalls = 3;
    std::string model;
    std::string version;
    Micros commit_time{0};
    Micros expire{0};
    Micros patience{0};
    Micros longest{0};       // of a disturbance
    std::size_t pool = 0;    // attackers
    std::size_t active = 0;  // blocks when it is steady
    Micros judged_from{0};   // memory and threads are judged from here to `duration`
    std::size_t judged_parts = 20;
    double flat_within = 0.05;
    std::string program_version;
};

struct Sample {
    Micros at{0};
    std::size_t life = 0;  // index of it
    std::size_t resident_bytes = 0;
    std::size_t threads = 0;
};

struct FirewallSeen {
    std::string name;
    std::size_t disturbances = 0;
    std::size_t commits = 0;  // of the bridge, that the firewall took
    std::size_t ok = 0;
    std::size_t failed = 0;
    std::size_t empty = 0;        // went well and changed nothing
    std::size_t commits_max = 0;  // more would be a storm
    std::size_t empty_max = 0;
    std::uint64_t calls = 0;  // that came, of everybody
    std::size_t denied_most = 0;
    std::size_t objects_most = 0;
};

struct Files {
    std::uint64_t database_most = 0;
    std::uint64_t log_most = 0;  // the write-ahead log
    std::uint64_t database_last = 0;
    std::uint64_t alerts_in_journal = 0;
};

struct Result {
    Question question;
    std::vector<Disturbance> timetable;
    std::map<std::string, std::size_t> struck;  // by kind
    Micros took{0};                             // with its drain
    Micros drained{0};                          // from the last alert until every block had expired and was gone
    std::size_t alerts = 0;
    std::size_t acknowledged = 0;
    std::size_t sent_again = 0;  // alerts that needed more than one try
    std::uint64_t tries = 0;
    load::Quantiles acknowledgement;  // since due
    std::uint64_t owed = 0;           // acknowledged alerts, times firewalls
    std::uint64_t accounted = 0;
    std::uint64_t explained = 0;
    std::uint64_t blocks = 0;
    std::uint64_t removals = 0;
    load::Quantiles waits;
    std::size_t ledger_checks = 0;
    std::vector<Life> lives;
    std::vector<Sample> samples;
    std::vector<Level> descriptors;  // open ones; most are the appliances' connections
    std::optional<Flatness> resident;
    /// How many more the bridge has open when the appliances have hung up than before the first alert.
    std::optional<double> descriptors_left;
    std::optional<double> threads_rise;
    std::vector<FirewallSeen> firewalls;
    Files files;
    std::size_t own_peak_bytes = 0;  // of this program
    std::uint64_t log_lines = 0;
    std::uint64_t log_warnings = 0;
    std::vector<Finding> findings;
    std::uint64_t findings_count = 0;
    std::vector<std::string> remarks;
    bool interrupted = false;

    bool passed() const noexcept { return findings_count == 0 && !interrupted; }
};

}  // namespace sim::soak
