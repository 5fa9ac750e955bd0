#include "sim/load/stage/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>
#include <map>
#include <tuple>

#include "sim/load/time_text.hpp"

namespace sim::load::stage {

namespace {

constexpr double as_good = 1.05;

std::size_t commits_of(const Summary& summary) {
    std::size_t all = 0;
    for (const FirewallSummary& firewall : summary.firewalls) {
        all += firewall.batching.commits;
    }
    return all;
}

std::size_t calls_of(const Summary& summary) {
    std::size_t all = 0;
    for (const FirewallSummary& firewall : summary.firewalls) {
        all += firewall.calls;
    }
    return all;
}

/// Of all firewalls together.
double commits_per_hour(const Summary& summary) {
    double all = 0;
    for (const FirewallSummary& firewall : summary.firewalls) {
        all += firewall.batching.per_hour;
    }
    return all;
}

SweepRow* winner(const std::vector<SweepRow*>& rows) {
    const bool any_done = std::any_of(rows.begin(), rows.end(),
                                      [](const SweepRow* row) { return row->summary.enforced.unfinished() == 0; });
    const auto p99 = [](const SweepRow* row) { return row->summary.enforced.at(0.99).at; };
    SweepRow* best = nullptr;
    for (SweepRow* row : rows) {
        if (any_done && row->summary.enforced.unfinished() > 0) {
            continue;
        }
        if (best == nullptr || p99(row) < p99(best)) {
            best = row;
        }
    }
    const double enough = best == nullptr ? 0 : static_cast<double>(p99(best).count()) * as_good;
    for (SweepRow* row : rows) {
        const bool eligible = !any_done || row->summary.enforced.unfinished() == 0;
        if (eligible && static_cast<double>(p99(row).count()) <= enough &&
            std::pair(commits_of(row->summary), calls_of(row->summary)) <
                std::pair(commits_of(best->summary), calls_of(best->summary))) {
            best = row;
        }
    }
    return best;
}

}  // namespace

void judge(std::vector<SweepRow>& rows) {
    std::map<std::tuple<std::string, std::string, std::string>, std::vector<SweepRow*>> contests;
    for (SweepRow& row : rows) {
        contests[{row.commit_time, row.rate, row.mode}].push_back(&row);
    }
    std::map<std::pair<std::string, std::string>, std::vector<SweepRow*>> of_all_modes;
    for (SweepRow& row : rows) {
        of_all_modes[{row.commit_time, row.rate}].push_back(&row);
    }
    for (const auto& [place, contest] : of_all_modes) {
        const bool several = std::any_of(contest.begin(), contest.end(), [&contest](const SweepRow* row) {
            return row->mode != contest.front()->mode;
        });
        if (SweepRow* const best = several ? winner(contest) : nullptr) {
            best->wins_all = true;
        }
    }
    for (const auto& [place, contest] : contests) {
        if (SweepRow* const best = contest.size() > 1 ? winner(contest) : nullptr) {
            best->wins = true;
        }
    }
}

std::string told(const std::vector<SweepRow>& rows) {
    std::string out;
    auto add = std::back_inserter(out);
    fmt::format_to(add, "{:<8}{:<8}{:<13}{:<34}{:>8}{:>10}{:>10}{:>10}{:>9}{:>11}{:>9}{:>9}\n", "commit", "rate",
                   "mode", "policy", "alerts", "p50", "p99", "max", "beyond", "commits/h", "commits", "calls");
    const SweepRow* last = nullptr;
    for (const SweepRow& row : rows) {
        if (last != nullptr && (last->commit_time != row.commit_time || last->rate != row.rate)) {
            out += '\n';
        }
        last = &row;
        const Quantiles& blocked = row.summary.enforced;
        fmt::format_to(add, "{:<8}{:<8}{:<13}{:<34}{:>8}{:>10}{:>10}{:>10}{:>9}{:>11.0f}{:>9}{:>9}\n", row.commit_time,
                       row.rate, row.mode,
                       row.policy + (row.wins ? "  <- wins" : "") + (row.wins_all ? "  <= of all modes" : ""),
                       number_text(row.summary.alerts), time_text(blocked.at(0.5)), time_text(blocked.at(0.99)),
                       time_text(blocked.max()), number_text(blocked.unfinished()), commits_per_hour(row.summary),
                       number_text(commits_of(row.summary)), number_text(calls_of(row.summary)));
        for (const std::string& remark : row.remarks) {
            fmt::format_to(add, "  ! {}\n", remark);
        }
    }
    out +=
        "\nvirtual time; times are from when an alert was due to the verdict 'deny', beyond: not blocked at the end\n";
    return out;
}

std::string as_json(const std::vector<SweepRow>& rows) {
    boost::json::array all;
    const auto quantile = [](const Quantile& of) {
        return boost::json::object{{"s", std::chrono::duration<double>(of.at).count()}, {"beyond", of.beyond}};
    };
    for (const SweepRow& row : rows) {
        const Quantiles& blocked = row.summary.enforced;
        all.push_back(boost::json::object{{"commit_time", row.commit_time},
                                          {"rate", row.rate},
                                          {"mode", row.mode},
                                          {"policy", row.policy},
                                          {"wins", row.wins},
                                          {"wins_over_all_modes", row.wins_all},
                                          {"alerts", row.summary.alerts},
                                          {"p50", quantile(blocked.at(0.5))},
                                          {"p99", quantile(blocked.at(0.99))},
                                          {"max", quantile(blocked.max())},
                                          {"beyond_horizon", blocked.unfinished()},
                                          {"commits", commits_of(row.summary)},
                                          {"commits_per_hour", commits_per_hour(row.summary)},
                                          {"api_calls", calls_of(row.summary)},
                                          {"remarks", boost::json::array(row.remarks.begin(), row.remarks.end())}});
    }
    return boost::json::serialize(boost::json::object{{"clock", "virtual"}, {"sweep", std::move(all)}}) + "\n";
}

}  // namespace sim::load::stage
