// Many runs in virtual time, side by side: which commit policy blocks soonest where, and what it costs.
#pragma once

#include <string>
#include <vector>

#include "sim/load/stage/virtual_stage.hpp"
#include "sim/load/summary.hpp"

namespace sim::load::stage {

struct SweepRow {
    std::string commit_time;  // as it was asked for
    std::string rate;
    std::string mode;
    std::string policy;  // or the blocker's name, of a baseline
    Summary summary;
    bool wins = false;      // among the rows of its commit time, rate and mode
    bool wins_all = false;  // among those of all modes, where there are several
    std::vector<std::string> remarks;
};

/// Marks the winner of each commit time, rate and mode: the one whose 99th percentile is least; within 5 % of it the
/// one with the fewest commits, then calls. One that has not blocked all wins only where nobody has. By the same rule,
/// the one of each commit time and rate that wins over all modes.
void judge(std::vector<SweepRow>& rows);

std::string told(const std::vector<SweepRow>& rows);
std::string as_json(const std::vector<SweepRow>& rows);

}  // namespace sim::load::stage
