// What a run has measured, sample by sample; a report is made of it. Times are since the run's beginning, by the clock
// that is named: numbers of the wall's clock and of virtual time are never mixed.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/load/health.hpp"
#include "sim/load/open_loop.hpp"

namespace sim::load {

inline constexpr std::uint32_t no_commit = std::numeric_limits<std::uint32_t>::max();

/// The way of one alert's block on one firewall.
struct BlockSpan {
    Micros staged = never;             // in the candidate configuration's group, or registered with the tag;
                                       // of a list it is not known
    Micros queued = never;             // a commit that takes it along was asked for; in mode static only
    Micros enforced = never;           // the firewall's verdict on traffic to it is deny
    std::uint32_t commit = no_commit;  // index of the commit that did it
};

struct CommitSeen {
    std::uint64_t job = 0;
    Micros asked{0};
    Micros started = never;
    Micros finished = never;
    bool ok = false;
    bool empty = false;      // it went well and changed nothing
    std::size_t alerts = 0;  // that it enforced
};

struct FirewallSeen {
    std::string name;
    Health health = Health::well;
    std::vector<BlockSpan> blocks;  // by alert
    std::vector<CommitSeen> commits;
    std::map<std::string, std::size_t> calls;  // of the blocking program, by kind
    std::size_t refused_commits = 0;           // requests that the firewall turned down: locked, busy, queue full
    std::uint64_t calls_forgotten = 0;         // more than the mock keeps

    std::size_t calls_total() const;
};

/// What the bridge's process used.
struct ProcessUse {
    std::chrono::milliseconds cpu{0};
    std::size_t peak_bytes = 0;          // resident
    std::optional<std::uint64_t> syncs;  // store transactions, by firebreak_store_syncs_total of its /metrics
};

enum class Mode {
    fixed,        // an address group of members, and commits
    dynamic,      // an address group by tag, and registered addresses
    edl,          // an external list that the firewall fetches when its own time comes
    edl_refresh,  // the same, and the bridge tells it to fetch
};
std::string_view name_of(Mode mode);
/// "static", "dynamic", "edl", "edl-refresh"; nullopt for anything else.
std::optional<Mode> mode_called(std::string_view name);
bool makes_commits(Mode mode);
bool fetches_lists(Mode mode);

/// What was asked for.
struct Question {
    std::string clock;     // "wall" or "virtual"
    std::string blocker;   // "firebreak-bridge", or the model that stands in its place
    std::string arrivals;  // "constant 2000/s for 30 s"
    std::string policy = "default";
    double rate_per_s = 0;  // of steady arrivals; 0: none
    Micros duration{0};
    bool bursts = false;
    Micros commit_time{0};
    Micros min_commit_interval{0};
    Micros settle{0};
    Micros fetch_interval{0};  // of modes edl and edl-refresh: between two fetches of a list
    std::string model;
    std::string version;
    Mode mode = Mode::fixed;
    std::uint64_t seed = 1;
    Ailments ailments{};
    std::string program_version;
};

/// The harness alone: notifications to a receiver in this process that answers 200 at once.
struct Floor {
    std::size_t count = 0;
    Quantile p50, p99, max;
};

struct Measurement {
    Question question;
    Micros horizon{0};  // when it was looked for the last time
    std::vector<Sent> alerts;
    std::vector<FirewallSeen> firewalls;
    std::optional<ProcessUse> bridge;
    std::optional<Floor> floor;
    std::vector<std::string> remarks;  // what went otherwise than it should
    bool interrupted = false;
    /// The same run with all firewalls well, which was done before; null: there was none.
    std::shared_ptr<const Measurement> all_well{};
};

}  // namespace sim::load
