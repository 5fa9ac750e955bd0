// Operational commands: the running configurations that were, one for each commit, and who says what of changes. They
// are those of this process: a restart of it forgets them.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/panos/call/commit_call.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/operate/operation_table.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

struct ConfigurationVersion {
    std::uint64_t number = 0;
    Instant time{};
    std::string administrator;
    std::string description;
    NodePtr root;  // null: it is not kept any more
};

// From the first on: what was there before any commit, and what each commit that went well made of it.
std::vector<ConfigurationVersion> versions_of(const Machine& machine) {
    std::vector<ConfigurationVersion> all;
    for (const RecordedCommit& commit : machine.commits) {
        if (commit.result != JobResult::ok || !commit.finished) {
            continue;
        }
        if (all.empty()) {
            all.push_back({1, machine.booted, "", "", commit.before});
        }
        all.push_back({all.size() + 1, *commit.finished, commit.administrator, commit.description, commit.after});
    }
    if (all.empty()) {
        all.push_back({1, machine.booted, "", "", machine.configuration.running()});
    }
    return all;
}

std::optional<ConfigurationVersion> version_of(const Machine& machine, std::string_view text) {
    const auto all = versions_of(machine);
    const std::uint64_t number = whole_number(text, all.size()).value_or(0);
    if (number < 1 || all[number - 1].root == nullptr) {
        return std::nullopt;
    }
    return all[number - 1];
}

Reply no_such_version(std::string_view text) {
    return error(0, {fmt::format("Configuration version {} does not exist", escaped_line(text.substr(0, 20)))});
}

// Newest first: PSPaloAlto takes the second entry for the version before.
Reply audit_info(const OperationCall& call) {
    std::string out;
    const auto all = versions_of(call.machine);
    for (auto at = all.rbegin(); at != all.rend(); ++at) {
        out += fmt::format("<entry name=\"{}\"><time>{}</time><admin>{}</admin><description>{}</description></entry>",
                           at->number, date_and_time(at->time), escaped_text(at->administrator),
                           escaped_text(at->description));
    }
    return result(out);
}

Reply audit_version(const OperationCall& call) {
    const auto found = version_of(call.machine, call.command.text);
    if (!found) {
        return no_such_version(call.command.text);
    }
    Layout layout;
    layout.marks = false;
    layout.indent = 2;
    layout.depth = 0;
    std::string out;
    print(out, *local_part(found->root), layout);
    return result(out);
}

Reply load_version(const OperationCall& call) {
    const auto found = version_of(call.machine, call.command.text);
    if (!found) {
        return no_such_version(call.command.text);
    }
    const Lock* const lock = call.machine.locks.in_the_way(LockKind::config, call.session.admin, "shared");
    if (lock != nullptr) {
        return error(15, {fmt::format("Configuration is locked by {}", escaped_line(lock->admin))});
    }
    call.machine.configuration.load_as_candidate(found->root, call.session.admin, call.session.now);
    return result(fmt::format("<msg><line>Config loaded from version {}</line></msg>", found->number));
}

// ---- who changed, and what was said of it ---------------------------------------------------------------------------

// Administrators with uncommitted changes.
Reply list_administrators(const OperationCall& call) {
    Take take;
    if (const Element* const partial = call.command.child("partial")) {
        CommitRequest request;
        const auto read =
            read_partial(*partial, call.machine.panorama(), request, {"show", "config", "list", "admins", "partial"});
        if (!read) {
            return error(17, read.error().lines);
        }
        take = request.take;
    }
    std::set<std::string> names;
    for (const JournalLine& line : call.machine.configuration.journal()) {
        if (take.takes(*line.mark, line.way)) {
            names.insert(line.mark->admin);
        }
    }
    std::string out;
    for (const std::string& name : names) {
        out += "<entry name=\"" + escaped_attribute(name) + "\"/>";
    }
    return result(out.empty() ? "" : "<admins>" + out + "</admins>");
}

// As the device writes paths: with single quotes.
std::string in_single_quotes(std::string text) {
    std::replace(text.begin(), text.end(), '"', '\'');
    return text;
}

// The comment that waits for the commit of the rule's change: pan-os-python's OpState.
Reply list_audit_comments(const OperationCall& call) {
    const Element* const xpath = call.command.child("xpath");
    if (xpath == nullptr || xpath->text.empty()) {
        return error(17, {" show -> config -> list -> audit-comments is missing 'xpath'",
                          " show -> config -> list -> audit-comments is invalid"});
    }
    const std::string wanted = in_single_quotes(xpath->text);
    const auto& kept = call.machine.audit_comments;
    std::optional<Instant> last_commit;
    for (const RecordedCommit& commit : call.machine.commits) {
        last_commit = commit.result == JobResult::ok ? commit.finished : last_commit;
    }
    for (auto at = kept.rbegin(); at != kept.rend(); ++at) {
        if (in_single_quotes(at->xpath) == wanted && (!last_commit || at->time > *last_commit)) {
            return result(fmt::format("<entry><xpath>{}</xpath><comment>{}</comment></entry>", escaped_text(at->xpath),
                                      escaped_text(at->text)));
        }
    }
    return result("");
}

constexpr Operation version_commands[] = {
    {"show config audit info", "", audit_info},
    {"show config audit version", "", audit_version},
    {"show config audit base-version", "", audit_version},
    {"load config version", "", load_version},
    {"show config list admins", "partial", list_administrators},
    {"show config list audit-comments", "xpath", list_audit_comments},
};

}  // namespace

std::span<const Operation> version_operations() {
    return version_commands;
}

std::string version_completions(const Machine& machine) {
    std::string out;
    const auto all = versions_of(machine);
    for (auto at = all.rbegin(); at != all.rend(); ++at) {
        out += fmt::format("<completion value=\"{}\" help-string=\"{} {}\"/>", at->number, date_and_time(at->time),
                           escaped_attribute(at->administrator));
    }
    return out;
}

}  // namespace sim::panos
