// type=op: operational commands. One table says which there are; what is not in it is answered as the device answers
// an unknown command.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "sim/panos/machine.hpp"
#include "sim/panos/operation_table.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {
namespace {

struct Call {
    Machine& machine;
    const Session& session;
    const Element& command;  // the element at the end of the command's path
};

using Handler = Reply (*)(const Call&);

std::string clock_text(Instant now) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[64];
    return {text, std::strftime(text, sizeof text, "%a %b %e %H:%M:%S", &parts)};
}

std::string year_text(Instant now) {
    return date_and_time(now).substr(0, 4);
}

// ---- jobs -----------------------------------------------------------------------------------------------------------

std::string one_job(const Call& call, const Job& job) {
    return job_xml(job, call.machine.jobs.position(job), call.machine.version, call.session.now);
}

Reply show_job(const Call& call) {
    std::uint64_t id = 0;
    const std::string& text = call.command.text;
    const auto [end, error_code] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error_code != std::errc{} || end != text.data() + text.size()) {
        return error(17, {fmt::format(" show -> jobs -> id '{}' is invalid", escaped_line(text)),
                          " show -> jobs -> id is invalid"});
    }
    const Job* job = call.machine.jobs.find(id);
    return job == nullptr ? error(7, {fmt::format("job {} not found", id)}) : result(one_job(call, *job));
}

template <class Wanted>
Reply listed_jobs(const Call& call, Wanted wanted) {
    std::string out;
    const auto& all = call.machine.jobs.all();
    for (auto at = all.rbegin(); at != all.rend(); ++at) {
        if (wanted(*at)) {
            out += one_job(call, *at);
        }
    }
    return result(out);
}

Reply show_jobs_all(const Call& call) {
    return listed_jobs(call, [](const Job&) { return true; });
}
Reply show_jobs_pending(const Call& call) {
    return listed_jobs(call, [](const Job& job) { return job.status != JobStatus::finished; });
}
Reply show_jobs_processed(const Call& call) {
    return listed_jobs(call, [](const Job& job) { return job.status == JobStatus::finished; });
}

// ---- the system -----------------------------------------------------------------------------------------------------

Reply show_system_info(const Call& call) {
    const Machine& machine = call.machine;
    const Instant now = call.session.now;
    const auto up = std::chrono::floor<std::chrono::seconds>(now - machine.booted).count();
    const bool vm = machine.options.model == "PA-VM" || machine.options.model.rfind("VM-", 0) == 0;
    std::string out = fmt::format(
        "<system><hostname>{0}</hostname><ip-address>192.0.2.254</ip-address><public-ip-address>unknown"
        "</public-ip-address><netmask>255.255.255.0</netmask><default-gateway>192.0.2.1</default-gateway>"
        "<is-dhcp>no</is-dhcp><ipv6-address>unknown</ipv6-address>"
        "<ipv6-link-local-address>fe80::250:56ff:fe00:5300/64</ipv6-link-local-address>"
        "<ipv6-default-gateway></ipv6-default-gateway><mac-address>00:50:56:00:53:00</mac-address>"
        "<time>{1} {2}\n</time><uptime>{3} days, {4}:{5:02}:{6:02}</uptime><devicename>{0}</devicename>"
        "<family>{7}</family><model>{8}</model><serial>{9}</serial>",
        escaped_text(machine.host_name), clock_text(now), year_text(now), up / 86400, up / 3600 % 24, up / 60 % 60,
        up % 60, vm ? "vm" : machine.options.model.substr(3, 1) + "00", escaped_text(machine.options.model),
        machine.serial);
    if (vm) {
        out +=
            "<vm-mac-base>00:50:56:00:53:00</vm-mac-base><vm-mac-count>256</vm-mac-count>"
            "<vm-uuid>564D0000-0000-4000-8000-000000005300</vm-uuid><vm-cpuid>ESX:57060500FFFBAB1F</vm-cpuid>"
            "<vm-license>VM-100</vm-license><vm-mode>VMware ESXi</vm-mode>";
    }
    out += fmt::format(
        "<sw-version>{}</sw-version><global-protect-client-package-version>0.0.0</"
        "global-protect-client-package-version>"
        "<app-version>8496-7089</app-version><app-release-date>unknown</app-release-date><av-version>0</av-version>"
        "<av-release-date>unknown</av-release-date><threat-version>8496-7089</threat-version>"
        "<threat-release-date>unknown</threat-release-date><wf-private-version>0</wf-private-version>"
        "<wf-private-release-date>unknown</wf-private-release-date><url-db>paloaltonetworks</url-db>"
        "<wildfire-version>0</wildfire-version><wildfire-release-date>unknown</wildfire-release-date>"
        "<url-filtering-version>0000.00.00.000</url-filtering-version>"
        "<global-protect-datafile-version>unknown</global-protect-datafile-version>"
        "<global-protect-datafile-release-date>unknown</global-protect-datafile-release-date>"
        "<logdb-version>{}.{}.0</logdb-version><platform-family>{}</platform-family>"
        "<vpn-disable-mode>off</vpn-disable-mode><multi-vsys>off</multi-vsys>"
        "<operational-mode>normal</operational-mode></system>",
        machine.version.text, machine.version.major, machine.version.minor, vm ? "vm" : "pa");
    return result(out);
}

Reply show_clock(const Call& call) {
    return result(fmt::format("{} UTC {}\n", clock_text(call.session.now), year_text(call.session.now)));
}

Reply show_chassis_ready(const Call&) {
    return result("yes");
}

Reply show_high_availability(const Call&) {
    return result("<enabled>no</enabled>");
}

// ---- the configuration ----------------------------------------------------------------------------------------------

Reply check_pending(const Call& call) {
    return result(call.machine.configuration.journal().empty() ? "no" : "yes");
}

Reply check_full_commit(const Call&) {
    return result("no");
}

Reply list_changes(const Call& call) {
    std::string out;
    for (const JournalLine& line : call.machine.configuration.journal()) {
        std::string xpath = escaped_text(to_text(line.way));
        for (std::size_t at = 0; (at = xpath.find('\'', at)) != std::string::npos;) {
            xpath.replace(at, 1, "&#39;");
        }
        const std::string admin = escaped_text(line.mark->admin);
        out += fmt::format(
            "<entry><xpath>{0}</xpath><owner>{1}</owner><action> {2}</action><admin-history>{1}"
            "</admin-history><component-type>{3}</component-type></entry>",
            xpath, admin, line.action, scope_length(line.way) == 2 ? "shared" : "vsys");
    }
    return result(out.empty() ? "" : "<journal>" + out + "</journal>");
}

Reply show_tree(const NodePtr& root) {
    std::string out;
    Layout layout;
    layout.marks = false;
    layout.indent = 2;
    layout.depth = 0;
    print(out, *root, layout);
    return result(out);
}

Reply show_running(const Call& call) {
    return show_tree(call.machine.configuration.running());
}
Reply show_candidate(const Call& call) {
    return show_tree(call.machine.configuration.candidate());
}

Reply revert_config(const Call& call) {
    Machine& machine = call.machine;
    if (machine.jobs.active() != nullptr || machine.jobs.waiting() > 0) {
        return error(0, {"Local commit jobs are queued. Revert operation is not allowed."});
    }
    Take take;
    if (const Element* partial = call.command.child("partial")) {
        if (const Element* admins = partial->child("admin")) {
            for (const Element& member : admins->children) {
                take.admins.insert(member.text);
            }
        }
    }
    machine.configuration.revert(take);
    return result("<msg><line>All changes were reverted from configuration</line></msg>");
}

Reply load_config(const Call& call) {
    const std::string& from = call.command.text;
    if (from != "running-config.xml") {
        return error(0, {fmt::format("{} does not exist", escaped_line(from))});
    }
    if (const Lock* lock = call.machine.locks.in_the_way(LockKind::config, call.session.admin, "shared")) {
        return error(15, {fmt::format("Configuration is locked by {}", escaped_line(lock->admin))});
    }
    call.machine.configuration.load_running_as_candidate(call.session.admin, call.session.now);
    return result("<msg><line>Config loaded from running-config.xml</line></msg>");
}

Reply validate_full(const Call& call) {
    CommitRequest request;
    request.validate = true;
    return commit(call.machine, call.session, request);
}

// ---- locks ----------------------------------------------------------------------------------------------------------

std::string scope_of(const Session& session) {
    return session.vsys.empty() ? "shared" : session.vsys;
}

Reply refused(const std::string& line) {
    return error(0, {escaped_line(line)});
}

Reply lock_add(const Call& call, LockKind kind) {
    const bool recent = call.machine.version.at_least(11, 0);
    const std::string scope = scope_of(call.session);
    const Element* comment = call.command.child("comment");
    Lock lock{kind, call.session.admin, comment == nullptr ? "" : comment->text, scope, call.session.now};
    const auto holder = call.machine.locks.take(std::move(lock));
    const std::string_view what = kind == LockKind::config ? "modify" : "commit";
    if (!holder) {
        if (kind == LockKind::config && !recent) {
            return result(
                fmt::format("Successfully acquired lock. Other administrators will not be able to modify "
                            "configuration for scope {} until lock is released",
                            scope));
        }
        return result(
            fmt::format("Successfully acquired lock. Other administrators will not be able to {} configuration "
                        "until lock is released by {}.",
                        what, escaped_text(call.session.admin)));
    }
    if (kind == LockKind::commit) {
        return refused("Commit lock is already held by " + *holder);
    }
    if (*holder == call.session.admin) {
        return refused("You already own a config lock for scope " + scope);
    }
    return refused(recent ? "Config lock is already held by " + *holder
                          : fmt::format("Config for scope {} is currently locked by {}", scope, *holder));
}

Reply lock_remove(const Call& call, LockKind kind) {
    const bool recent = call.machine.version.at_least(11, 0);
    const std::string scope = scope_of(call.session);
    const Element* named = call.command.child("admin");
    const std::string admin = named == nullptr || named->text.empty() ? call.session.admin : named->text;
    if (call.machine.locks.release(kind, admin, scope)) {
        if (kind == LockKind::commit) {
            return result("Commit lock released for " + escaped_text(admin));
        }
        return result("Config lock released for " + (recent ? escaped_text(admin) : "scope " + scope));
    }
    if (kind == LockKind::config) {
        return refused("Config is not currently locked for scope " + scope);
    }
    return refused(recent ? "Commit is not currently locked for scope " + scope
                          : "Commit lock is not currently held by " + admin);
}

Reply config_lock_add(const Call& call) {
    return lock_add(call, LockKind::config);
}
Reply config_lock_remove(const Call& call) {
    return lock_remove(call, LockKind::config);
}
Reply commit_lock_add(const Call& call) {
    return lock_add(call, LockKind::commit);
}
Reply commit_lock_remove(const Call& call) {
    return lock_remove(call, LockKind::commit);
}

std::string lock_xml(const Lock& lock) {
    const std::string created = date_and_time(lock.created);
    const std::string scope = escaped_text(lock.scope);
    return fmt::format(
        "<entry name=\"{}\"><type>{}</type><name>{}</name><created>{}</created><last-activity>{}"
        "</last-activity><loggedin>yes</loggedin><comment>{}</comment></entry>",
        escaped_attribute(lock.admin), lock.scope == "shared" ? "shared" : "vsys", scope, created, created,
        cdata(lock.comment.empty() ? "(null)" : lock.comment));
}

Reply show_locks(const Call& call, LockKind kind) {
    const std::string_view tag = kind == LockKind::config ? "config-locks" : "commit-locks";
    std::string out;
    for (const Lock& lock : call.machine.locks.all()) {
        if (lock.kind == kind) {
            out += lock_xml(lock);
        }
    }
    const FaultOn pretended = kind == LockKind::config ? FaultOn::config : FaultOn::commit;
    for (const FaultOn on : {pretended, kind == LockKind::config ? FaultOn::set : FaultOn::commit}) {
        const auto owner = call.machine.faults.pretended_lock_owner(on, call.session.now);
        if (owner && out.find("\"" + escaped_attribute(*owner) + "\"") == std::string::npos) {
            out += lock_xml(Lock{kind, *owner, "", "shared", call.machine.booted});
        }
    }
    return result(fmt::format("<{0}>{1}</{0}>", tag, out));
}

Reply show_config_locks(const Call& call) {
    return show_locks(call, LockKind::config);
}
Reply show_commit_locks(const Call& call) {
    return show_locks(call, LockKind::commit);
}

// ---- policy ---------------------------------------------------------------------------------------------------------

std::string protocol_name(std::string_view number) {
    return number == "6" ? "tcp" : number == "17" ? "udp" : number == "132" ? "sctp" : std::string(number);
}

Reply test_policy_match(const Call& call) {
    const auto text = [&call](std::string_view name) {
        const Element* child = call.command.child(name);
        return child == nullptr ? std::string{} : child->text;
    };
    for (const std::string_view required : {"source", "destination", "protocol"}) {
        if (text(required).empty()) {
            return error(17, {fmt::format(" test -> security-policy-match -> {} is missing", required),
                              " test -> security-policy-match is invalid"});
        }
    }
    Flow flow;
    flow.from = text("source");
    flow.to = text("destination");
    flow.from_zone = text("from");
    flow.to_zone = text("to");
    flow.protocol = protocol_name(text("protocol"));
    flow.application = text("application");
    if (!call.session.vsys.empty()) {
        flow.vsys = call.session.vsys;
    }
    const std::string port = text("destination-port");
    std::uint16_t number = 0;
    const auto read = std::from_chars(port.data(), port.data() + port.size(), number);
    if (!port.empty()) {
        if (read.ec != std::errc{} || read.ptr != port.data() + port.size()) {
            return error(17, {" test -> security-policy-match -> destination-port is invalid"});
        }
        flow.port = number;
    }
    const Verdict verdict = call.machine.compiled().verdict(flow);
    if (verdict.rule == "interzone-default" && (flow.from_zone.empty() || flow.to_zone.empty())) {
        return result("<rules/>");
    }
    return result(fmt::format("<rules><entry name=\"{}\"><action>{}</action></entry></rules>",
                              escaped_attribute(verdict.rule), escaped_text(verdict.action)));
}

// ---- the table ------------------------------------------------------------------------------------------------------

struct Command {
    std::string_view path;
    std::string_view arguments;  // children that may be there, blanks between them; "*": any
    Handler handler;
};

constexpr Command commands[] = {
    {"show jobs id", "", show_job},
    {"show jobs all", "", show_jobs_all},
    {"show jobs pending", "", show_jobs_pending},
    {"show jobs processed", "", show_jobs_processed},
    {"show system info", "", show_system_info},
    {"show clock", "", show_clock},
    {"show chassis-ready", "", show_chassis_ready},
    {"show high-availability state", "", show_high_availability},
    {"show config running", "", show_running},
    {"show config candidate", "", show_candidate},
    {"show config list changes", "", list_changes},
    {"show config-locks", "vsys", show_config_locks},
    {"show commit-locks", "vsys", show_commit_locks},
    {"check pending-changes", "", check_pending},
    {"check full-commit-required", "", check_full_commit},
    {"request config-lock add", "comment", config_lock_add},
    {"request config-lock remove", "admin", config_lock_remove},
    {"request commit-lock add", "comment", commit_lock_add},
    {"request commit-lock remove", "admin", commit_lock_remove},
    {"revert config", "partial", revert_config},
    {"load config from", "", load_config},
    {"validate full", "", validate_full},
    {"test security-policy-match",
     "source destination destination-port protocol from to application source-user category show-all",
     test_policy_match},
};

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        words.push_back(word);
        text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
    return words;
}

struct Match {
    const Command* command = nullptr;
    const Element* at = nullptr;
    std::vector<std::string> path;  // to the element that no command has, when command is null
    std::size_t known = 0;          // steps of it that some command has
};

// How many steps of the command the document goes, along the first children.
Match match(const Element& root) {
    Match best;
    std::vector<const Element*> chain{&root};
    while (!chain.back()->children.empty() && chain.size() < 8) {
        chain.push_back(&chain.back()->children.front());
    }
    for (const Command& command : commands) {
        const auto words = words_of(command.path);
        std::size_t same = 0;
        while (same < words.size() && same < chain.size() && chain[same]->name == words[same]) {
            ++same;
        }
        if (same == words.size()) {
            best.command = &command;
            best.at = chain[same - 1];
            return best;
        }
        best.known = std::max(best.known, same);
    }
    for (std::size_t i = 0; i <= best.known && i < chain.size(); ++i) {
        best.path.push_back(chain[i]->name);
    }
    return best;
}

Lines incomplete(const std::vector<std::string>& path) {
    std::string text;
    for (const std::string& step : path) {
        text += (text.empty() ? " " : " -> ") + escaped_line(step);
    }
    return {text + "  is unexpected"};
}

std::optional<Lines> bad_arguments(const Match& found) {
    if (found.command->arguments == "*") {
        return std::nullopt;
    }
    const auto allowed = words_of(found.command->arguments);
    for (const Element& child : found.at->children) {
        if (std::find(allowed.begin(), allowed.end(), child.name) == allowed.end()) {
            std::vector<std::string> path;
            for (const std::string_view word : words_of(found.command->path)) {
                path.emplace_back(word);
            }
            path.push_back(child.name);
            return unexpected_lines(path);
        }
    }
    return std::nullopt;
}

Reply operate(Machine& machine, const Session& session, const std::string& text) {
    if (text.empty()) {
        return web_error(400, "Missing value for parameter \"cmd\".");
    }
    const auto elements = read_xml(text);
    if (!elements || elements->size() != 1) {
        return text.front() == '<' && !elements ? error(18, {"Malformed Request"}) : error(17, unexpected_lines({}));
    }
    const Match found = match(elements->front());
    if (found.command == nullptr) {
        return error(17, found.path.size() == found.known ? incomplete(found.path) : unexpected_lines(found.path));
    }
    if (auto lines = bad_arguments(found)) {
        return error(17, *lines);
    }
    return found.command->handler(Call{machine, session, *found.at});
}

}  // namespace

std::vector<std::string> known_operations() {
    std::vector<std::string> names;
    for (const Command& command : commands) {
        names.emplace_back(command.path);
    }
    return names;
}

Prepared prepare_operation(Machine& machine, const Session& session, const Parameters& parameters) {
    const std::string text(parameters.value("cmd"));
    Prepared prepared;
    prepared.kind = FaultOn::op;
    if (const auto elements = read_xml(text); elements && elements->size() == 1) {
        const Match found = match(elements->front());
        prepared.note.action = found.command == nullptr ? "unknown" : std::string(found.command->path);
        if (prepared.note.action == "show jobs id") {
            prepared.kind = FaultOn::job;
            prepared.note.action += ' ' + found.at->text.substr(0, 20);
        }
    }
    prepared.carry_out = [&machine, session, text] { return operate(machine, session, text); };
    return prepared;
}

}  // namespace sim::panos
