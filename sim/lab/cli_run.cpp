// firebreak-lab run, firebreak-lab check
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "sim/lab/cli.hpp"
#include "sim/lab/output_file.hpp"
#include "sim/lab/play/report.hpp"
#include "sim/lab/real/real_world.hpp"
#include "sim/lab/signals.hpp"
#include "sim/lab/story/scenario_reader.hpp"
#include "sim/lab/virtual/virtual_world.hpp"
#include "sim/lab/world/scratch.hpp"

namespace sim::lab {

namespace fs = std::filesystem;

tl::expected<std::string, std::string> find_bridge(const std::string& asked, const std::string& name) {
    std::error_code error;
    fs::path path = asked;
    if (path.empty()) {
        const char* named = std::getenv("FIREBREAK_BRIDGE");
        path = named != nullptr && *named != '\0' ? fs::path(named)
                                                  : fs::read_symlink("/proc/self/exe", error).parent_path() / name;
    }
    path = fs::absolute(path, error);
    if (access(path.c_str(), X_OK) != 0) {
        return tl::unexpected(
            fmt::format("{}: no program that can be run; build {}, or name one with --bridge", path.string(), name));
    }
    return path.string();
}

namespace {

Outcome skipped(const Scenario& scenario, std::string why) {
    Outcome outcome;
    outcome.result = Result::skipped;
    outcome.file = scenario.file;
    outcome.title = scenario.title;
    outcome.message = std::move(why);
    return outcome;
}

Outcome play_virtual(const Scenario& scenario, std::uint64_t seed) {
    if (const auto why = why_not_virtual(scenario)) {
        return skipped(scenario, "not in the virtual world: " + *why);
    }
    const auto world = make_virtual_world(scenario, seed);
    return play(scenario, *world);
}

Outcome play_real(const Scenario& scenario, const RunOptions& options, std::stop_token stop) {
    auto scratch = Scratch::make();
    if (!scratch) {
        throw std::runtime_error(scratch.error());
    }
    Outcome outcome;
    {
        const auto world =
            make_real_world(scenario, {options.bridge, scratch->path(), options.seed, std::move(stop), {}});
        outcome = play(scenario, *world);
    }
    if (options.keep) {
        scratch->keep();
        outcome.directory = scratch->path();
    }
    return outcome;
}

bool write_journals(const std::string& folder, const Summary& summary) {
    bool all = true;
    for (const auto& [file, outcome] : summary.outcomes) {
        const fs::path path = fs::path(folder) / (file.name + ".journal");
        std::error_code error;
        fs::create_directories(path.parent_path(), error);
        all = write_output_file(path.string(), drawn(outcome.story, outcome.story_dropped, SIZE_MAX)) && all;
    }
    return all;
}

bool needs_bridge(const RunOptions& options, const std::vector<FoundFile>& files) {
    return !options.virtual_world && std::any_of(files.begin(), files.end(), [](const FoundFile& file) {
        const auto scenario = load_scenario(file.path);
        return scenario && scenario->worlds != Scenario::Worlds::virtual_only;
    });
}

}  // namespace

int run_command(RunCommand command) {
    const StopOnSignal signals;
    RunOptions& options = command.options;
    const auto files = find_scenarios(options.paths);
    if (!files) {
        std::cerr << "firebreak-lab: " << files.error() << '\n';
        return unusable;
    }
    if (needs_bridge(options, *files)) {
        const auto bridge = find_bridge(options.bridge, "firebreak-bridge");
        if (!bridge) {
            std::cerr << "firebreak-lab: " << bridge.error() << '\n';
            return unusable;
        }
        options.bridge = *bridge;
    }
    std::cout << fmt::format("seed {}\n", options.seed) << std::flush;
    const Stage stage = [&](const Scenario& scenario, const std::string&) {
        const bool in_virtual = options.virtual_world || scenario.worlds == Scenario::Worlds::virtual_only;
        return in_virtual ? play_virtual(scenario, options.seed) : play_real(scenario, options, signals.token());
    };
    const Summary summary = run_all(*files, options, stage, signals.token(), [](const auto& file, const auto& outcome) {
        std::cout << told_on_terminal(file, outcome) << std::flush;
    });
    bool written = true;
    if (!command.junit_file.empty()) {
        written = write_output_file(command.junit_file, junit_report(summary, options.seed)) && written;
    }
    if (!command.json_file.empty()) {
        written = write_output_file(command.json_file, json_report(summary, options.seed)) && written;
    }
    if (!command.journal_folder.empty()) {
        written = write_journals(command.journal_folder, summary) && written;
    }
    if (summary.count(Result::failed) > 0) {
        std::cout << fmt::format("seed {}\n", options.seed);
    }
    std::cout << closing_line(summary) << std::endl;
    if (summary.outcomes.empty() && !summary.interrupted) {
        std::cerr << "firebreak-lab: no scenario has that name or tag\n";
        return unusable;
    }
    if (!written || summary.interrupted) {
        return unusable;
    }
    return summary.count(Result::failed) == 0 ? ok : not_ok;
}

int check_command(const std::vector<std::string>& paths) {
    const auto files = find_scenarios(paths);
    if (!files) {
        std::cerr << "firebreak-lab: " << files.error() << '\n';
        return unusable;
    }
    std::size_t bad = 0;
    for (const FoundFile& file : *files) {
        const auto scenario = load_scenario(file.path);
        if (scenario) {
            std::cout << file.path << ": ok\n";
            continue;
        }
        ++bad;
        for (const std::string& complaint : scenario.error()) {
            std::cerr << complaint << '\n';
        }
    }
    std::cout << fmt::format("{} ok, {} with errors\n", files->size() - bad, bad);
    return bad == 0 ? ok : not_ok;
}

}  // namespace sim::lab
