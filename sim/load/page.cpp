#include "sim/load/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "sim/load/plot.hpp"
#include "sim/load/time_text.hpp"

namespace sim::load {

namespace {

using Points = std::vector<std::pair<double, double>>;

constexpr std::size_t bins = 60;
constexpr std::size_t firewalls_drawn_max = 8;

constexpr std::string_view style = R"(
:root{--back:#ffffff;--card:#f6f8fa;--text:#1f2328;--soft:#59636e;--grid:#dfe3e8;--axis:#8b949e;--one:#2563b8;
--one-soft:#b9d2f3;--two:#b35309;--bad:#b42318;--on-one:#ffffff;color-scheme:light}
@media (prefers-color-scheme:dark){:root{--back:#14171b;--card:#1d2127;--text:#e6e9ec;--soft:#9fa8b3;--grid:#2c323a;
--axis:#6b7580;--one:#5b9bf0;--one-soft:#27456e;--two:#f0a050;--bad:#ff8a80;--on-one:#0d1117;color-scheme:dark}}
@media print{:root{--back:#ffffff;--card:#ffffff;--text:#000000;--soft:#444444;--grid:#dddddd;--axis:#777777;
--one:#2563b8;--one-soft:#b9d2f3;--two:#b35309;--bad:#b42318;--on-one:#ffffff;color-scheme:light}
figure,table,.tiles{break-inside:avoid}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
*{box-sizing:border-box}
body{margin:0 auto;padding:24px 20px 48px;max-width:860px;background:var(--back);color:var(--text);
font:15px/1.5 system-ui,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:32px 0 2px}
p{margin:4px 0 10px;color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:18px 0}
.tile{background:var(--card);border:1px solid var(--grid);border-radius:8px;padding:10px 14px}
.tile b{display:block;font-size:22px;font-weight:600;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:13px}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:13.5px}
th,td{text-align:right;padding:4px 8px;border-bottom:1px solid var(--grid);white-space:nowrap}
th{color:var(--soft);font-weight:500}th:first-child,td:first-child{text-align:left}
figure{margin:8px 0 0;overflow-x:auto}svg{width:100%;min-width:600px;height:auto;display:block}
svg text{font:12px system-ui,"Segoe UI",Roboto,"Liberation Sans",sans-serif;fill:var(--soft)}
svg .name{fill:var(--text)}svg .in-bar{fill:var(--on-one)}
.grid{stroke:var(--grid);stroke-width:1}.axis{stroke:var(--axis);stroke-width:1}
.one{fill:var(--one)}.soft{fill:var(--one-soft)}.bad{fill:var(--bad)}
polyline{fill:none;stroke-width:2;stroke-linejoin:round}
polyline.line-one{stroke:var(--one)}polyline.line-two{stroke:var(--two)}
.theory{stroke:var(--two);stroke-width:1.5;stroke-dasharray:5 4}svg .theory-name{fill:var(--two)}
.key{display:inline-block;width:12px;height:12px;border-radius:2px;margin:0 5px -1px 0}
.legend{font-size:13px;color:var(--soft);margin:2px 0 0}.legend span{margin-right:16px}
.remarks{border-left:3px solid var(--bad);padding:2px 12px;margin:14px 0}.remarks p{color:var(--text)}
)";

double seconds(Micros time) {
    return std::chrono::duration<double>(time).count();
}

/// For an axis that ends there.
Plot::Label seconds_label(double end) {
    return end < 1 ? [](double value) { return fmt::format("{:g} ms", std::round(value * 1e6) / 1e3); }
                   : Plot::Label([](double value) { return fmt::format("{:g} s", std::round(value * 1e6) / 1e6); });
}

std::string count_label(double value) {
    return value < 10 && value != std::floor(value) ? fmt::format("{:g}", value)
                                                    : number_text(static_cast<std::uint64_t>(value));
}

/// When everything that the plots show is over.
double end_of(const Measurement& of) {
    Micros end{0};
    for (const Sent& alert : of.alerts) {
        end = std::max(end, alert.due);
    }
    bool open = false;
    for (const FirewallSeen& firewall : of.firewalls) {
        for (const BlockSpan& block : firewall.blocks) {
            open = open || block.enforced == never;
            end = block.enforced == never ? end : std::max(end, block.enforced);
        }
        for (const CommitSeen& commit : firewall.commits) {
            end = commit.finished == never ? end : std::max(end, commit.finished);
        }
    }
    return std::max(seconds(open ? std::max(end, of.horizon) : end), 1e-3);
}

void tile(std::string& out, std::string_view value, std::string_view name) {
    fmt::format_to(std::back_inserter(out), "<div class=\"tile\"><b>{}</b><span>{}</span></div>", html(value),
                   html(name));
}

void tiles(const Summary& summary, std::string& out) {
    out += "<div class=\"tiles\">";
    tile(out, time_text(summary.enforced.at(0.5)), "time to block, median");
    tile(out, time_text(summary.enforced.at(0.99)), "99th percentile");
    tile(out, time_text(summary.enforced.max()), "the slowest");
    tile(out, number_text(summary.enforced.finished()),
         fmt::format("blocked, of {}", number_text(summary.enforced.count())));
    out += "</div>";
}

void span_row(std::string_view name, const Quantiles& of, std::string& out) {
    if (of.count() == 0) {
        return;
    }
    auto add = std::back_inserter(out);
    fmt::format_to(add, "<tr><td>{}</td>", html(name));
    for (const double share : {0.5, 0.9, 0.99, 0.999, 1.0}) {
        fmt::format_to(add, "<td>{}</td>", html(time_text(of.at(share))));
    }
    fmt::format_to(add, "<td>{}</td><td>{}</td></tr>", number_text(of.count()), number_text(of.unfinished()));
}

void span_table(const Measurement& of, const Summary& summary, std::string& out) {
    out +=
        "<h2>Spans</h2><p>Each counts from when the alert was due. Beyond: had not happened when the run ended; such "
        "alerts count as later than all others.";
    if (!summary.ailing.empty()) {
        fmt::format_to(
            std::back_inserter(out),
            " Of the {} firewalls that are well; those that are dead or slow have a row of their own.{}", summary.well,
            summary.all_well ? " With all well: the same firewalls in a run before, in which all were." : "");
    }
    out +=
        "</p><div class=\"wide\"><table><tr><th></th><th>p50</th><th>p90</th>"
        "<th>p99</th><th>p99.9</th><th>max</th><th>count</th><th>beyond</th></tr>";
    span_row("acknowledged", summary.acknowledged, out);
    span_row("staged", summary.staged, out);
    if (of.question.mode == Mode::fixed) {
        span_row("commit queued", summary.queued, out);
    }
    span_row("enforced", summary.enforced, out);
    if (summary.all_well) {
        span_row("with all well: staged", summary.all_well->staged, out);
        span_row("with all well: commit queued", summary.all_well->queued, out);
        span_row("with all well: enforced", summary.all_well->enforced, out);
    }
    for (const auto& [health, spans] : summary.ailing) {
        span_row(fmt::format("{} {}: enforced", spans.firewalls, name_of(health)), spans.enforced, out);
    }
    span_row("sender lag", summary.lag, out);
    out += "</table></div>";
}

// ---- the distribution

void distribution(const Measurement& of, const Summary& summary, std::string& out) {
    const auto& sorted = summary.enforced.sorted();
    out += "<h2>Time to block</h2>";
    if (sorted.empty()) {
        out += "<p>Nothing was blocked.</p>";
        return;
    }
    double max = seconds(sorted.back());
    if (summary.bound) {
        max = std::max(max, seconds(summary.bound->max)) * 1.02;
    }
    const double bin = max / static_cast<double>(bins);
    std::array<std::size_t, bins> counts{};
    for (const Micros took : sorted) {
        ++counts.at(std::min(bins - 1, static_cast<std::size_t>(seconds(took) / bin)));
    }
    const auto highest = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
    Plot plot(max, ticks(highest, 4).back(), 270);
    plot.y_axis(count_label, of.firewalls.size() > 1 ? "blocks, of all firewalls that are well" : "blocks");
    plot.x_axis(seconds_label(max), "from when the alert was due to the verdict 'deny'");
    for (std::size_t i = 0; i < bins; ++i) {
        if (counts[i] > 0) {
            const double from = static_cast<double>(i) * bin;
            plot.bar(from, from + bin, 0, static_cast<double>(counts[i]), "one",
                     fmt::format("{:.3g} to {:.3g} s: {}", from, from + bin, number_text(counts[i])));
        }
    }
    if (summary.bound) {
        if (summary.bound->median.count() > 0) {
            plot.mark(seconds(summary.bound->median), "theory's median", "theory");
        }
        plot.mark(seconds(summary.bound->max), "theory's most", "theory");
    }
    if (summary.enforced.unfinished() > 0) {
        fmt::format_to(std::back_inserter(out), "<p>{} more had not been blocked when the run ended.</p>",
                       number_text(summary.enforced.unfinished()));
    }
    out += "<figure>" + plot.svg("Distribution of the time to block") + "</figure>";
}

// ---- over time

void arrivals(const Measurement& of, double end, std::string& out) {
    std::vector<std::size_t> counts(120);
    const double bin = end / static_cast<double>(counts.size());
    for (const Sent& alert : of.alerts) {
        ++counts[std::min(counts.size() - 1, static_cast<std::size_t>(seconds(alert.due) / bin))];
    }
    Points points;
    double highest = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double rate = static_cast<double>(counts[i]) / bin;
        highest = std::max(highest, rate);
        points.emplace_back(static_cast<double>(i) * bin, rate);
        points.emplace_back(static_cast<double>(i + 1) * bin, rate);
    }
    Plot plot(end, ticks(highest, 4).back(), 190);
    plot.y_axis(count_label, "alerts due, per second");
    plot.x_axis(seconds_label(end), "since the run began");
    plot.area(points, "soft");
    plot.line(points, "line-one");
    out += "<h2>Arrivals and commits</h2><figure>" + plot.svg("Arrivals over time") + "</figure>";
}

void commits(const Measurement& of, double end, std::string& out) {
    if (!makes_commits(of.question.mode)) {
        out += fetches_lists(of.question.mode) ? "<p>Lists are fetched; nothing is committed.</p>"
                                               : "<p>Addresses are registered; nothing is committed.</p>";
        return;
    }
    out +=
        "<p class=\"legend\"><span><i class=\"key\" style=\"background:var(--one)\"></i>a commit, with the alerts that "
        "it blocked</span><span><i class=\"key\" style=\"background:var(--one-soft)\"></i>it changed nothing for "
        "them</span><span><i class=\"key\" style=\"background:var(--bad)\"></i>it failed</span></p>";
    std::size_t drawn = 0;
    for (const FirewallSeen& firewall : of.firewalls) {
        if (drawn++ == firewalls_drawn_max) {
            fmt::format_to(std::back_inserter(out), "<p>and {} more firewalls; the JSON has them all.</p>",
                           of.firewalls.size() - firewalls_drawn_max);
            break;
        }
        Plot plot(end, 1, 82, 6);
        plot.row_name(firewall.health == Health::well
                          ? firewall.name
                          : fmt::format("{} ({})", firewall.name, name_of(firewall.health)));
        plot.x_axis(seconds_label(end), "");
        for (const CommitSeen& commit : firewall.commits) {
            if (commit.started == never) {
                continue;
            }
            const double from = seconds(commit.started);
            const double to = commit.finished == never ? end : seconds(commit.finished);
            const bool failed = commit.finished != never && !commit.ok;
            plot.bar(from, to, 0, 1,
                     failed              ? "bad"
                     : commit.alerts > 0 ? "one"
                                         : "soft",
                     fmt::format("job {}: {:.2f} to {:.2f} s, {} alerts{}", commit.job, from, to, commit.alerts,
                                 failed ? ", failed" : ""));
            const std::string count = number_text(commit.alerts);
            if (plot.pixels(from, to) > 8.0 * static_cast<double>(count.size()) + 6) {
                plot.text((from + to) / 2, 0.5, count, commit.alerts > 0 && !failed ? "in-bar" : "name");
            }
        }
        out += "<figure>" + plot.svg("Commits of " + firewall.name) + "</figure>";
    }
}

/// How many have begun and not ended: the most within each of as many intervals as a plot can show, so that no peak is
/// lost between two of them.
Points depth(std::vector<double> begins, std::vector<double> ends, double end) {
    constexpr int intervals = 600;
    std::sort(begins.begin(), begins.end());
    std::sort(ends.begin(), ends.end());
    Points points;
    std::size_t begun = 0;
    std::size_t ended = 0;
    for (int i = 0; i < intervals; ++i) {
        const double until = end * (i + 1) / intervals;
        std::size_t most = begun - std::min(begun, ended);
        while (begun < begins.size() && begins[begun] <= until) {
            while (ended < ends.size() && ends[ended] <= begins[begun]) {
                ++ended;
            }
            ++begun;
            most = std::max(most, begun - std::min(begun, ended));
        }
        while (ended < ends.size() && ends[ended] <= until) {
            ++ended;
        }
        points.emplace_back(end * (i + 0.5) / intervals, static_cast<double>(most));
    }
    points.emplace_back(end, static_cast<double>(begun - std::min(begun, ended)));
    return points;
}

void queue(const Measurement& of, double end, std::string& out) {
    std::vector<double> due;
    std::vector<double> blocked_everywhere;
    std::vector<double> answered;
    for (std::size_t i = 0; i < of.alerts.size(); ++i) {
        due.push_back(seconds(of.alerts[i].due));
        if (of.alerts[i].acknowledged()) {
            answered.push_back(seconds(of.alerts[i].answered));
        }
        Micros last{0};
        for (const FirewallSeen& firewall : of.firewalls) {
            last = firewall.health == Health::well ? std::max(last, firewall.blocks[i].enforced) : last;
        }
        if (last != never) {
            blocked_everywhere.push_back(seconds(last));
        }
    }
    const Points open = depth(due, blocked_everywhere, end);
    const Points unanswered = depth(due, answered, end);
    double highest = 0;
    for (const Points* points : {&open, &unanswered}) {
        for (const auto& [x, y] : *points) {
            highest = std::max(highest, y);
        }
    }
    Plot plot(end, ticks(highest, 4).back(), 220);
    plot.y_axis(count_label, "alerts at a time, the most");
    plot.x_axis(seconds_label(end), "since the run began");
    plot.area(open, "soft");
    plot.line(open, "line-one");
    plot.line(unanswered, "line-two");
    out +=
        "<h2>Queue</h2><p class=\"legend\"><span><i class=\"key\" style=\"background:var(--one)\"></i>due and not yet "
        "blocked on every firewall that is well</span><span><i class=\"key\" style=\"background:var(--two)\"></i>due "
        "and not yet "
        "acknowledged</span></p><figure>" +
        plot.svg("Alerts that wait, over time") + "</figure>";
}

void batches(const Measurement& of, const Summary& summary, std::string& out) {
    if (!makes_commits(of.question.mode) || of.firewalls.empty()) {
        return;
    }
    const auto first_well = std::find_if(of.firewalls.begin(), of.firewalls.end(),
                                         [](const FirewallSeen& each) { return each.health == Health::well; });
    const FirewallSeen& firewall = first_well == of.firewalls.end() ? of.firewalls.front() : *first_well;
    double highest = summary.bound ? summary.bound->batch : 0;
    for (const CommitSeen& commit : firewall.commits) {
        highest = std::max(highest, static_cast<double>(commit.alerts));
    }
    out += "<h2>Batches</h2>";
    if (firewall.commits.empty()) {
        out += "<p>Nothing was committed.</p>";
        return;
    }
    const auto count = static_cast<double>(std::max<std::size_t>(firewall.commits.size(), 12));
    Plot plot(count + 1, ticks(highest, 4).back(), 220);
    plot.y_axis(count_label, "alerts in a commit");
    plot.x_axis([&](double x) { return x == std::floor(x) && x >= 1 ? fmt::format("{:.0f}", x) : std::string(); },
                "commits of " + firewall.name + ", in order");
    for (std::size_t i = 0; i < firewall.commits.size(); ++i) {
        const auto at = static_cast<double>(i + 1);
        plot.bar(at - 0.4, at + 0.4, 0, static_cast<double>(firewall.commits[i].alerts), "one",
                 fmt::format("commit {}: {} alerts", i + 1, firewall.commits[i].alerts));
    }
    if (summary.bound && summary.bound->batch > 0) {
        plot.line({{0, summary.bound->batch}, {count + 1, summary.bound->batch}}, "line-two");
        fmt::format_to(
            std::back_inserter(out),
            "<p class=\"legend\"><span><i class=\"key\" style=\"background:var(--two)\"></i>theory: L C = {:.1f}"
            "</span></p>",
            summary.bound->batch);
    }
    out += "<figure>" + plot.svg("Alerts in each commit") + "</figure>";
}

std::string named(const FirewallSummary& firewall) {
    return firewall.health == Health::well ? firewall.name
                                           : fmt::format("{} ({})", firewall.name, name_of(firewall.health));
}

void firewall_table(const Summary& summary, std::string& out) {
    auto add = std::back_inserter(out);
    out +=
        "<h2>Firewalls</h2><div class=\"wide\"><table><tr><th></th><th>commits</th><th>alerts each</th><th>empty</th>"
        "<th>overlap</th><th>failed</th><th>refused</th><th>linger</th><th>duty</th><th>calls</th><th>p50</th>"
        "<th>max</th></tr>";
    for (const FirewallSummary& firewall : summary.firewalls) {
        const Batching& it = firewall.batching;
        fmt::format_to(add,
                       "<tr><td>{}</td><td>{}</td><td>{}/{:.0f}/{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
                       "<td>{}</td><td>{:.0f}%</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                       html(named(firewall)), it.commits, it.smallest, it.mean, it.largest, it.empty, it.overlaps,
                       it.failed, it.refused, time_text(it.linger), it.duty * 100, number_text(firewall.calls),
                       html(time_text(firewall.enforced.at(0.5))), html(time_text(firewall.enforced.max())));
    }
    out += "</table></div>";
}

void machinery(const Measurement& of, std::string& out) {
    auto add = std::back_inserter(out);
    if (of.bridge) {
        fmt::format_to(
            add, "<p>The bridge used {:.2f} s of CPU and at most {:.1f} MiB{}.</p>",
            std::chrono::duration<double>(of.bridge->cpu).count(),
            static_cast<double>(of.bridge->peak_bytes) / 1048576.0,
            of.bridge->syncs ? fmt::format(", and synced its store {} times", number_text(*of.bridge->syncs)) : "");
    }
    if (of.floor) {
        fmt::format_to(add, "<p>The harness alone, {} posts answered at once: p50 {}, p99 {}, max {}.</p>",
                       number_text(of.floor->count), html(time_text(of.floor->p50)), html(time_text(of.floor->p99)),
                       html(time_text(of.floor->max)));
    }
}

}  // namespace

std::string as_page(const Measurement& of, const Summary& summary) {
    const Question& asked = of.question;
    std::string out =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\"><title>firebreak-lab load</title><style>";
    out += style;
    out += "</style></head><body>";
    auto add = std::back_inserter(out);
    fmt::format_to(add, "<h1>Time to block: {}</h1>", html(asked.arrivals));
    fmt::format_to(add,
                   "<p>{} alerts, {} × {} {}, mode {}, {}; blocked by {}, policy {}; seed {}, {} "
                   "clock; firebreak-lab {}</p>",
                   number_text(summary.alerts), of.firewalls.size(), html(asked.model), html(asked.version),
                   name_of(asked.mode), commits_told(asked), html(asked.blocker), html(asked.policy), asked.seed,
                   asked.clock, html(asked.program_version));
    if (!of.remarks.empty() || of.interrupted) {
        out += "<div class=\"remarks\">";
        for (const std::string& remark : of.remarks) {
            fmt::format_to(add, "<p>{}</p>", html(remark));
        }
        out += of.interrupted ? "<p>Interrupted: what had not happened by then counts as beyond.</p></div>" : "</div>";
    }
    const double end = end_of(of);
    tiles(summary, out);
    distribution(of, summary, out);
    arrivals(of, end, out);
    commits(of, end, out);
    queue(of, end, out);
    batches(of, summary, out);
    span_table(of, summary, out);
    firewall_table(summary, out);
    machinery(of, out);
    out += "</body></html>\n";
    return out;
}

}  // namespace sim::load
