#include "sim/soak/command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "sim/lab/cli.hpp"
#include "sim/lab/output_file.hpp"
#include "sim/lab/signals.hpp"
#include "sim/panos/configuration/model.hpp"
#include "sim/soak/report.hpp"
#include "sim/soak/stage/stage.hpp"
#include "yaml/reader.hpp"

namespace sim::soak {

namespace {

using lab::ExitCode;
template <class T>
using Asked = tl::expected<T, std::string>;
using namespace std::chrono_literals;

/// The command line as it was written.
struct Line {
    std::string rate = "200/s";
    std::string duration = "30m";
    std::uint64_t seed = 1;
    std::size_t firewalls = 3;
    std::string model = "PA-VM";
    std::string version = "10.1";
    std::string commit_time = "5s";
    std::string expire = "2m";
    std::string faults = "10s-20s";
    std::string kills = "2m-3m";
    double flat = 5;
    std::string json;
    std::string bridge;
    bool keep = false;
    bool timetable = false;
};

Asked<Micros> duration_of(const std::string& text, const char* option) {
    const auto read = yaml::parse_duration(text);
    return read && read->count() > 0
               ? Asked<Micros>(*read)
               : tl::unexpected(fmt::format("{} {}: no duration; write 250ms, 30s, 5m", option, text));
}

struct Gap {
    Micros least{0};
    Micros most{0};
};

/// "10s-20s", "10s", "none".
Asked<Gap> gap_of(const std::string& text, const char* option) {
    if (text == "none") {
        return Gap{};
    }
    const std::size_t dash = text.find('-');
    const auto least = duration_of(text.substr(0, dash), option);
    const auto most = dash == std::string::npos ? least : duration_of(text.substr(dash + 1), option);
    if (!least || !most || *most < *least) {
        return tl::unexpected(fmt::format("{} {}: no gap; write 10s-20s, 15s, none", option, text));
    }
    return Gap{*least, *most};
}

Asked<Setup> setup_of(const Line& line) {
    Setup setup;
    Question& asked = setup.question;
    const auto rate = yaml::parse_rate(line.rate);
    if (!rate || *rate <= 0) {
        return tl::unexpected(fmt::format("--rate {}: no rate; write 200/s", line.rate));
    }
    const panos::Model* const model = panos::find_model(line.model);
    if (model == nullptr || model->panorama()) {
        return tl::unexpected(fmt::format("--model {}: no firewall; there are {}", line.model, panos::model_names()));
    }
    const auto duration = duration_of(line.duration, "--duration");
    const auto commit_time = duration_of(line.commit_time, "--commit-time");
    const auto expire = duration_of(line.expire, "--expire");
    const auto faults = gap_of(line.faults, "--faults");
    const auto kills = gap_of(line.kills, "--kills");
    for (const std::string& error :
         {duration ? "" : duration.error(), commit_time ? "" : commit_time.error(), expire ? "" : expire.error(),
          faults ? "" : faults.error(), kills ? "" : kills.error()}) {
        if (!error.empty()) {
            return tl::unexpected(error);
        }
    }
    asked.rate_per_s = *rate;
    asked.duration = *duration;
    asked.seed = line.seed;
    asked.firewalls = line.firewalls;
    asked.model = line.model;
    asked.version = line.version;
    asked.commit_time = *commit_time;
    asked.expire = *expire;
    // Within a block's time, so that an alert whose block never came is told from one whose time was over; and long
    // enough for what one disturbance costs: its own time, the bridge's patience after it, and two commits.
    asked.patience = *expire * 5 / 6;
    asked.longest = std::clamp<Micros>(*expire / 8, 1s, 15s);
    asked.judged_from = *duration / 3;
    asked.judged_parts = std::max<std::size_t>(3, static_cast<std::size_t>((*duration - asked.judged_from) / 1min));
    asked.flat_within = line.flat / 100;
    asked.program_version = FIREBREAK_VERSION;

    setup.timetable.duration = *duration;
    setup.timetable.firewalls = line.firewalls;
    setup.timetable.seed = line.seed;
    setup.timetable.longest = asked.longest;
    // After a restart a firewall commits by itself for so long (AutoCom of the mock), and our commit waits for it.
    setup.timetable.after_boot = 31s;
    setup.timetable.reboots = asked.longest + setup.timetable.after_boot + 6 * asked.commit_time <= asked.patience;
    setup.timetable.fault_every_min = faults->least;
    setup.timetable.fault_every_max = faults->most;
    // What is judged is the memory of one life, which has had time to warm up.
    setup.timetable.killing = *duration / 3 - std::min<Micros>(*duration / 30, 1min);
    setup.timetable.kill_every_min = kills->least;
    setup.timetable.kill_every_max = kills->most;

    load::Arrivals arrivals;
    arrivals.rate_per_s = asked.rate_per_s;
    arrivals.duration = asked.duration;
    auto due = load::make_schedule(arrivals);
    if (!due) {
        return tl::unexpected(due.error());
    }
    setup.stage.due = std::move(*due);
    setup.stage.rate_per_s = asked.rate_per_s;
    setup.stage.duration = asked.duration;
    setup.stage.firewalls = line.firewalls;
    setup.stage.model = line.model;
    setup.stage.version = line.version;
    setup.stage.commit_time = std::chrono::duration_cast<std::chrono::milliseconds>(asked.commit_time);
    setup.stage.seed = line.seed;
    return setup;
}

int fail(const std::string& why) {
    std::cerr << "firebreak-lab: " << why << '\n';
    return ExitCode::unusable;
}

int run_line(const Line& line) {
    const lab::StopOnSignal signals;
    const auto setup = setup_of(line);
    if (!setup) {
        return fail(setup.error());
    }
    if (line.timetable) {
        for (const Disturbance& each : make_timetable(setup->timetable)) {
            std::cout << told(each) << '\n';
        }
        return ExitCode::ok;
    }
    const auto bridge = lab::find_bridge(line.bridge, "firebreak-bridge");
    if (!bridge) {
        return fail(bridge.error());
    }
    Options options;
    options.bridge = *bridge;
    options.stop = signals.token();
    options.keep = line.keep;
    options.on_progress = [](const std::string& text) { std::cerr << text << std::endl; };
    const auto result = run(*setup, options);
    if (!result) {
        return fail(result.error());
    }
    std::cout << told(*result) << std::flush;
    const bool written = line.json.empty() || lab::write_output_file(line.json, as_json(*result));
    return !written || result->interrupted ? ExitCode::unusable : result->passed() ? ExitCode::ok : ExitCode::not_ok;
}

}  // namespace

std::function<int()> add_soak(CLI::App& app) {
    const auto line = std::make_shared<Line>();
    CLI::App* soak = app.add_subcommand(
        "soak", "Alerts at a steady rate for long, with faults and kills: nothing lost, memory flat");
    soak->add_option("--rate", line->rate, "Alerts per second, as 200/s")->capture_default_str();
    soak->add_option("--duration", line->duration, "How long they come")->capture_default_str();
    soak->add_option("--seed", line->seed, "Of the timetable and of the attackers' order")->capture_default_str();
    soak->add_option("--firewalls", line->firewalls, "How many")->check(CLI::Range(1, 16))->capture_default_str();
    soak->add_option("--model", line->model, "Model of the firewalls")->capture_default_str();
    soak->add_option("--version", line->version, "Their PAN-OS version")->capture_default_str();
    soak->add_option("--commit-time", line->commit_time, "How long a commit runs")->capture_default_str();
    soak->add_option("--expire", line->expire,
                     "A block's time after the last alert about it; what is done to the "
                     "firewalls lasts an eighth of it at most, and 15s")
        ->capture_default_str();
    soak->add_option("--faults", line->faults, "Between two faults: 10s-20s, or none")->capture_default_str();
    soak->add_option("--kills", line->kills, "Between two deaths of the bridge, in the first third: 2m-3m, or none")
        ->capture_default_str();
    soak->add_option("--flat", line->flat, "Percent that memory may vary in the last two thirds; 0: is not judged")
        ->check(CLI::Range(0.0, 1000.0))
        ->capture_default_str();
    soak->add_flag("--timetable", line->timetable, "Print what would be done when, and do nothing");
    soak->add_option("--json", line->json, "Write the report as JSON")->type_name("FILE");
    soak->add_option("--bridge", line->bridge,
                     "The bridge under test; else $FIREBREAK_BRIDGE, else firebreak-bridge beside this program")
        ->type_name("FILE");
    soak->add_flag("--keep", line->keep, "Leave the directory with the bridge's files and log, and print it");
    return [line] { return run_line(*line); };
}

}  // namespace sim::soak
