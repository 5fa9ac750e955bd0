#include "sim/load/report.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <iterator>

#include "sim/load/time_text.hpp"

namespace sim::load {

namespace {

namespace json = boost::json;

constexpr std::string_view row_form = "  {:<20}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}\n";

std::string row(std::string_view name, const Quantiles& of) {
    if (of.count() == 0) {
        return {};
    }
    return fmt::format(row_form, name, time_text(of.at(0.5)), time_text(of.at(0.9)), time_text(of.at(0.99)),
                       time_text(of.at(0.999)), time_text(of.max()), number_text(of.count()),
                       number_text(of.unfinished()));
}

std::string answers_told(const Summary& summary) {
    std::string out;
    for (const auto& [status, count] : summary.answers) {
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", number_text(count),
                           status == 0 ? std::string("without an answer") : fmt::format("answered {}", status));
    }
    return out.empty() ? "nothing was sent" : out;
}

void tell_question(const Measurement& of, const Summary& summary, std::string& out) {
    const Question& asked = of.question;
    auto add = std::back_inserter(out);
    fmt::format_to(add, "  arrivals    {}: {} alerts, seed {}\n", asked.arrivals, number_text(summary.alerts),
                   asked.seed);
    fmt::format_to(add, "  firewalls   {} x {} {}, mode {}, {}\n", of.firewalls.size(), asked.model, asked.version,
                   name_of(asked.mode), commits_told(asked));
    fmt::format_to(add, "  blocked by  {}, policy {}; clock: {}\n", asked.blocker, asked.policy, asked.clock);
    fmt::format_to(add, "  sent        {:.0f}/s of {:.0f}/s offered, {} unsent; {}\n", summary.sent_per_s,
                   summary.offered_per_s, number_text(summary.unsent), answers_told(summary));
}

/// "1 dead", "2 slow (each answer after 2.00 s, a commit takes 50.0 s)"
std::string ailing_told(Health health, std::size_t count, const Question& asked) {
    return health == Health::slow
               ? fmt::format("{} slow (each answer after {}, a commit takes {})", count,
                             time_text(asked.ailments.answer), time_text(slow_commit_factor * asked.commit_time))
               : fmt::format("{} {} (takes requests and answers none)", count, name_of(health));
}

/// The firewalls that are not well, and what the others took when all were.
void tell_ailing(const Measurement& of, const Summary& summary, std::string& out) {
    auto add = std::back_inserter(out);
    if (summary.all_well) {
        fmt::format_to(add, "  with all well, the same {} firewalls, in a run before:\n", summary.all_well->firewalls);
        out += row("  staged", summary.all_well->staged) + row("  commit queued", summary.all_well->queued) +
               row("  enforced", summary.all_well->enforced);
    }
    for (const auto& [health, spans] : summary.ailing) {
        fmt::format_to(add, "  beside them {}:\n", ailing_told(health, spans.firewalls, of.question));
        out += row("  enforced", spans.enforced);
    }
}

void tell_bound(const Measurement& of, const Summary& summary, std::string& out) {
    if (!summary.bound) {
        return;
    }
    const Bound& bound = *summary.bound;
    auto add = std::back_inserter(out);
    const auto ratio = [](const Quantile& measured, Micros theory) {
        return fmt::format("{}{:.2f}", measured.beyond ? "> " : "",
                           static_cast<double>(measured.at.count()) / static_cast<double>(theory.count()));
    };
    const bool lists = fetches_lists(of.question.mode);
    fmt::format_to(add, "\n  {:<40}{:>10}{:>10}{:>10}\n",
                   lists ? fmt::format("theory (a list is fetched every T = {})", time_text(of.question.fetch_interval))
                         : fmt::format("theory (a commit takes C = {})", time_text(of.question.commit_time)),
                   "bound", "measured", "ratio");
    if (bound.median.count() > 0) {
        double mean = 0;
        for (const FirewallSummary& firewall : summary.firewalls) {
            mean += firewall.health == Health::well ? firewall.batching.mean / static_cast<double>(summary.well) : 0;
        }
        if (!lists) {
            fmt::format_to(add, "  {:<40}{:>10.1f}{:>10.1f}{:>10.2f}\n", "alerts per commit, L C", bound.batch, mean,
                           mean / bound.batch);
        }
        const Quantile median = summary.enforced.at(0.5);
        fmt::format_to(add, "  {:<40}{:>10}{:>10}{:>10}\n",
                       lists ? "time to block, median, T/2" : "time to block, median, 1.5 C", time_text(bound.median),
                       time_text(median), ratio(median, bound.median));
    }
    const Quantile max = summary.enforced.max();
    fmt::format_to(add, "  {:<40}{:>10}{:>10}{:>10}\n", lists ? "time to block, max, T" : "time to block, max, 2 C",
                   time_text(bound.max), time_text(max), ratio(max, bound.max));
    if (const auto last = last_blocks(summary); last && summary.well > 1 && !lists) {
        fmt::format_to(add, "  the last block of each firewall: after {} to {} C ({})\n",
                       ratio(last->least, of.question.commit_time), ratio(last->most, of.question.commit_time),
                       last->slowest);
    }
}

void tell_firewalls(const Summary& summary, std::string& out) {
    auto add = std::back_inserter(out);
    fmt::format_to(add, "\n  {:<10}{:>8}{:>17}{:>7}{:>9}{:>8}{:>9}{:>10}{:>6}{:>8}{:>9}{:>9}\n", "firewall", "commits",
                   "alerts/commit", "empty", "overlap", "failed", "refused", "linger", "duty", "calls", "p50", "max");
    for (const FirewallSummary& firewall : summary.firewalls) {
        const Batching& it = firewall.batching;
        fmt::format_to(add, "  {:<10}{:>8}{:>17}{:>7}{:>9}{:>8}{:>9}{:>10}{:>5.0f}%{:>8}{:>9}{:>9}{}\n", firewall.name,
                       it.commits, fmt::format("{}/{:.0f}/{}", it.smallest, it.mean, it.largest), it.empty, it.overlaps,
                       it.failed, it.refused, time_text(it.linger), it.duty * 100, number_text(firewall.calls),
                       time_text(firewall.enforced.at(0.5)), time_text(firewall.enforced.max()),
                       firewall.health == Health::well ? "" : fmt::format("  {}", name_of(firewall.health)));
    }
}

void tell_use(const Measurement& of, const Summary& summary, std::string& out) {
    auto add = std::back_inserter(out);
    if (of.bridge) {
        const double cpu = std::chrono::duration<double>(of.bridge->cpu).count();
        fmt::format_to(add, "\n  the bridge used {:.2f} s of CPU ({:.0f} us an alert), {:.1f} MiB at its peak{}\n", cpu,
                       summary.alerts == 0 ? 0 : cpu * 1e6 / static_cast<double>(summary.alerts),
                       static_cast<double>(of.bridge->peak_bytes) / 1048576.0,
                       of.bridge->syncs
                           ? fmt::format(", {} syncs ({:.1f} alerts each)", number_text(*of.bridge->syncs),
                                         *of.bridge->syncs == 0 ? 0.0
                                                                : static_cast<double>(summary.alerts) /
                                                                      static_cast<double>(*of.bridge->syncs))
                           : "");
    }
    if (of.floor) {
        fmt::format_to(add, "  the harness alone, {} posts answered at once: p50 {}, p99 {}, max {}\n",
                       number_text(of.floor->count), time_text(of.floor->p50), time_text(of.floor->p99),
                       time_text(of.floor->max));
    }
}

// ---- JSON

double seconds(Micros time) {
    return std::chrono::duration<double>(time).count();
}

json::object json_of(const Quantile& quantile) {
    return {{"s", seconds(quantile.at)}, {"beyond", quantile.beyond}};
}

json::object json_of(const Quantiles& of) {
    json::object out{{"count", of.count()},
                     {"beyond_horizon", of.unfinished()},
                     {"mean_of_finished_s", seconds(of.mean())},
                     {"oldest_unfinished_s", seconds(of.oldest_unfinished())}};
    if (of.count() > 0) {
        for (const auto& [name, share] :
             {std::pair("min", 0.0), {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"max", 1.0}}) {
            out[name] = json_of(of.at(share));
        }
    }
    return out;
}

json::value json_of_time(Micros time) {
    return time == never ? json::value(nullptr) : json::value(seconds(time));
}

json::object json_of(const FirewallSummary& summary, const FirewallSeen& seen) {
    const Batching& it = summary.batching;
    json::array commits;
    for (const CommitSeen& commit : seen.commits) {
        commits.push_back(json::object{{"job", commit.job},
                                       {"asked_s", json_of_time(commit.asked)},
                                       {"started_s", json_of_time(commit.started)},
                                       {"finished_s", json_of_time(commit.finished)},
                                       {"ok", commit.ok},
                                       {"empty", commit.empty},
                                       {"alerts", commit.alerts}});
    }
    json::object calls;
    for (const auto& [kind, count] : seen.calls) {
        calls[kind] = count;
    }
    return {{"name", summary.name},
            {"health", std::string(name_of(summary.health))},
            {"staged", json_of(summary.staged)},
            {"commit_queued", json_of(summary.queued)},
            {"enforced", json_of(summary.enforced)},
            {"batching", json::object{{"commits", it.commits},
                                      {"ok", it.ok},
                                      {"failed", it.failed},
                                      {"refused", it.refused},
                                      {"empty", it.empty},
                                      {"overlapping", it.overlaps},
                                      {"unfinished", it.unfinished},
                                      {"alerts_per_commit_min", it.smallest},
                                      {"alerts_per_commit_mean", it.mean},
                                      {"alerts_per_commit_max", it.largest},
                                      {"linger_mean_s", seconds(it.linger)},
                                      {"duty", it.duty},
                                      {"commits_per_hour", it.per_hour}}},
            {"commits", std::move(commits)},
            {"api_calls", summary.calls},
            {"api_calls_by_kind", std::move(calls)},
            {"api_calls_forgotten", seen.calls_forgotten}};
}

json::object json_of(const Question& asked) {
    return {{"clock", asked.clock},
            {"program", "firebreak-lab " + asked.program_version},
            {"blocker", asked.blocker},
            {"arrivals", asked.arrivals},
            {"rate_per_s", asked.rate_per_s},
            {"duration_s", seconds(asked.duration)},
            {"seed", asked.seed},
            {"policy", asked.policy},
            {"mode", std::string(name_of(asked.mode))},
            {"model", asked.model},
            {"version", asked.version},
            {"commit_time_s", seconds(asked.commit_time)},
            {"min_commit_interval_s", seconds(asked.min_commit_interval)},
            {"dead", asked.ailments.dead},
            {"slow", asked.ailments.slow},
            {"slow_answer_s", asked.ailments.slow > 0 ? json::value(seconds(asked.ailments.answer)) : nullptr},
            {"slow_commit_s",
             asked.ailments.slow > 0 ? json::value(seconds(slow_commit_factor * asked.commit_time)) : nullptr},
            {"fetch_interval_s", fetches_lists(asked.mode) ? json::value(seconds(asked.fetch_interval)) : nullptr},
            {"settle_s", seconds(asked.settle)}};
}

json::value json_of(const std::optional<ProcessUse>& use) {
    if (!use) {
        return nullptr;
    }
    return json::object{{"cpu_s", std::chrono::duration<double>(use->cpu).count()},
                        {"peak_resident_bytes", use->peak_bytes},
                        {"store_syncs", use->syncs ? json::value(*use->syncs) : json::value(nullptr)}};
}

json::object json_of(const Spans& spans) {
    return {{"firewalls", spans.firewalls},
            {"staged", json_of(spans.staged)},
            {"commit_queued", json_of(spans.queued)},
            {"enforced", json_of(spans.enforced)}};
}

json::value json_of(const std::optional<Bound>& bound) {
    if (!bound) {
        return nullptr;
    }
    return json::object{
        {"alerts_per_commit", bound->batch}, {"median_s", seconds(bound->median)}, {"max_s", seconds(bound->max)}};
}

}  // namespace

std::string told(const Measurement& of, const Summary& summary) {
    std::string out = "firebreak-lab load\n";
    tell_question(of, summary, out);
    fmt::format_to(std::back_inserter(out), "\n");
    fmt::format_to(std::back_inserter(out), row_form, "since due", "p50", "p90", "p99", "p99.9", "max", "count",
                   "beyond");
    out += row("acknowledged", summary.acknowledged) + row("staged", summary.staged);
    if (of.question.mode == Mode::fixed) {
        out += row("commit queued", summary.queued);
    }
    out += row("enforced", summary.enforced);
    tell_ailing(of, summary, out);
    out += row("sender lag", summary.lag);
    if (summary.enforced.unfinished() > 0) {
        fmt::format_to(std::back_inserter(out), "  blocked {} of {}; the oldest that is not has waited {}\n",
                       number_text(summary.enforced.finished()), number_text(summary.enforced.count()),
                       time_text(summary.enforced.oldest_unfinished()));
    }
    tell_bound(of, summary, out);
    tell_firewalls(summary, out);
    tell_use(of, summary, out);
    for (const std::string& remark : of.remarks) {
        out += "  ! " + remark + "\n";
    }
    if (of.interrupted) {
        out += "  ! interrupted: what had not happened by then counts as beyond\n";
    }
    return out;
}

std::string as_json(const Measurement& of, const Summary& summary) {
    json::object all;
    all["load"] = json_of(of.question);
    all["horizon_s"] = seconds(of.horizon);
    all["interrupted"] = of.interrupted;
    all["alerts"] = summary.alerts;
    all["unsent"] = summary.unsent;
    all["offered_per_s"] = summary.offered_per_s;
    all["sent_per_s"] = summary.sent_per_s;
    json::object answers;
    for (const auto& [status, count] : summary.answers) {
        answers[status == 0 ? "none" : std::to_string(status)] = count;
    }
    all["answers"] = std::move(answers);
    all["acknowledged"] = json_of(summary.acknowledged);
    all["sender_lag"] = json_of(summary.lag);
    all["staged"] = json_of(summary.staged);
    all["commit_queued"] = json_of(summary.queued);
    all["enforced"] = json_of(summary.enforced);
    json::object ailing;
    for (const auto& [health, spans] : summary.ailing) {
        ailing[name_of(health)] = json_of(spans);
    }
    all["well"] = summary.well;
    all["ailing"] = std::move(ailing);
    all["all_well"] = summary.all_well ? json::value(json_of(*summary.all_well)) : nullptr;
    all["theory"] = json_of(summary.bound);
    json::array firewalls;
    for (std::size_t i = 0; i < summary.firewalls.size(); ++i) {
        firewalls.push_back(json_of(summary.firewalls[i], of.firewalls[i]));
    }
    all["firewalls"] = std::move(firewalls);
    all["bridge"] = json_of(of.bridge);
    all["harness_floor"] = of.floor ? json::value(json::object{{"count", of.floor->count},
                                                               {"p50", json_of(of.floor->p50)},
                                                               {"p99", json_of(of.floor->p99)},
                                                               {"max", json_of(of.floor->max)}})
                                    : json::value(nullptr);
    all["remarks"] = json::array(of.remarks.begin(), of.remarks.end());
    return json::serialize(all) + "\n";
}

}  // namespace sim::load
