// What a run's samples come to: quantiles of each span, figures of batching, and theory's bound beside them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/load/measurement.hpp"
#include "sim/load/quantiles.hpp"

namespace sim::load {

/// What natural batching comes to: an idle firewall commits at once, and what arrives during a commit goes out together
/// in the next. With commits of C, a pause of I between them (min_commit_interval) and arrivals at L, a cycle is
/// P = C + I; a block waits for the rest of a cycle, evenly spread, and then for its own commit.
///
/// With a list that is fetched every T a block waits for the next fetch: T/2 in the middle, T at most.
struct Bound {
    double batch = 0;  // L P, of a list L T; 0: not only steady arrivals
    Micros median{0};  // P/2 + C, which is 1.5 C without a pause; of a list T/2; 0: as above
    Micros max{0};     // P + C, which is 2 C; and `settle`; of a list T
};

/// nullopt: nothing is waited for (mode dynamic), or a commit takes no time.
std::optional<Bound> bound_of(const Question& question);

struct Batching {
    std::size_t commits = 0;
    std::size_t ok = 0;
    std::size_t failed = 0;
    std::size_t refused = 0;   // requests that the firewall turned down
    std::size_t empty = 0;     // went well and changed nothing
    std::size_t overlaps = 0;  // asked for while another of ours was queued or running
    std::size_t unfinished = 0;
    std::size_t smallest = 0;  // alerts per commit, of those that enforced any
    double mean = 0;
    std::size_t largest = 0;
    Micros linger{0};  // mean time from when a commit could have been asked for (its first alert was due, and the
                       // commit before it had ended) until it was
    double duty = 0;   // share of the time, from the first alert to the last end of a commit, in which one ran
    double per_hour = 0;
};

struct FirewallSummary {
    std::string name;
    Health health = Health::well;
    Quantiles staged;
    Quantiles queued;
    Quantiles enforced;  // time to block
    Batching batching;
    std::size_t calls = 0;
};

/// Of several firewalls together.
struct Spans {
    std::size_t firewalls = 0;
    Quantiles staged, queued, enforced;
};

struct Summary {
    std::size_t alerts = 0;
    std::size_t unsent = 0;
    double offered_per_s = 0;
    double sent_per_s = 0;
    std::map<unsigned, std::size_t> answers;  // by HTTP status; 0: none
    Quantiles acknowledged;                   // 200
    Quantiles lag;                            // how late the sender itself was
    std::vector<FirewallSummary> firewalls;
    std::size_t well = 0;                // firewalls
    Quantiles staged, queued, enforced;  // of those that are well
    std::map<Health, Spans> ailing;      // of the others
    std::optional<Spans> all_well;       // of those that are well here, in the run in which all were
    std::optional<Bound> bound;
};

/// The least and the greatest of what the firewalls that are well took to their last block; beyond when one of them has
/// not blocked all. nullopt: none is well, or there is no alert.
struct LastBlocks {
    Quantile least, most;
    std::string slowest;  // the firewall of `most`
};
std::optional<LastBlocks> last_blocks(const Summary& summary);

/// Every span counts from when the alert was due. An alert that was never sent, or refused, is one that is not blocked.
Summary summarize(const Measurement& measurement);

}  // namespace sim::load
