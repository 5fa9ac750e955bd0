// Plays a story once to count the durable steps of the bridge in it, and then once for each of them, with the bridge
// killed there, started again, and the story gone on with.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "sim/lab/play/player.hpp"
#include "sim/lab/play/runner.hpp"
#include "sim/lab/world/crash_plan.hpp"

namespace sim::lab {

struct MatrixOptions {
    RunOptions run;           // of which `bridge` is a firebreak-bridge-crash
    std::uint64_t step = 0;   // only this one; 0: all
    bool twice = false;       // it dies again a few steps after it came back
    bool disk_lies = false;   // syncs do nothing: then alerts must get lost, or the matrix proves nothing
    bool first_only = false;  // no further step after the first that fails
};

/// One cell: the story with the bridge killed at these steps.
struct Cell {
    FoundFile file;
    CrashPlan plan;
    Outcome outcome;
    CrashLog log;
};

struct Row {
    FoundFile file;
    std::uint64_t steps = 0;  // of the undisturbed story
    std::uint64_t survived = 0;
    std::uint64_t not_reached = 0;  // the story took fewer steps this time, as several alerts may share a commit
    std::uint64_t failed = 0;
};

struct MatrixSummary {
    std::vector<Row> rows;
    std::chrono::milliseconds took{0};
    bool interrupted = false;

    std::uint64_t failed() const;
};

/// `on_cell` is called for each that failed, `on_row` when a story's last cell is over; one at a time.
MatrixSummary run_matrix(const std::vector<FoundFile>& files, const MatrixOptions& options, std::stop_token stop,
                         const std::function<void(const Cell&)>& on_cell,
                         const std::function<void(const Row&)>& on_row);

/// What failed and the command that does it again; the timeline below.
std::string told_on_terminal(const Cell& cell, const MatrixOptions& options);
std::string told_on_terminal(const Row& row);

}  // namespace sim::lab
