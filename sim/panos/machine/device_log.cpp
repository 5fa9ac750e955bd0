#include "sim/panos/machine/device_log.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sim::panos {
namespace {

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
