// type=log.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/call/log_call.hpp"
#include "sim/panos/machine/machine.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::uint64_t entries_default = 20;
constexpr std::uint64_t entries_max = 5000;  // documented: API Log Retrieval Parameters

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
        return missing_parameter("log-type");
    }
    if (!is_log_type(type)) {
        return illegal_value("log-type", type);
    }
    const auto given = [&parameters](std::string_view name, std::uint64_t otherwise) {
        const std::string_view text = parameters.value(name);
        return text.empty() ? std::optional(otherwise) : whole_number(text);
    };
    const auto count = given("nlogs", entries_default);
    if (!count) {
        return illegal_value("nlogs", parameters.value("nlogs"));
    }
    if (*count < 1 || *count > entries_max) {  // this one names the parameter without quotation marks
        return web_error(400, fmt::format("Illegal value for parameter nlogs [{}]. Should be between 1 to {}",
                                          parameters.value("nlogs"), entries_max));
    }
    const auto skip = given("skip", 0);
    if (!skip) {
        return illegal_value("skip", parameters.value("skip"));
    }
    const std::string_view order = parameters.value("dir");
    if (!order.empty() && order != "backward" && order != "forward") {
        return illegal_value("dir", order);
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

Reply answer_log_call(Machine& machine, const Session& session, const Parameters& parameters) {
    const std::string_view action = parameters.value("action");
    if (action.empty()) {
        return enqueue(machine, session, parameters);
    }
    if (action != "get" && action != "finish") {
        return illegal_value("action", action);
    }
    return query_answer(machine, session, parameters, QueryOf::log);
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
        return missing_parameter("job-id");
    }
    const auto id = whole_number(text);
    if (!id) {
        return illegal_value("job-id", text);
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
    prepared.carry_out = [&machine, &session, &parameters] { return answer_log_call(machine, session, parameters); };
    return prepared;
}

}  // namespace sim::panos
