// Operational commands: configuration and commit locks.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

// An administrator of virtual systems locks one of his; everybody else the whole device, unless he names a vsys.
std::string scope_of(const Session& session) {
    if (!session.vsys.empty()) {
        return session.vsys;
    }
    return session.role.everywhere() ? "shared" : *session.role.vsys.begin();
}

Reply refused(const std::string& line) {
    return error(0, {escaped_line(line)});
}

// A Panorama locks templates and device groups as well, by their names.
bool can_be_locked(const Machine& machine, const std::string& scope) {
    const std::vector<Scope> scopes = scopes_of(machine.configuration.candidate());
    return scope == "shared" || machine.panorama() ||
           std::any_of(scopes.begin(), scopes.end(),
                       [&scope](const Scope& each) { return !each.shared() && each.vsys() == scope; });
}

Reply lock_add(const OperationCall& call, LockKind kind) {
    const bool recent = call.machine.version.names_lock_owner();
    const std::string scope = scope_of(call.session);
    if (!can_be_locked(call.machine, scope)) {
        return refused(fmt::format("vsys {} does not exist", scope));
    }
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

Reply lock_remove(const OperationCall& call, LockKind kind) {
    const bool recent = call.machine.version.names_lock_owner();
    const std::string scope = scope_of(call.session);
    const Element* named = call.command.child("admin");
    const std::string admin = named == nullptr || named->text.empty() ? call.session.admin : named->text;
    if (admin != call.session.admin && !call.session.role.superuser()) {
        return unauthorised();
    }
    // An own lock only, unless the owner is named.
    if (const Lock* held = call.machine.locks.holder(kind, scope);
        held != nullptr && kind == LockKind::config && held->admin != admin) {
        return refused(recent ? "Config lock is already held by " + held->admin
                              : fmt::format("Config for scope {} is currently locked by {}", scope, held->admin));
    }
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

Reply config_lock_add(const OperationCall& call) {
    return lock_add(call, LockKind::config);
}
Reply config_lock_remove(const OperationCall& call) {
    return lock_remove(call, LockKind::config);
}
Reply commit_lock_add(const OperationCall& call) {
    return lock_add(call, LockKind::commit);
}
Reply commit_lock_remove(const OperationCall& call) {
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

Reply show_locks(const OperationCall& call, LockKind kind) {
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

Reply show_config_locks(const OperationCall& call) {
    return show_locks(call, LockKind::config);
}
Reply show_commit_locks(const OperationCall& call) {
    return show_locks(call, LockKind::commit);
}

constexpr Operation lock_commands[] = {
    {"show config-locks", "vsys", show_config_locks},
    {"show commit-locks", "vsys", show_commit_locks},
    {"request config-lock add", "comment", config_lock_add},
    {"request config-lock remove", "admin", config_lock_remove},
    {"request commit-lock add", "comment", commit_lock_add},
    {"request commit-lock remove", "admin", commit_lock_remove},
};

}  // namespace

std::span<const Operation> lock_operations() {
    return lock_commands;
}

}  // namespace sim::panos
