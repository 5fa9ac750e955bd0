#include "sim/lab/play/runner.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "sim/lab/story/scenario_reader.hpp"

namespace sim::lab {

namespace fs = std::filesystem;

namespace {

bool is_scenario_file(const fs::path& path) {
    return path.extension() == ".yaml" || path.extension() == ".yml";
}

/// "batching/burst" for "scenarios/batching/burst.yaml".
std::string name_of_file(const fs::path& path) {
    const fs::path folder = fs::absolute(path).lexically_normal().parent_path().filename();
    return (folder / path.stem()).string();
}

tl::expected<void, std::string> add_folder(const fs::path& folder, std::vector<FoundFile>& found) {
    const std::size_t before = found.size();
    std::error_code error;
    for (auto it = fs::recursive_directory_iterator(folder, error); !error && it != fs::recursive_directory_iterator();
         it.increment(error)) {
        // A `send` takes files of incidents from there; they are YAML too, and no scenarios.
        if (it->is_directory() && it->path().filename() == "incidents") {
            it.disable_recursion_pending();
        }
        if (it->is_regular_file() && is_scenario_file(it->path())) {
            found.push_back({it->path().string(), name_of_file(it->path())});
        }
    }
    if (error) {
        return tl::unexpected(fmt::format("{}: {}", folder.string(), error.message()));
    }
    if (found.size() == before) {
        return tl::unexpected(fmt::format("{}: no scenario (*.yaml) in it", folder.string()));
    }
    std::sort(found.begin() + static_cast<std::ptrdiff_t>(before), found.end(),
              [](const FoundFile& a, const FoundFile& b) { return a.path < b.path; });
    return {};
}

Outcome invalid(const FoundFile& file, const Complaints& complaints) {
    Outcome outcome;
    outcome.result = Result::failed;
    outcome.file = file.path;
    outcome.title = file.name;
    outcome.where = file.path;
    outcome.message = fmt::format("is no scenario:\n{}", fmt::join(complaints, "\n"));
    return outcome;
}

}  // namespace

tl::expected<std::vector<FoundFile>, std::string> find_scenarios(const std::vector<std::string>& paths) {
    std::vector<FoundFile> found;
    for (const std::string& path : paths) {
        std::error_code error;
        if (fs::is_directory(path, error)) {
            if (const auto added = add_folder(path, found); !added) {
                return tl::unexpected(added.error());
            }
        } else if (fs::exists(path, error)) {
            found.push_back({path, name_of_file(path)});
        } else {
            return tl::unexpected(fmt::format("{}: there is no such file or folder", path));
        }
    }
    return found;
}

bool chosen(const RunOptions& options, const Scenario& scenario, const std::string& name) {
    const bool tagged =
        options.tags.empty() || std::any_of(options.tags.begin(), options.tags.end(), [&](const std::string& tag) {
            return std::find(scenario.tags.begin(), scenario.tags.end(), tag) != scenario.tags.end();
        });
    const auto matches = [&](const std::string& text) {
        return fnmatch(options.name_glob.c_str(), text.c_str(), FNM_CASEFOLD) == 0;
    };
    return tagged && (options.name_glob.empty() || matches(scenario.title) || matches(name));
}

std::size_t Summary::count(Result result) const {
    return static_cast<std::size_t>(
        std::count_if(outcomes.begin(), outcomes.end(), [&](const auto& it) { return it.second.result == result; }));
}

Summary run_all(const std::vector<FoundFile>& files, const RunOptions& options, const Stage& stage,
                std::stop_token stop, const std::function<void(const FoundFile&, const Outcome&)>& on_done) {
    using Clock = std::chrono::steady_clock;
    const auto began = Clock::now();
    std::vector<std::optional<Outcome>> outcomes(files.size());
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    const auto work = [&] {
        for (std::size_t i = next++; i < files.size() && !stop.stop_requested(); i = next++) {
            const auto start = Clock::now();
            const auto scenario = load_scenario(files[i].path);
            if (scenario && !chosen(options, *scenario, files[i].name)) {
                continue;
            }
            Outcome outcome = scenario ? stage(*scenario, files[i].name) : invalid(files[i], scenario.error());
            outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
            const std::lock_guard guard(mutex);
            on_done(files[i], outcome);
            outcomes[i] = std::move(outcome);
        }
    };
    std::vector<std::thread> workers;
    const std::size_t count = std::clamp<std::size_t>(options.jobs, 1, std::max<std::size_t>(1, files.size()));
    for (std::size_t i = 0; i < count; ++i) {
        workers.emplace_back(work);
    }
    for (std::thread& worker : workers) {
        worker.join();
    }
    Summary summary;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (outcomes[i]) {
            summary.outcomes.emplace_back(files[i], std::move(*outcomes[i]));
        }
    }
    summary.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
    summary.interrupted = stop.stop_requested();
    return summary;
}

}  // namespace sim::lab
