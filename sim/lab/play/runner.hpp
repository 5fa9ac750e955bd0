// Finds scenarios, plays several at a time, and reports.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/lab/play/player.hpp"
#include "sim/lab/story/scenario.hpp"

namespace sim::lab {

struct RunOptions {
    std::vector<std::string> paths;  // files and folders
    std::size_t jobs = 1;
    std::vector<std::string> tags;  // a scenario with any of them is played; empty: all are
    std::string name_glob;          // of the title, or of folder/file without extension
    std::uint64_t seed = 1;
    std::string bridge;  // path of the program
    bool keep = false;   // leave the scenarios' directories
    bool virtual_world = false;
};

struct FoundFile {
    std::string path;
    std::string name;  // "batching/burst"
};

/// Scenario files in the order of their names; folders named `incidents` hold none. Errors name a path that does not
/// exist or a folder without any.
tl::expected<std::vector<FoundFile>, std::string> find_scenarios(const std::vector<std::string>& paths);

/// Whether the options choose this scenario.
bool chosen(const RunOptions& options, const Scenario& scenario, const std::string& name);

struct Summary {
    std::vector<std::pair<FoundFile, Outcome>> outcomes;  // in the order of the files
    std::chrono::milliseconds took{0};
    bool interrupted = false;

    std::size_t count(Result result) const;
};

/// Plays one scenario in the world that fits.
using Stage = std::function<Outcome(const Scenario& scenario, const std::string& name)>;

/// `on_done` is called after each scenario, one at a time, in the order in which they end. A file that is no scenario
/// counts as failed. After a stop request no further one begins.
Summary run_all(const std::vector<FoundFile>& files, const RunOptions& options, const Stage& stage,
                std::stop_token stop, const std::function<void(const FoundFile&, const Outcome&)>& on_done);

}  // namespace sim::lab
