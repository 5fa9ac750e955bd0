// type=report: dynamic, predefined and custom reports, over the logs that the device has.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "sim/panos/call/call.hpp"
#include "sim/panos/call/log_call.hpp"
#include "sim/panos/machine/machine.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::uint64_t rows_default = 50;
constexpr std::uint64_t rows_max = 500;  // documented: topn

// A report counts the entries of a log by one of their fields.
struct Report {
    std::string_view name;
    std::string_view title;
    std::string_view database;  // printed as logtype
    std::string_view log;
    std::string_view field;
    bool dynamic;
    bool predefined;
};

constexpr std::array reports{
    Report{"top-app-summary", "Top applications", "appstat", "traffic", "app", true, false},
    Report{"top-applications-summary", "Top applications", "appstat", "traffic", "app", true, false},
    Report{"top-src-summary", "Top sources", "trsum", "traffic", "src", true, false},
    Report{"top-dst-summary", "Top destinations", "trsum", "traffic", "dst", true, false},
    Report{"top-rule-summary", "Top rules", "trsum", "traffic", "rule", true, false},
    Report{"top-src-countries-summary", "Top source countries", "trsum", "traffic", "srcloc", true, false},
    Report{"top-dst-countries-summary", "Top destination countries", "trsum", "traffic", "dstloc", true, false},
    Report{"top-threat-summary", "Top threats", "thsum", "threat", "threatid", true, false},
    Report{"top-attackers-summary", "Top attackers", "thsum", "threat", "src", true, false},
    Report{"top-victims-summary", "Top victims", "thsum", "threat", "dst", true, false},
    Report{"top-url-categories-summary", "Top URL categories", "urlsum", "url", "category", true, false},
    Report{"top-applications", "Top applications", "trsum", "traffic", "app", false, true},
    Report{"top-sources", "Top sources", "trsum", "traffic", "src", false, true},
    Report{"top-destinations", "Top destinations", "trsum", "traffic", "dst", false, true},
    Report{"top-attackers", "Top attackers", "thsum", "threat", "src", false, true},
    Report{"top-victims", "Top victims", "thsum", "threat", "dst", false, true},
    Report{"top-threats", "Top threats", "thsum", "threat", "threatid", false, true},
    Report{"top-denied-sources", "Top denied sources", "trsum", "traffic", "src", false, true},
    Report{"top-denied-destinations", "Top denied destinations", "trsum", "traffic", "dst", false, true},
    Report{"top-rules", "Top rules", "trsum", "traffic", "rule", false, true},
    Report{"top-url-categories", "Top URL categories", "urlsum", "url", "category", false, true},
};

struct Period {
    std::string_view name;
    std::chrono::seconds span;
};

constexpr std::array periods{Period{"last-60-seconds", std::chrono::seconds(60)},
                             Period{"last-15-minutes", std::chrono::minutes(15)},
                             Period{"last-hour", std::chrono::hours(1)},
                             Period{"last-6-hrs", std::chrono::hours(6)},
                             Period{"last-12-hrs", std::chrono::hours(12)},
                             Period{"last-24-hrs", std::chrono::hours(24)},
                             Period{"last-calendar-day", std::chrono::hours(24)},
                             Period{"last-7-days", std::chrono::hours(24 * 7)},
                             Period{"last-7-calendar-days", std::chrono::hours(24 * 7)},
                             Period{"last-calendar-week", std::chrono::hours(24 * 7)},
                             Period{"last-30-days", std::chrono::hours(24 * 30)},
                             Period{"last-30-calendar-days", std::chrono::hours(24 * 30)},
                             Period{"last-calendar-month", std::chrono::hours(24 * 30)}};

using Seconds = std::chrono::sys_seconds;

struct Window {
    Seconds start;
    Seconds end;  // of the last second that counts
    std::string range;
};

// The span ends with the last whole second; calendar spans with the last day.
Window window_of(const Period& period, Instant now) {
    Seconds end = std::chrono::floor<std::chrono::seconds>(now) - std::chrono::seconds(1);
    if (period.name.find("calendar") != std::string_view::npos) {
        end = std::chrono::floor<std::chrono::days>(now) - std::chrono::seconds(1);
    }
    return {end - period.span + std::chrono::seconds(1), end, std::string(period.name)};
}

struct Counted {
    std::string value;
    std::uint64_t sessions = 0;
    std::uint64_t bytes = 0;
};

std::uint64_t number_or_zero(const std::string* text) {
    std::uint64_t value = 0;
    if (text != nullptr) {
        const auto read = std::from_chars(text->data(), text->data() + text->size(), value);
        return read.ec == std::errc{} ? value : 0;
    }
    return 0;
}

std::vector<Counted> counted(const Machine& machine, const Report& report, const Window& window, std::size_t most) {
    std::map<std::string, Counted> by_value;
    const bool denied = report.name.find("denied") != std::string_view::npos;
    for (const LogEntryPtr& entry : machine.logs.of(report.log)) {
        const auto at = std::chrono::floor<std::chrono::seconds>(entry->time);
        const std::string* value = entry->find(report.field);
        const std::string* action = entry->find("action");
        if (at < window.start || at > window.end || value == nullptr ||
            (denied && (action == nullptr || *action == "allow"))) {
            continue;
        }
        Counted& row = by_value[*value];
        row.value = *value;
        ++row.sessions;
        row.bytes += number_or_zero(entry->find("bytes"));
    }
    std::vector<Counted> rows;
    for (auto& [value, row] : by_value) {
        rows.push_back(std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Counted& a, const Counted& b) {
        return a.bytes != b.bytes ? a.bytes > b.bytes : a.sessions > b.sessions;
    });
    rows.resize(std::min(rows.size(), most));
    return rows;
}

std::string attributes_of(const Report& report, const Window& window, Instant now) {
    return fmt::format(
        "name=\"{}\" logtype=\"{}\" start=\"{}\" start-epoch=\"{}\" end=\"{}\" end-epoch=\"{}\" generated-at=\"{}\" "
        "range=\"{}\"",
        report.title, report.database, date_and_time(window.start), window.start.time_since_epoch().count(),
        date_and_time(window.end), window.end.time_since_epoch().count(), date_and_time(now),
        escaped_attribute(window.range));
}

std::string rows_xml(const Report& report, const std::vector<Counted>& rows) {
    std::string out;
    for (const Counted& row : rows) {
        out += fmt::format(
            "\n    <entry>\n      <{0}>{1}</{0}>\n      <nbytes>{2}</nbytes>\n      <nsess>{3}</nsess>\n"
            "    </entry>",
            report.field, escaped_text(row.value), row.bytes, row.sessions);
    }
    return out + (out.empty() ? "" : "\n  ");
}

Reply enqueued(Machine& machine, const Session& session, std::function<std::string()> answer) {
    Query job;
    job.id = machine.jobs.take_number();
    job.of = QueryOf::report;
    job.admin = session.admin;
    job.enqueued = session.now;
    job.due = session.now + machine.options.query_time;
    job.answer = std::move(answer);
    const std::uint64_t id = job.id;
    machine.queries.add(std::move(job));
    return success(19, fmt::format("<result><msg><line>Report job enqueued with jobid {0}</line></msg><job>{0}</job>"
                                   "</result>",
                                   id));
}

tl::expected<Window, Reply> asked_window(const Parameters& parameters, Instant now) {
    const std::string_view name = parameters.value("period");
    const auto at =
        std::find_if(periods.begin(), periods.end(), [name](const Period& each) { return each.name == name; });
    if (name.empty()) {
        return tl::make_unexpected(missing_parameter("period"));
    }
    if (at == periods.end()) {
        return tl::make_unexpected(illegal_value("period", name));
    }
    return window_of(*at, now);
}

std::optional<std::uint64_t> asked_rows(const Parameters& parameters) {
    const std::string_view text = parameters.value("topn");
    if (text.empty()) {
        return rows_default;
    }
    const auto rows = whole_number(text, rows_max);
    return rows && *rows > 0 ? rows : std::nullopt;
}

Reply run(Machine& machine, const Session& session, const Report& report, const Window& window, std::uint64_t most) {
    const std::vector<Counted> rows = counted(machine, report, window, static_cast<std::size_t>(most));
    const std::string attributes = attributes_of(report, window, session.now);
    const std::string body = rows_xml(report, rows);
    if (report.dynamic && !machine.version.at_least(9, 0)) {
        return success(0, fmt::format("<report reportname=\"{}\" logtype=\"{}\"><result {}>{}</result></report>",
                                      report.name, report.database, attributes, body));
    }
    return enqueued(machine, session,
                    [attributes, body] { return fmt::format("  <report {}>{}</report>\n", attributes, body); });
}

// Custom reports are entries of the configuration; the mock knows their names and counts nothing for them.
bool has_custom_report(const Machine& machine, const std::string& name) {
    const auto scopes = scopes_of(machine.configuration.running());
    return std::any_of(scopes.begin(), scopes.end(), [&name](const Scope& scope) {
        const NodePtr container = node_at(scope.node, std::vector<std::string>{"reports"});
        return container && container->child("entry", name) != nullptr;
    });
}

Reply custom(Machine& machine, const Session& session, const Parameters& parameters, const std::string& name) {
    const std::string_view definition = parameters.value("cmd");
    if (!definition.empty() && !read_xml(definition)) {
        return error(18, {"Malformed Request"});
    }
    if (definition.empty() && !has_custom_report(machine, name)) {
        return error(7, {fmt::format("Report {} not found", escaped_line(name))});
    }
    const Window window = window_of(periods[6], session.now);
    const std::string title = name.empty() ? "custom-dynamic-report" : name;
    Report as{};
    as.title = title;
    as.database = "panorama-trsum";
    const std::string attributes = attributes_of(as, window, session.now);
    return enqueued(machine, session, [attributes] { return fmt::format("  <report {}></report>\n", attributes); });
}

Reply answer_report_call(Machine& machine, const Session& session, const Parameters& parameters) {
    const std::string_view action = parameters.value("action");
    if (action == "get" || action == "finish") {
        return query_answer(machine, session, parameters, QueryOf::report);
    }
    if (!action.empty()) {
        return illegal_value("action", action);
    }
    const std::string_view type = parameters.value("reporttype");
    const std::string name(parameters.value("reportname"));
    if (type.empty()) {
        return missing_parameter("reporttype");
    }
    if (type != "dynamic" && type != "predefined" && type != "custom") {
        return illegal_value("reporttype", type);
    }
    if (name.empty()) {
        return missing_parameter("reportname");
    }
    if (type == "custom" || (type == "dynamic" && name == "custom-dynamic-report")) {
        return custom(machine, session, parameters, name == "custom-dynamic-report" ? std::string{} : name);
    }
    const auto report = std::find_if(reports.begin(), reports.end(), [&](const Report& each) {
        return each.name == name && (type == "dynamic" ? each.dynamic : each.predefined);
    });
    if (report == reports.end()) {
        return illegal_value("reportname", name);
    }
    const auto rows = asked_rows(parameters);
    if (!rows) {
        return illegal_value("topn", parameters.value("topn"));
    }
    if (type == "predefined") {
        return run(machine, session, *report, window_of(periods[6], session.now), *rows);
    }
    const auto window = asked_window(parameters, session.now);
    return window ? run(machine, session, *report, *window, *rows) : window.error();
}

}  // namespace

Prepared prepare_report(Machine& machine, const Session& session, const Parameters& parameters) {
    Prepared prepared;
    prepared.note.action =
        std::string((parameters.value("action").empty() ? parameters.value("reporttype") : parameters.value("action"))
                        .substr(0, 40));
    prepared.carry_out = [&machine, &session, &parameters] { return answer_report_call(machine, session, parameters); };
    return prepared;
}

}  // namespace sim::panos
