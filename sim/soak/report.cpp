#include "sim/soak/report.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <iterator>

#include "sim/load/time_text.hpp"

namespace sim::soak {

namespace {

namespace json = boost::json;
using load::number_text;
using load::time_text;

constexpr std::size_t findings_told_max = 40;

double seconds(Micros time) {
    return std::chrono::duration<double>(time).count();
}

std::string mebibytes(double bytes) {
    return fmt::format("{:.1f} MiB", bytes / 1048576.0);
}

json::value seconds_or_null(Micros time) {
    return time == never ? json::value(nullptr) : json::value(seconds(time));
}

json::value json_of(const load::Quantiles& all) {
    if (all.count() == 0) {
        return nullptr;
    }
    return json::object{{"count", all.count()},
                        {"p50_s", seconds(all.at(0.5).at)},
                        {"p99_s", seconds(all.at(0.99).at)},
                        {"max_s", seconds(all.at(1).at)}};
}

json::object json_of(const Finding& finding) {
    return {{"at_s", seconds(finding.at)},
            {"wrong", name_of(finding.wrong)},
            {"firewall", finding.firewall},
            {"address", finding.address},
            {"alert", finding.alert ? json::value(*finding.alert) : json::value(nullptr)},
            {"text", finding.text}};
}

json::value json_of(const std::optional<double>& number) {
    return number ? json::value(*number) : json::value(nullptr);
}

void tell_alerts(const Result& of, std::string& out) {
    const auto into = std::back_inserter(out);
    fmt::format_to(into, "  alerts        {} due, {} acknowledged, {} of them not at the first try ({} tries)\n",
                   number_text(of.alerts), number_text(of.acknowledged), number_text(of.sent_again),
                   number_text(of.tries));
    if (of.acknowledgement.count() > 0) {
        fmt::format_to(into, "  acknowledged  p50 {}, p99 {}, max {} since due\n",
                       time_text(of.acknowledgement.at(0.5)), time_text(of.acknowledgement.at(0.99)),
                       time_text(of.acknowledgement.at(1)));
    }
    fmt::format_to(into, "  accounted     {} of {} (alert and firewall), {} by a reason of the bridge\n",
                   number_text(of.accounted), number_text(of.owed), number_text(of.explained));
    fmt::format_to(into, "  journal       {} alerts\n", number_text(of.files.alerts_in_journal));
    fmt::format_to(into, "  blocks        {} came, {} went", number_text(of.blocks), number_text(of.removals));
    if (of.waits.count() > 0) {
        fmt::format_to(into, "; owed for p50 {}, p99 {}, max {}", time_text(of.waits.at(0.5)),
                       time_text(of.waits.at(0.99)), time_text(of.waits.at(1)));
    }
    fmt::format_to(into, "\n  ledger        compared {} times with what the firewalls deny\n", of.ledger_checks);
}

void tell_firewalls(const Result& of, std::string& out) {
    fmt::format_to(std::back_inserter(out), "\n  {:<8} {:>8} {:>8} {:>7} {:>7} {:>7} {:>7} {:>9} {:>9} {:>9}\n",
                   "firewall", "struck", "commits", "most", "failed", "empty", "most", "calls", "denied", "objects");
    for (const FirewallSeen& it : of.firewalls) {
        fmt::format_to(std::back_inserter(out), "  {:<8} {:>8} {:>8} {:>7} {:>7} {:>7} {:>7} {:>9} {:>9} {:>9}\n",
                       it.name, it.disturbances, it.commits, it.commits_max, it.failed, it.empty, it.empty_max,
                       number_text(it.calls), number_text(it.denied_most), number_text(it.objects_most));
    }
}

void tell_lives(const Result& of, std::string& out) {
    fmt::format_to(std::back_inserter(out), "\n  {:<6} {:>10} {:>10} {:>10} {:>12} {:>12} {:>12}  {}\n", "life", "from",
                   "to", "ready in", "first", "last", "peak", "ended by");
    for (std::size_t i = 0; i < of.lives.size(); ++i) {
        const Life& it = of.lives[i];
        fmt::format_to(std::back_inserter(out), "  {:<6} {:>10} {:>10} {:>10} {:>12} {:>12} {:>12}  {}\n", i + 1,
                       time_text(it.began), it.ended == never ? "" : time_text(it.ended), time_text(it.start_took),
                       mebibytes(static_cast<double>(it.first_bytes)), mebibytes(static_cast<double>(it.last_bytes)),
                       mebibytes(static_cast<double>(it.peak_bytes)), it.end);
    }
}

void tell_levels(const Result& of, std::string& out) {
    const auto into = std::back_inserter(out);
    fmt::format_to(into, "\n  judged from {} to {}, in {} parts:\n", time_text(of.question.judged_from),
                   time_text(of.question.duration), of.question.judged_parts);
    if (of.resident) {
        fmt::format_to(into,
                       "  memory        median {}, medians of the parts {} to {}: spread {:.1f} %, trend {:+.1f} %\n",
                       mebibytes(of.resident->median), mebibytes(of.resident->least), mebibytes(of.resident->most),
                       100 * of.resident->spread, 100 * of.resident->trend);
    }
    if (of.descriptors_left && of.threads_rise) {
        fmt::format_to(into, "  descriptors   {:+.0f} at the end, when the appliances have hung up; threads {:+.0f}\n",
                       *of.descriptors_left, *of.threads_rise);
    }
    fmt::format_to(into, "  database      {} at most, {} at the end; write-ahead log {} at most\n",
                   mebibytes(static_cast<double>(of.files.database_most)),
                   mebibytes(static_cast<double>(of.files.database_last)),
                   mebibytes(static_cast<double>(of.files.log_most)));
    fmt::format_to(into, "  this program  {} at most\n", mebibytes(static_cast<double>(of.own_peak_bytes)));
    fmt::format_to(into, "  log           {} lines, {} warnings\n", number_text(of.log_lines),
                   number_text(of.log_warnings));
}

}  // namespace

std::string told(const Result& of) {
    const Question& asked = of.question;
    std::string out = fmt::format(
        "firebreak-lab soak\n"
        "  {:g} alerts/s for {}, seed {}; {} attackers, about {} blocked; a block lasts {}\n"
        "  {} firewalls {} {}, a commit takes {}; {} disturbances of up to {} each, patience {}\n\n",
        asked.rate_per_s, time_text(asked.duration), asked.seed, number_text(asked.pool), number_text(asked.active),
        time_text(asked.expire), asked.firewalls, asked.model, asked.version, time_text(asked.commit_time),
        of.timetable.size(), time_text(asked.longest), time_text(asked.patience));
    tell_alerts(of, out);
    tell_firewalls(of, out);
    tell_lives(of, out);
    tell_levels(of, out);
    out += "\n  struck:";
    for (const auto& [kind, count] : of.struck) {
        fmt::format_to(std::back_inserter(out), " {} {}", count, kind);
    }
    out += "\n";
    for (const std::string& remark : of.remarks) {
        out += "  ! " + remark + "\n";
    }
    if (of.interrupted) {
        out += "  ! interrupted: nothing is proven\n";
    }
    for (std::size_t i = 0; i < std::min(of.findings.size(), findings_told_max); ++i) {
        out += "  WRONG " + of.findings[i].told() + "\n";
    }
    if (of.findings_count > findings_told_max) {
        fmt::format_to(std::back_inserter(out), "  and {} more\n", of.findings_count - findings_told_max);
    }
    fmt::format_to(std::back_inserter(out), "\n  {} in {}\n",
                   of.passed() ? "passed" : fmt::format("FAILED, {} findings,", of.findings_count), time_text(of.took));
    return out;
}

std::string as_json(const Result& of) {
    const Question& asked = of.question;
    json::object all;
    all["soak"] = json::object{{"program", "firebreak-lab " + asked.program_version},
                               {"rate_per_s", asked.rate_per_s},
                               {"duration_s", seconds(asked.duration)},
                               {"seed", asked.seed},
                               {"firewalls", asked.firewalls},
                               {"model", asked.model},
                               {"version", asked.version},
                               {"commit_time_s", seconds(asked.commit_time)},
                               {"expire_s", seconds(asked.expire)},
                               {"patience_s", seconds(asked.patience)},
                               {"attackers", asked.pool},
                               {"active", asked.active},
                               {"judged_from_s", seconds(asked.judged_from)},
                               {"judged_parts", asked.judged_parts},
                               {"flat_within", asked.flat_within}};
    json::array timetable;
    for (const Disturbance& each : of.timetable) {
        timetable.push_back(
            json::object{{"at_s", seconds(each.at)},
                         {"kind", name_of(each.kind)},
                         {"firewall", of_bridge(each.kind) ? json::value(nullptr) : json::value(each.firewall + 1)},
                         {"lasts_s", seconds(each.lasts)}});
    }
    all["timetable"] = std::move(timetable);
    all["passed"] = of.passed();
    all["interrupted"] = of.interrupted;
    all["took_s"] = seconds(of.took);
    all["drained_s"] = seconds(of.drained);
    all["alerts"] = json::object{{"due", of.alerts},
                                 {"acknowledged", of.acknowledged},
                                 {"sent_again", of.sent_again},
                                 {"tries", of.tries},
                                 {"in_journal", of.files.alerts_in_journal}};
    all["acknowledgement"] = json_of(of.acknowledgement);
    all["accounted"] = json::object{{"owed", of.owed}, {"accounted", of.accounted}, {"explained", of.explained}};
    all["blocks"] = json::object{{"came", of.blocks}, {"went", of.removals}, {"owed_for", json_of(of.waits)}};
    all["ledger_checks"] = of.ledger_checks;
    json::array firewalls;
    for (const FirewallSeen& it : of.firewalls) {
        firewalls.push_back(json::object{{"name", it.name},
                                         {"disturbances", it.disturbances},
                                         {"commits", it.commits},
                                         {"commits_max", it.commits_max},
                                         {"ok", it.ok},
                                         {"failed", it.failed},
                                         {"empty", it.empty},
                                         {"empty_max", it.empty_max},
                                         {"calls", it.calls},
                                         {"denied_most", it.denied_most},
                                         {"objects_most", it.objects_most}});
    }
    all["firewalls"] = std::move(firewalls);
    json::array lives;
    for (const Life& it : of.lives) {
        lives.push_back(json::object{{"began_s", seconds(it.began)},
                                     {"ended_s", seconds_or_null(it.ended)},
                                     {"ended_by", it.end},
                                     {"start_took_s", seconds(it.start_took)},
                                     {"first_resident_bytes", it.first_bytes},
                                     {"last_resident_bytes", it.last_bytes},
                                     {"peak_resident_bytes", it.peak_bytes}});
    }
    all["lives"] = std::move(lives);
    json::array samples;
    for (const Sample& it : of.samples) {
        samples.push_back(json::array{seconds(it.at), it.life + 1, it.resident_bytes, it.threads});
    }
    all["samples"] = json::object{{"columns", json::array{"at_s", "life", "resident_bytes", "threads"}},
                                  {"rows", std::move(samples)}};
    json::array descriptors;
    for (const Level& it : of.descriptors) {
        descriptors.push_back(json::array{seconds(it.at), it.value});
    }
    all["descriptors"] = std::move(descriptors);
    all["resident"] = of.resident ? json::value(json::object{{"median_bytes", of.resident->median},
                                                             {"least_bytes", of.resident->least},
                                                             {"most_bytes", of.resident->most},
                                                             {"spread", of.resident->spread},
                                                             {"trend", of.resident->trend}})
                                  : json::value(nullptr);
    all["descriptors_left"] = json_of(of.descriptors_left);
    all["threads_rise"] = json_of(of.threads_rise);
    all["store"] = json::object{{"database_most_bytes", of.files.database_most},
                                {"database_last_bytes", of.files.database_last},
                                {"log_most_bytes", of.files.log_most}};
    all["own_peak_resident_bytes"] = of.own_peak_bytes;
    all["log"] = json::object{{"lines", of.log_lines}, {"warnings", of.log_warnings}};
    json::object struck;
    for (const auto& [kind, count] : of.struck) {
        struck[kind] = count;
    }
    all["struck"] = std::move(struck);
    json::array findings;
    for (const Finding& each : of.findings) {
        findings.push_back(json_of(each));
    }
    all["findings"] = std::move(findings);
    all["findings_count"] = of.findings_count;
    all["remarks"] = json::array(of.remarks.begin(), of.remarks.end());
    return json::serialize(all) + "\n";
}

}  // namespace sim::soak
