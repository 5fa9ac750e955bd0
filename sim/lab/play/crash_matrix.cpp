#include "sim/lab/play/crash_matrix.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "sim/lab/play/nothing_lost.hpp"
#include "sim/lab/play/report.hpp"
#include "sim/lab/real/real_world.hpp"
#include "sim/lab/story/scenario_reader.hpp"
#include "sim/lab/world/scratch.hpp"

namespace sim::lab {

namespace {

// A bridge that died between a commit and its record may have to split a batch or repeat a commit; each of its deaths
// may cost that once on each side of the restart.
constexpr std::size_t commits_more_per_death = 2;

/// A story with what its undisturbed run has told.
struct Story {
    std::optional<Scenario> scenario;
    Row row;
    CommitBounds commits;
    std::uint64_t left = 0;  // cells
};

class Matrix {
public:
    Matrix(const std::vector<FoundFile>& files, const MatrixOptions& options, std::stop_token stop,
           const std::function<void(const Cell&)>& on_cell, const std::function<void(const Row&)>& on_row)
        : options_(options), stop_(std::move(stop)), on_cell_(on_cell), on_row_(on_row), stories_(files.size()) {
        for (std::size_t i = 0; i < files.size(); ++i) {
            stories_[i].row.file = files[i];
            tasks_.push_back({i, 0});
        }
    }

    void run() {
        std::vector<std::thread> workers;
        for (std::size_t i = 0; i < std::max<std::size_t>(1, options_.run.jobs); ++i) {
            workers.emplace_back([this] { work(); });
        }
        for (std::thread& worker : workers) {
            worker.join();
        }
    }

    std::vector<Row> rows() const {
        std::vector<Row> all;
        for (const Story& story : stories_) {
            if (story.scenario || story.row.failed > 0) {
                all.push_back(story.row);
            }
        }
        return all;
    }

private:
    struct Task {
        std::size_t story;
        std::uint64_t step;  // 0: undisturbed
    };

    void work() {
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait(lock, [this] { return !tasks_.empty() || at_work_ == 0 || stop_.stop_requested(); });
            if (tasks_.empty() || stop_.stop_requested() || (options_.first_only && any_failed_)) {
                changed_.notify_all();
                return;
            }
            const Task task = tasks_.front();
            tasks_.pop_front();
            ++at_work_;
            lock.unlock();
            if (task.step == 0) {
                play_undisturbed(task.story);
            } else {
                play_cell(task.story, task.step);
            }
            lock.lock();
            --at_work_;
            changed_.notify_all();
        }
    }

    void play_undisturbed(std::size_t index) {
        Story& story = stories_[index];
        Cell cell{story.row.file, CrashPlan{}, {}, {}};
        auto scenario = load_scenario(story.row.file.path);
        if (!scenario) {
            cell.outcome.result = Result::failed;
            cell.outcome.where = story.row.file.path;
            cell.outcome.message = fmt::format("is no scenario: {}", scenario.error().front());
        } else if (!chosen(options_.run, *scenario, story.row.file.name) ||
                   scenario->worlds == Scenario::Worlds::virtual_only) {
            return;
        } else {
            story.scenario = std::move(*scenario);
            play(story, cell, {});
        }
        const std::lock_guard lock(mutex_);
        if (cell.outcome.result == Result::failed) {
            ++story.row.failed;
            any_failed_ = true;
            on_cell_(cell);
            on_row_(story.row);
            return;
        }
        story.row.steps = cell.log.steps.size();
        for (std::uint64_t step = 1; step <= story.row.steps; ++step) {
            if (options_.step == 0 || options_.step == step) {
                tasks_.push_back({index, step});
                ++story.left;
            }
        }
        if (options_.step > story.row.steps) {
            tasks_.push_back({index, options_.step});
            ++story.left;
        }
    }

    void play_cell(std::size_t index, std::uint64_t step) {
        Story& story = stories_[index];
        Cell cell{story.row.file, CrashPlan{{step}, options_.run.seed, options_.disk_lies}, {}, {}};
        if (options_.twice) {
            cell.plan.at.push_back(step + 1 + (step * 7 + options_.run.seed) % 12);
        }
        CommitBounds bounds = story.commits;
        for (auto& [firewall, commits] : bounds) {
            commits += commits_more_per_death * cell.plan.at.size();
        }
        play(story, cell, bounds);
        const std::lock_guard lock(mutex_);
        if (cell.outcome.result == Result::failed) {
            ++story.row.failed;
            any_failed_ = true;
            on_cell_(cell);
        } else if (cell.log.killed_at.empty()) {
            ++story.row.not_reached;
        } else {
            ++story.row.survived;
        }
        if (--story.left == 0) {
            on_row_(story.row);
        }
    }

    void play(Story& story, Cell& cell, const CommitBounds& bounds) {
        auto scratch = Scratch::make();
        if (!scratch) {
            cell.outcome.result = Result::failed;
            cell.outcome.message = scratch.error();
            return;
        }
        {
            const auto world = make_real_world(
                *story.scenario, {options_.run.bridge, scratch->path(), options_.run.seed, stop_, cell.plan});
            const bool undisturbed = cell.plan.at.empty();
            cell.outcome =
                sim::lab::play(*story.scenario, *world, [&](World& at, const std::vector<SentAnswer>& acknowledged) {
                    if (undisturbed) {
                        note_commits(story, at);
                    }
                    return check_nothing_lost(*story.scenario, at, acknowledged, bounds);
                });
        }
        cell.log = read_crash_log(scratch->path() + "/crash.log");
        if (options_.run.keep && cell.outcome.result == Result::failed) {
            scratch->keep();
            cell.outcome.directory = scratch->path();
        }
    }

    static void note_commits(Story& story, World& world) {
        for (const FirewallSetup& firewall : story.scenario->firewalls) {
            world.look_at(firewall.name,
                          [&](FirewallHandle& at) { story.commits[firewall.name] = at.commits().size(); });
        }
    }

    const MatrixOptions& options_;
    std::stop_token stop_;
    const std::function<void(const Cell&)>& on_cell_;
    const std::function<void(const Row&)>& on_row_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Story> stories_;
    std::deque<Task> tasks_;
    std::size_t at_work_ = 0;
    bool any_failed_ = false;
};

}  // namespace

std::uint64_t MatrixSummary::failed() const {
    std::uint64_t sum = 0;
    for (const Row& row : rows) {
        sum += row.failed;
    }
    return sum;
}

MatrixSummary run_matrix(const std::vector<FoundFile>& files, const MatrixOptions& options, std::stop_token stop,
                         const std::function<void(const Cell&)>& on_cell,
                         const std::function<void(const Row&)>& on_row) {
    const auto began = std::chrono::steady_clock::now();
    Matrix matrix(files, options, stop, on_cell, on_row);
    matrix.run();
    return {matrix.rows(),
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began),
            stop.stop_requested()};
}

std::string told_on_terminal(const Cell& cell, const MatrixOptions& options) {
    if (cell.plan.at.empty()) {
        return fmt::format("FAILED without any death of the bridge\n{}", told_on_terminal(cell.file, cell.outcome));
    }
    std::string died;
    for (const std::uint64_t step : cell.log.killed_at) {
        died += fmt::format("{}{}", died.empty() ? "" : " and at ", cell.log.told(step));
    }
    return fmt::format(
        "FAILED with the bridge killed at step {}\n    again: firebreak-lab crash-matrix {} --step {} "
        "--seed {}{}{}\n{}",
        died.empty() ? fmt::format("{} (not reached)", cell.plan.at.front()) : died, cell.file.path,
        cell.plan.at.front(), options.run.seed, options.twice ? " --twice" : "",
        options.disk_lies ? " --lying-disk" : "", told_on_terminal(cell.file, cell.outcome));
}

std::string told_on_terminal(const Row& row) {
    return fmt::format("{:<32} {:>4} steps, {:>4} survived, {} failed{}\n", row.file.name, row.steps, row.survived,
                       row.failed, row.not_reached > 0 ? fmt::format(", {} not reached", row.not_reached) : "");
}

}  // namespace sim::lab
