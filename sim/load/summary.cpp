#include "sim/load/summary.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace sim::load {

std::size_t FirewallSeen::calls_total() const {
    return std::accumulate(calls.begin(), calls.end(), std::size_t{0},
                           [](std::size_t sum, const auto& each) { return sum + each.second; });
}

std::string_view name_of(Mode mode) {
    switch (mode) {
        case Mode::fixed:
            return "static";
        case Mode::dynamic:
            return "dynamic";
        case Mode::edl:
            return "edl";
        case Mode::edl_refresh:
            return "edl-refresh";
    }
    return "static";
}

std::optional<Mode> mode_called(std::string_view name) {
    for (const Mode mode : {Mode::fixed, Mode::dynamic, Mode::edl, Mode::edl_refresh}) {
        if (name == name_of(mode)) {
            return mode;
        }
    }
    return std::nullopt;
}

bool makes_commits(Mode mode) {
    return mode == Mode::fixed;
}

bool fetches_lists(Mode mode) {
    return mode == Mode::edl || mode == Mode::edl_refresh;
}

std::optional<Bound> bound_of(const Question& question) {
    Bound bound;
    if (fetches_lists(question.mode)) {
        bound.max = question.fetch_interval;
        if (question.rate_per_s > 0 && !question.bursts) {
            bound.batch = question.rate_per_s * std::chrono::duration<double>(bound.max).count();
            bound.median = bound.max / 2;
        }
        return bound;
    }
    if (!makes_commits(question.mode) || question.commit_time.count() == 0) {
        return std::nullopt;
    }
    const Micros cycle = question.commit_time + question.min_commit_interval;
    bound.max = cycle + question.commit_time + question.settle;
    if (question.rate_per_s > 0 && !question.bursts) {
        bound.batch = question.rate_per_s * std::chrono::duration<double>(cycle).count();
        bound.median = cycle / 2 + question.commit_time;
    }
    return bound;
}

namespace {

double seconds(Micros time) {
    return std::chrono::duration<double>(time).count();
}

void add(Quantiles& to, Micros happened, Micros due, Micros horizon) {
    if (happened == never) {
        to.add_unfinished(std::max(horizon - due, Micros{0}));
    } else {
        to.add(happened - due);
    }
}

void note_sizes(const std::vector<CommitSeen>& commits, Batching& out) {
    std::vector<std::size_t> sizes;
    for (const CommitSeen& commit : commits) {
        if (commit.alerts > 0) {
            sizes.push_back(commit.alerts);
        }
    }
    if (!sizes.empty()) {
        out.smallest = *std::min_element(sizes.begin(), sizes.end());
        out.largest = *std::max_element(sizes.begin(), sizes.end());
        out.mean = static_cast<double>(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0})) /
                   static_cast<double>(sizes.size());
    }
}

/// Of the commits that enforced anything.
Micros mean_linger(const FirewallSeen& firewall, const std::vector<Sent>& alerts) {
    std::vector<Micros> could(firewall.commits.size(), never);
    for (std::size_t i = 0; i < firewall.blocks.size(); ++i) {
        if (firewall.blocks[i].commit != no_commit) {
            Micros& first = could[firewall.blocks[i].commit];
            first = std::min(first, alerts[i].due);
        }
    }
    Micros sum{0};
    std::int64_t count = 0;
    Micros last_end{0};
    for (std::size_t i = 0; i < firewall.commits.size(); ++i) {
        const CommitSeen& commit = firewall.commits[i];
        if (could[i] != never) {
            sum += std::max(commit.asked - std::max(could[i], last_end), Micros{0});
            ++count;
        }
        last_end = commit.finished == never ? last_end : std::max(last_end, commit.finished);
    }
    return count == 0 ? Micros{0} : sum / count;
}

Batching batching_of(const FirewallSeen& firewall, const std::vector<Sent>& alerts, Micros horizon) {
    const Micros first_due = alerts.empty() ? Micros{0} : alerts.front().due;
    Batching out;
    out.commits = firewall.commits.size();
    out.refused = firewall.refused_commits;
    Micros busy{0};
    Micros busy_until{0};
    for (const CommitSeen& commit : firewall.commits) {
        const bool ended = commit.finished != never;
        out.ok += ended && commit.ok ? 1U : 0U;
        out.failed += ended && !commit.ok ? 1U : 0U;
        out.empty += commit.empty ? 1U : 0U;
        out.unfinished += ended ? 0U : 1U;
        out.overlaps += commit.asked < busy_until ? 1U : 0U;
        const Micros end = ended ? commit.finished : horizon;
        busy += commit.started == never ? Micros{0} : end - commit.started;
        busy_until = std::max(busy_until, end);
    }
    note_sizes(firewall.commits, out);
    out.linger = mean_linger(firewall, alerts);
    const Micros span = std::max(busy_until, first_due + Micros{1}) - first_due;
    out.duty = out.commits == 0 ? 0 : std::min(1.0, seconds(busy) / seconds(span));
    out.per_hour = out.commits == 0 ? 0 : static_cast<double>(out.commits) * 3600 / seconds(span);
    return out;
}

/// One sample of each alert for each span, into `own` and into what it is pooled with.
template <class Own, class Pool>
void add_spans(const FirewallSeen& firewall, const Measurement& all, Own& own, Pool& pool) {
    for (std::size_t i = 0; i < firewall.blocks.size(); ++i) {
        const BlockSpan& block = firewall.blocks[i];
        const Micros due = all.alerts[i].due;
        const bool shows_staged = !fetches_lists(all.question.mode);
        for (const auto& [shown, each, pooled, at] :
             {std::tuple(shows_staged, &own.staged, &pool.staged, block.staged),
              std::tuple(shows_staged, &own.queued, &pool.queued, block.queued),
              std::tuple(true, &own.enforced, &pool.enforced, block.enforced)}) {
            if (shown) {
                add(*each, at, due, all.horizon);
                add(*pooled, at, due, all.horizon);
            }
        }
    }
}

FirewallSummary summarize(const FirewallSeen& firewall, const Measurement& all, Summary& into) {
    FirewallSummary out;
    out.name = firewall.name;
    out.health = firewall.health;
    if (firewall.health == Health::well) {
        ++into.well;
        add_spans(firewall, all, out, into);
    } else {
        Spans& pool = into.ailing[firewall.health];
        ++pool.firewalls;
        add_spans(firewall, all, out, pool);
    }
    out.batching = batching_of(firewall, all.alerts, all.horizon);
    out.calls = firewall.calls_total();
    return out;
}

/// Those of `names` in a run in which all were well.
Spans spans_of(const Measurement& all_well, const std::set<std::string>& names) {
    Spans out;
    for (const FirewallSeen& firewall : all_well.firewalls) {
        if (names.contains(firewall.name)) {
            Spans own;
            add_spans(firewall, all_well, own, out);
            ++out.firewalls;
        }
    }
    return out;
}

}  // namespace

Summary summarize(const Measurement& measurement) {
    Summary out;
    out.alerts = measurement.alerts.size();
    Micros last_sent{0};
    for (const Sent& alert : measurement.alerts) {
        if (alert.sent == never) {
            ++out.unsent;
        } else {
            out.lag.add(alert.sent - alert.due);
            ++out.answers[alert.status];
            last_sent = std::max(last_sent, alert.sent);
        }
        add(out.acknowledged, alert.acknowledged() ? alert.answered : never, alert.due, measurement.horizon);
    }
    if (out.alerts > 1) {
        const Micros first = measurement.alerts.front().due;
        const auto gaps = static_cast<double>(out.alerts - 1);
        const double offered = seconds(measurement.alerts.back().due - first);
        const double sent = seconds(last_sent - first);
        out.offered_per_s = offered > 0 ? gaps / offered : 0;
        out.sent_per_s = sent > 0 ? (gaps - static_cast<double>(out.unsent)) / sent : 0;
    }
    for (const FirewallSeen& firewall : measurement.firewalls) {
        out.firewalls.push_back(summarize(firewall, measurement, out));
    }
    out.bound = bound_of(measurement.question);
    if (measurement.all_well != nullptr) {
        std::set<std::string> well;
        for (const FirewallSummary& firewall : out.firewalls) {
            if (firewall.health == Health::well) {
                well.insert(firewall.name);
            }
        }
        out.all_well = spans_of(*measurement.all_well, well);
    }
    return out;
}

std::optional<LastBlocks> last_blocks(const Summary& summary) {
    std::optional<LastBlocks> out;
    const auto before = [](const Quantile& a, const Quantile& b) {
        return std::pair(a.beyond, a.at) < std::pair(b.beyond, b.at);
    };
    for (const FirewallSummary& firewall : summary.firewalls) {
        if (firewall.health != Health::well || firewall.enforced.count() == 0) {
            continue;
        }
        const Quantile last = firewall.enforced.max();
        if (!out) {
            out = LastBlocks{last, last, firewall.name};
        } else if (before(last, out->least)) {
            out->least = last;
        } else if (before(out->most, last)) {
            out->most = last;
            out->slowest = firewall.name;
        }
    }
    return out;
}

}  // namespace sim::load
