// Operational commands: show config, check, load, revert, validate: the configuration as a whole.
#include <fmt/format.h>

#include "sim/panos/operation.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {
namespace {

Reply check_pending(const OperationCall& call) {
    return result(call.machine.configuration.journal().empty() ? "no" : "yes");
}

Reply check_full_commit(const OperationCall&) {
    return result("no");
}

Reply list_changes(const OperationCall& call) {
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

Reply show_running(const OperationCall& call) {
    return show_tree(call.machine.configuration.running());
}
Reply show_candidate(const OperationCall& call) {
    return show_tree(call.machine.configuration.candidate());
}

Reply revert_config(const OperationCall& call) {
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

Reply load_config(const OperationCall& call) {
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

Reply validate_full(const OperationCall& call) {
    CommitRequest request;
    request.validate = true;
    return commit(call.machine, call.session, request);
}

constexpr Operation operations[] = {
    {"show config running", "", show_running},
    {"show config candidate", "", show_candidate},
    {"show config list changes", "", list_changes},
    {"check pending-changes", "", check_pending},
    {"check full-commit-required", "", check_full_commit},
    {"revert config", "partial", revert_config},
    {"load config from", "", load_config},
    {"validate full", "", validate_full},
};

}  // namespace

std::span<const Operation> configuration_operations() {
    return operations;
}

}  // namespace sim::panos
