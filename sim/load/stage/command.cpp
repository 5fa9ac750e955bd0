#include "sim/load/stage/command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "sim/lab/cli.hpp"
#include "sim/lab/output_file.hpp"
#include "sim/lab/signals.hpp"
#include "sim/load/journal_times.hpp"
#include "sim/load/page.hpp"
#include "sim/load/report.hpp"
#include "sim/load/stage/ailing.hpp"
#include "sim/load/stage/real_stage.hpp"
#include "sim/load/stage/setup.hpp"
#include "sim/load/stage/sweep.hpp"
#include "sim/load/stage/virtual_stage.hpp"
#include "sim/load/time_text.hpp"
#include "sim/panos/configuration/model.hpp"
#include "yaml/reader.hpp"

namespace sim::load::stage {

namespace {

template <class T>
using Result = tl::expected<T, std::string>;
using lab::ExitCode;

/// The command line as it was written.
struct Line {
    std::vector<std::string> rates;
    std::string duration;
    std::string shape = "constant";
    std::vector<std::string> bursts;
    std::string replay;
    double speed = 1;
    std::size_t firewalls = 1;
    std::size_t dead = 0;
    std::string slow;
    bool no_comparison = false;
    std::vector<std::string> commit_times;
    std::string model = "PA-VM";
    std::string version = "10.1";
    std::vector<std::string> modes;
    std::vector<std::string> policies;
    std::uint64_t seed = 1;
    std::string drain;
    std::string html;
    std::string json;
    std::string bridge;
    bool keep = false;
    bool virtual_time = false;
    std::string seed_policy;

    bool is_sweep() const {
        return rates.size() > 1 || commit_times.size() > 1 || modes.size() > 1 || policies.size() > 1 ||
               (!seed_policy.empty() && !policies.empty());
    }
    bool in_virtual_time() const { return virtual_time || !seed_policy.empty() || is_sweep(); }
};

/// A static group has an end, and an hour is enough: so long come alerts in a sweep that does not say.
Micros sweep_duration(double rate_per_s) {
    const auto fill = static_cast<double>(panos::Limits{}.members_per_group) * 0.96;
    return std::min(Micros{std::chrono::hours(1)}, Micros{static_cast<std::int64_t>(fill / rate_per_s * 1e6)});
}

Result<std::chrono::milliseconds> duration_of(const std::string& text, const char* option) {
    const auto read = yaml::parse_duration(text);
    return read ? Result<std::chrono::milliseconds>(*read)
                : tl::unexpected(fmt::format("{} {}: no duration; write 250ms, 30s, 5m", option, text));
}

Result<double> rate_of(const std::string& text) {
    const auto read = yaml::parse_rate(text);
    return read && *read > 0 ? Result<double>(*read)
                             : tl::unexpected(fmt::format("--rate {}: no rate; write 2000/s, 30/m, 10/h", text));
}

/// One point of what is asked: every option has one value.
struct Point {
    std::string rate;  // empty: none
    std::string commit_time;
    Mode mode = Mode::fixed;
    CommitPolicy policy;
    Blocker blocker = Blocker::bridge;
};

Result<void> put_schedule(const Line& line, const std::string& rate, Setup& setup) {
    const auto duration = duration_of(line.duration.empty() ? "30s" : line.duration, "--duration");
    if (!duration) {
        return tl::unexpected(duration.error());
    }
    if (!line.replay.empty()) {
        auto times = journal_times(line.replay);
        auto due = times ? replayed(std::move(*times), line.speed, line.duration.empty() ? Micros{0} : *duration)
                         : Result<Schedule>(tl::unexpected(times.error()));
        if (!due) {
            return tl::unexpected(due.error());
        }
        setup.arrivals = fmt::format("replay of {}{}", line.replay,
                                     line.speed == 1 ? "" : fmt::format(", {} times as fast", line.speed));
        setup.bursts = true;  // nothing steady is known of it
        setup.duration = due->back();
        setup.due = std::move(*due);
        return {};
    }
    Arrivals arrivals;
    arrivals.shape = line.shape == "poisson" ? Shape::poisson : Shape::constant;
    arrivals.seed = line.seed;
    if (!rate.empty()) {
        const auto per_s = rate_of(rate);
        if (!per_s) {
            return tl::unexpected(per_s.error());
        }
        arrivals.rate_per_s = *per_s;
        arrivals.duration = line.duration.empty() && line.is_sweep() ? sweep_duration(*per_s) : *duration;
        setup.arrivals = fmt::format("{} {} for {}", line.shape, rate, time_text(arrivals.duration));
    }
    for (const std::string& text : line.bursts) {
        const auto burst = parse_burst(text);
        if (!burst) {
            return tl::unexpected("--burst: " + burst.error());
        }
        arrivals.bursts.push_back(*burst);
        setup.arrivals += fmt::format("{}a burst of {}", setup.arrivals.empty() ? "" : ", ", text);
    }
    auto due = make_schedule(arrivals);
    if (!due) {
        return tl::unexpected(due.error());
    }
    setup.rate_per_s = arrivals.rate_per_s;
    setup.duration = arrivals.duration;
    setup.bursts = !arrivals.bursts.empty();
    setup.due = std::move(*due);
    return {};
}

Result<Setup> setup_of(const Line& line, const Point& point) {
    Setup setup;
    const panos::Model* const model = panos::find_model(line.model);
    if (model == nullptr || model->panorama()) {
        return tl::unexpected(fmt::format("--model {}: no firewall; there are {}", line.model, panos::model_names()));
    }
    setup.model = line.model;
    setup.version = line.version;
    setup.firewalls = line.firewalls;
    setup.seed = line.seed;
    setup.mode = point.mode;
    setup.policy = point.policy;
    setup.commit_time = model->commit_time();
    if (!point.commit_time.empty()) {
        const auto time = duration_of(point.commit_time, "--commit-time");
        if (!time) {
            return tl::unexpected(time.error());
        }
        setup.commit_time = *time;
    }
    setup.ailments.dead = line.dead;
    if (!line.slow.empty()) {
        if (const auto put = put_slow(line.slow, setup.ailments); !put) {
            return tl::unexpected("--slow " + put.error());
        }
    }
    if (const auto some_well = check_ailments(setup.ailments, setup.firewalls, setup.mode); !some_well) {
        return tl::unexpected(some_well.error());
    }
    // The slow ones are waited for, too.
    const auto commit_time = setup.ailments.slow > 0 ? slow_commit_time(setup) : setup.commit_time;
    const auto cycle = commit_time + setup.policy.min_commit_interval + setup.policy.settle;
    // Virtual hours are cheap, and a slow program's last block is worth waiting for.
    setup.drain = line.in_virtual_time()      ? std::chrono::hours(24)
                  : fetches_lists(setup.mode) ? fetch_interval(setup) + std::chrono::minutes(1)
                                              : 3 * cycle + std::chrono::seconds(30);
    if (!line.drain.empty()) {
        const auto drain = duration_of(line.drain, "--drain");
        if (!drain) {
            return tl::unexpected(drain.error());
        }
        setup.drain = *drain;
    }
    const auto put = put_schedule(line, point.rate, setup);
    return put ? Result<Setup>(std::move(setup)) : tl::unexpected(put.error());
}

Result<std::vector<Point>> points_of(const Line& line) {
    std::vector<CommitPolicy> policies;
    for (const std::string& file : line.policies) {
        auto policy = load_policy(file);
        if (!policy) {
            return tl::unexpected(policy.error());
        }
        policies.push_back(std::move(*policy));
    }
    if (policies.empty() && (line.seed_policy.empty() || line.is_sweep())) {
        policies.emplace_back();
    }
    const auto or_one_empty = [](std::vector<std::string> texts) {
        return texts.empty() ? std::vector<std::string>{""} : texts;
    };
    std::vector<Point> points;
    for (const std::string& commit_time : or_one_empty(line.commit_times)) {
        for (const std::string& rate : or_one_empty(line.rates)) {
            for (const std::string& mode : or_one_empty(line.modes)) {
                const Mode way = mode_called(mode).value_or(Mode::fixed);  // empty: none was named
                const std::size_t first = points.size();
                for (const CommitPolicy& policy : policies) {
                    const CommitPolicy fitting = for_mode(policy, way);
                    const bool known =
                        std::any_of(points.begin() + static_cast<std::ptrdiff_t>(first), points.end(),
                                    [&fitting](const Point& point) { return same_settings(point.policy, fitting); });
                    if (!known) {
                        points.push_back({rate, commit_time, way, fitting, Blocker::bridge});
                    }
                }
                if (!line.seed_policy.empty() && way == Mode::fixed) {
                    points.push_back({rate, commit_time, way, {}, Blocker::one_commit_per_alert});
                }
            }
        }
    }
    return points;
}

void show(const Progress& where) {
    std::cerr << fmt::format("\r{:>9}  sent {} of {}, answered {}, enforced {}\x1b[K", time_text(where.now),
                             number_text(where.sent), number_text(where.alerts), number_text(where.acknowledged),
                             number_text(where.enforced))
              << std::flush;
}

int report(const Line& line, const Measurement& measurement) {
    const Summary summary = summarize(measurement);
    std::cout << told(measurement, summary) << std::flush;
    bool written = true;
    if (!line.json.empty()) {
        written = lab::write_output_file(line.json, as_json(measurement, summary)) && written;
    }
    if (!line.html.empty()) {
        written = lab::write_output_file(line.html, as_page(measurement, summary)) && written;
    }
    if (!written || measurement.interrupted) {
        return ExitCode::unusable;
    }
    return summary.enforced.unfinished() == 0 ? ExitCode::ok : ExitCode::not_ok;
}

int fail(const std::string& why) {
    std::cerr << "firebreak-lab: " << why << '\n';
    return ExitCode::unusable;
}

int run_sweep(const Line& line, const std::vector<Point>& points, const std::stop_token& stop) {
    if (line.dead > 0 || !line.slow.empty()) {
        return fail("--dead, --slow: a sweep is of firewalls that are well; ask for one point of it with --virtual");
    }
    if (!line.html.empty()) {
        return fail("--html: a sweep has no page; ask for one point of it with --virtual");
    }
    std::vector<SweepRow> rows;
    for (const Point& point : points) {
        const auto setup = setup_of(line, point);
        const auto measurement =
            setup ? run_virtual(*setup, point.blocker, stop) : Result<Measurement>(tl::unexpected(setup.error()));
        if (!measurement) {
            return fail(measurement.error());
        }
        if (measurement->interrupted) {
            return fail("interrupted");
        }
        const std::string policy =
            point.blocker == Blocker::bridge ? point.policy.name : std::string(name_of(point.blocker));
        rows.push_back({time_text(setup->commit_time), point.rate.empty() ? "-" : point.rate,
                        std::string(name_of(point.mode)), policy, summarize(*measurement), false, false,
                        measurement->remarks});
        if (isatty(STDERR_FILENO) == 1) {
            std::cerr << fmt::format("\r{} of {} runs\x1b[K", rows.size(), points.size()) << std::flush;
        }
    }
    if (isatty(STDERR_FILENO) == 1) {
        std::cerr << "\r\x1b[K";
    }
    judge(rows);
    std::cout << told(rows) << std::flush;
    return line.json.empty() || lab::write_output_file(line.json, as_json(rows)) ? ExitCode::ok : ExitCode::unusable;
}

/// Where firewalls are to be dead or slow, the same is done first with all of them well.
Result<Measurement> compared(const Line& line, const Setup& setup,
                             const std::function<Result<Measurement>(const Setup&)>& measure) {
    if (!setup.ailments.any() || line.no_comparison) {
        return measure(setup);
    }
    Setup all_well = setup;
    all_well.ailments = {};
    auto before = measure(all_well);
    if (!before || before->interrupted) {
        return before;
    }
    auto measurement = measure(setup);
    if (measurement) {
        measurement->all_well = std::make_shared<const Measurement>(std::move(*before));
    }
    return measurement;
}

int run(const Line& line) {
    const lab::StopOnSignal signals;
    const auto points = points_of(line);
    if (!points) {
        return fail(points.error());
    }
    if (line.is_sweep()) {
        return run_sweep(line, *points, signals.token());
    }
    if (points->empty()) {
        return fail("--seed-policy one-commit-per-alert commits; of these modes none has commits");
    }
    const auto setup = setup_of(line, points->front());
    if (!setup) {
        return fail(setup.error());
    }
    if (line.in_virtual_time()) {
        const auto measurement = compared(line, *setup, [&](const Setup& each) {
            return run_virtual(each, points->front().blocker, signals.token());
        });
        return measurement ? report(line, *measurement) : fail(measurement.error());
    }
    const auto bridge = lab::find_bridge(line.bridge, "firebreak-bridge");
    if (!bridge) {
        return fail(bridge.error());
    }
    RealOptions options;
    options.bridge = *bridge;
    options.stop = signals.token();
    options.keep = line.keep;
    const bool terminal = isatty(STDERR_FILENO) == 1;
    if (terminal) {
        options.on_progress = show;
    }
    const auto measurement = compared(line, *setup, [&options](const Setup& each) { return run_real(each, options); });
    if (terminal) {
        std::cerr << "\r\x1b[K";
    }
    return measurement ? report(line, *measurement) : fail(measurement.error());
}

}  // namespace

std::function<int()> add_load(CLI::App& app) {
    const auto line = std::make_shared<Line>();
    CLI::App* load = app.add_subcommand("load", "Measure the time to block, and how commits are batched, under load");
    load->add_option("--rate", line->rates,
                     "Alerts per second, as 2000/s, 30/m (several, as 1/s,10/s: a sweep in virtual time)")
        ->delimiter(',');
    load->add_option("--duration", line->duration, "How long they come (default: 30s; of a replay: all of it)");
    load->add_option("--shape", line->shape, "constant, or poisson: independent arrivals")
        ->check(CLI::IsMember({"constant", "poisson"}))
        ->capture_default_str();
    load->add_option("--burst", line->bursts, "COUNT@TIME, as 10000@5s; 10000@5s/1s is spread (repeat for more)");
    CLI::Option* const replay =
        load->add_option("--replay", line->replay, "Alerts come as in this journal, a bridge's store")
            ->type_name("FILE");
    load->add_option("--replay-speed", line->speed, "So many times as fast")
        ->check(CLI::Range(0.001, 1e6))
        ->needs(replay);
    replay->excludes("--rate")->excludes("--burst");
    load->add_option("--firewalls", line->firewalls, "How many")->check(CLI::Range(1, 64))->capture_default_str();
    load->add_option("--dead", line->dead,
                     "So many of them take requests and answer none, from the first alert on (after the same run with "
                     "all well)")
        ->check(CLI::Range(0, 63));
    load->add_option("--slow", line->slow,
                     "COUNT or COUNT:TIME: so many answer each call that late (default 2s), and commit ten times as "
                     "long");
    load->add_flag("--no-comparison", line->no_comparison, "With --dead, --slow: not the run with all well before");
    load->add_option("--commit-time", line->commit_times,
                     "How long a commit runs (default: the model's time; several: a sweep)")
        ->delimiter(',');
    load->add_option("--model", line->model, "Model of the firewalls")->capture_default_str();
    load->add_option("--version", line->version, "Their PAN-OS version")->capture_default_str();
    load->add_option(
            "--mode", line->modes,
            "static: a group of members, and commits (default); dynamic: by tag; edl: an external list that the "
            "firewall fetches every five minutes; edl-refresh: and when the bridge tells it to")
        ->delimiter(',')
        ->check(CLI::IsMember({"static", "dynamic", "edl", "edl-refresh"}));
    load->add_option("--policy", line->policies,
                     "Keys of a target of bridge.yaml, as min_commit_interval: 30s (several: a sweep)")
        ->type_name("FILE");
    load->add_option("--seed", line->seed, "Of the arrivals: same seed, same schedule")->capture_default_str();
    load->add_option("--drain", line->drain,
                     "How long the last blocks are waited for (default: three commits and 30s, of a list "
                     "its interval and 1m; in virtual time 24h)");
    load->add_option("--html", line->html, "Write the report as a page with plots")->type_name("FILE");
    load->add_option("--json", line->json, "Write the report as JSON")->type_name("FILE");
    load->add_option("--bridge", line->bridge,
                     "The bridge under test; else $FIREBREAK_BRIDGE, else firebreak-bridge beside this program")
        ->type_name("FILE");
    load->add_flag("--virtual", line->virtual_time, "In virtual time: hours of commits in seconds");
    load->add_option(
            "--seed-policy", line->seed_policy,
            "Beside the policies, or without them alone: one-commit-per-alert, the script that everybody writes "
            "first (virtual time)")
        ->check(CLI::IsMember({std::string(name_of(Blocker::one_commit_per_alert))}));
    load->add_flag("--keep", line->keep, "Leave the directory with the bridge's files and log, and print it");
    return [line] { return run(*line); };
}

}  // namespace sim::load::stage
