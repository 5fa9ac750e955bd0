// type=log, and what goes into the logs of the device itself.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/panos/log_call.hpp"
#include "sim/panos/machine.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::uint64_t entries_default = 20;
constexpr std::uint64_t entries_max = 5000;  // documented: API Log Retrieval Parameters

Reply missing(std::string_view parameter) {
    return web_error(400, fmt::format("Missing value for parameter \"{}\".", parameter));
}

Reply illegal(std::string_view parameter, std::string_view value) {
    return web_error(400, fmt::format("Illegal value for parameter \"{}\" [{}].", parameter, value));
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && read.ec == std::errc{} && read.ptr == text.data() + text.size() ? std::optional(value)
                                                                                            : std::nullopt;
}

std::string vsys_of(const NodePtr& configuration) {
    std::string out;
    for (const Scope& scope : scopes_of(configuration)) {
        if (!scope.shared()) {
            const std::string name = escaped_text(scope.vsys());
            const std::string_view shown = scope.node->text_of("display-name");
            out += fmt::format(
                "          <entry name=\"{}\">\n            <display-name>{}</display-name>\n          </entry>\n",
                name, shown.empty() ? name : escaped_text(shown));
        }
    }
    return out;
}

// The devices that entries refer to, as recorded answers end.
std::string meta_xml(const Machine& machine) {
    return fmt::format(
        "  <meta>\n    <devices>\n      <entry name=\"localhost.localdomain\">\n"
        "        <hostname>localhost.localdomain</hostname>\n        <vsys>\n{}        </vsys>\n      </entry>\n"
        "    </devices>\n  </meta>\n",
        vsys_of(machine.configuration.running()));
}

std::string logs_xml(std::string_view type, const std::vector<LogEntryPtr>& entries, const LogSource& source) {
    if (entries.empty()) {
        return "  <log>\n    <logs count=\"0\" progress=\"100\"/>\n  </log>\n";
    }
    std::string out = fmt::format("  <log>\n    <logs count=\"{}\" progress=\"100\">\n", entries.size());
    for (const LogEntryPtr& each : entries) {
        out += log_entry_xml(type, *each, source);
    }
    return out + "    </logs>\n  </log>\n";
}

LogSource source_of(const Machine& machine) {
    return {machine.serial, machine.host_name};
}

Reply refused_query(std::string_view text) {
    return error(17, {quoted_line(fmt::format("log -> query '{}' is invalid", text)), " log -> query is invalid"});
}

Reply enqueue(Machine& machine, const Session& session, const Parameters& parameters) {
    const std::string type(parameters.value("log-type"));
    if (type.empty()) {
        return missing("log-type");
    }
    if (!is_log_type(type)) {
        return illegal("log-type", type);
    }
    const auto given = [&parameters](std::string_view name, std::uint64_t otherwise) {
        const std::string_view text = parameters.value(name);
        return text.empty() ? std::optional(otherwise) : whole_number(text);
    };
    const auto count = given("nlogs", entries_default);
    if (!count) {
        return illegal("nlogs", parameters.value("nlogs"));
    }
    if (*count < 1 || *count > entries_max) {  // this one names the parameter without quotation marks
        return web_error(400, fmt::format("Illegal value for parameter nlogs [{}]. Should be between 1 to {}",
                                          parameters.value("nlogs"), entries_max));
    }
    const auto skip = given("skip", 0);
    if (!skip) {
        return illegal("skip", parameters.value("skip"));
    }
    const std::string_view order = parameters.value("dir");
    if (!order.empty() && order != "backward" && order != "forward") {
        return illegal("dir", order);
    }
    const auto query = LogQuery::parse(parameters.value("query"));
    if (!query) {
        return refused_query(parameters.value("query"));
    }
    auto found = selected_logs(machine, type, *query, static_cast<std::size_t>(*skip), static_cast<std::size_t>(*count),
                               order == "forward", session.now);
    Query job;
    job.id = machine.jobs.take_number();
    job.of = QueryOf::log;
    job.admin = session.admin;
    job.enqueued = session.now;
    job.due = session.now + machine.options.query_time;
    job.answer = [type, found = std::move(found), source = source_of(machine), meta = meta_xml(machine)] {
        return logs_xml(type, found, source) + meta;
    };
    const std::uint64_t id = job.id;
    machine.queries.add(std::move(job));
    return success(19, fmt::format("<result><msg><line>query job enqueued with jobid {0}</line></msg><job>{0}</job>"
                                   "</result>",
                                   id));
}

Reply answer_call(Machine& machine, const Session& session, const Parameters& parameters) {
    const std::string_view action = parameters.value("action");
    if (action.empty()) {
        return enqueue(machine, session, parameters);
    }
    if (action != "get" && action != "finish") {
        return illegal("action", action);
    }
    return query_answer(machine, session, parameters, QueryOf::log);
}

// "/config/devices/entry[@name='x']/vsys/entry[@name='v']/address" as the config log's <path> spells it.
std::string path_in_words(const std::string& xpath) {
    std::string out;
    std::string_view rest = xpath;
    for (const std::string_view head :
         {"/config/devices/entry[@name='localhost.localdomain']",
          "/config/devices/entry[@name=\"localhost.localdomain\"]", "/config/devices/entry", "/config"}) {
        if (rest.rfind(head, 0) == 0) {
            rest.remove_prefix(head.size());
            break;
        }
    }
    out.reserve(rest.size());
    for (std::size_t i = 0; i < rest.size();) {
        if (rest[i] == '/') {
            out += ' ';
            ++i;
        } else if (rest.compare(i, 12, "entry[@name=") == 0 && i + 13 < rest.size()) {
            const std::size_t end = rest.find(rest[i + 12], i + 13);
            const std::string_view name = rest.substr(i + 13, end == std::string_view::npos ? end : end - i - 13);
            out += ' ';
            out += name;
            i = end == std::string_view::npos ? rest.size() : std::min(rest.size(), end + 2);
        } else {
            out += rest[i++];
        }
    }
    return out;
}

void system_log(Machine& machine, Instant at, std::string subtype, std::string event, std::string severity,
                std::string text) {
    const std::string module = subtype == "auth" ? "auth" : "general";
    machine.logs.add("system", at, std::move(subtype),
                     {{"vsys_id", "0"},
                      {"eventid", std::move(event)},
                      {"fmt", "0"},
                      {"id", "0"},
                      {"module", module},
                      {"severity", std::move(severity)},
                      {"opaque", std::move(text)}});
}

}  // namespace

std::vector<LogEntryPtr> selected_logs(const Machine& machine, std::string_view type, const LogQuery& query,
                                       std::size_t skip, std::size_t count, bool oldest_first, Instant now) {
    std::vector<LogEntryPtr> found;
    const auto look = [&](const LogEntryPtr& entry) {
        if (!query.selects(type, *entry, now)) {
            return true;
        }
        if (skip > 0) {
            --skip;
            return true;
        }
        found.push_back(entry);
        return found.size() < count;
    };
    const auto& entries = machine.logs.of(type);
    if (oldest_first) {
        (void)std::all_of(entries.begin(), entries.end(), look);
    } else {
        (void)std::all_of(entries.rbegin(), entries.rend(), look);
    }
    return found;
}

std::string selected_logs_xml(const Machine& machine, std::string_view type, const std::vector<LogEntryPtr>& entries) {
    return logs_xml(type, entries, source_of(machine));
}

Reply query_answer(Machine& machine, const Session& session, const Parameters& parameters, QueryOf of) {
    const std::string_view text = parameters.value("job-id");
    if (text.empty()) {
        return missing("job-id");
    }
    const auto id = whole_number(text);
    if (!id) {
        return illegal("job-id", text);
    }
    const Query* query = machine.queries.find(of, *id);
    if (query == nullptr) {
        return of == QueryOf::log ? error(0, {"No such query job"}) : error(7, {fmt::format("job {} not found", *id)});
    }
    if (parameters.value("action") == "finish") {
        machine.queries.remove(of, *id);
        return result(fmt::format("<job>{}</job>", *id));
    }
    std::string out = query_job_xml(*query, session.now);
    if (query->finished(session.now)) {
        out += query->answer();
    }
    return result(out);
}

Prepared prepare_log(Machine& machine, const Session& session, const Parameters& parameters) {
    Prepared prepared;
    const std::string_view action = parameters.value("action");
    prepared.note.action =
        action.empty() ? std::string(parameters.value("log-type").substr(0, 40)) : std::string(action.substr(0, 40));
    prepared.carry_out = [&machine, &session, &parameters] { return answer_call(machine, session, parameters); };
    return prepared;
}

void log_change(Machine& machine, const std::string& admin, const std::string& from, const std::string& command,
                const std::string& xpath, std::string_view outcome, Instant at) {
    LogFields fields;
    fields.reserve(9);
    fields.emplace_back("vsys_id", "0");
    fields.emplace_back("host", from);
    fields.emplace_back("cmd", command);
    fields.emplace_back("admin", admin);
    fields.emplace_back("client", "Web");
    fields.emplace_back("result", outcome);
    fields.emplace_back("path", path_in_words(xpath));
    fields.emplace_back("dg_id", "0");
    fields.emplace_back("full-path", xpath);
    machine.logs.add("config", at, "0", std::move(fields));
}

void log_changes_since(Machine& machine, std::uint64_t edit, const std::string& from, Instant at) {
    const auto& journal = machine.configuration.journal();
    for (std::size_t i = 0; i < journal.size(); ++i) {
        const JournalLine& line = journal[i];
        if (line.mark->dirty_id <= edit) {
            continue;
        }
        const std::string command = line.action == "CREATE"   ? "set"
                                    : line.action == "EDIT"   ? "edit"
                                    : line.action == "DELETE" ? "delete"
                                    : line.action == "RENAME" ? "rename"
                                    : line.action == "MOVE"   ? "move"
                                                              : "load";
        log_change(machine, line.mark->admin, from, command, to_text(line.way), "Succeeded", at);
    }
}

void log_login(Machine& machine, const std::string& admin, const std::string& from, bool let_in, Instant at) {
    if (let_in) {
        system_log(machine, at, "auth", "auth-success", "informational",
                   fmt::format("authentication succeeded for user '{}'. From: {}.", admin, from));
        return;
    }
    system_log(
        machine, at, "auth", "auth-fail", "medium",
        fmt::format("failed authentication for user '{}'. Reason: Invalid username/password. From: {}.", admin, from));
}

void log_boot(Machine& machine) {
    system_log(machine, machine.booted, "general", "system-start", "high", "The system is starting up.");
}

void log_job(Machine& machine, const Job& job, Instant at) {
    if (job.type != JobType::commit) {
        return;
    }
    if (job.status != JobStatus::finished) {
        system_log(machine, at, "general", "general", "informational",
                   fmt::format("Commit job started, dequeue time={}. JobId={}. User: {}", date_and_time(at), job.id,
                               job.user));
        log_change(machine, job.user, "", "commit", "", "Submitted", job.enqueued);
        return;
    }
    const bool well = job.result == JobResult::ok;
    system_log(machine, at, "general", "general", well ? "informational" : "high",
               fmt::format("Commit job {}. Completion time={}. JobId={}. User: {}", well ? "succeeded" : "failed",
                           date_and_time(at), job.id, job.user));
    log_change(machine, job.user, "", "commit", "", well ? "Succeeded" : "Failed", at);
}

}  // namespace sim::panos
