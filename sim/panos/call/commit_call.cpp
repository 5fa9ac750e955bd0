// type=commit, and what else starts a job.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/panos/call/call.hpp"
#include "sim/panos/call/commit_call.hpp"
#include "sim/panos/machine/machine.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

tl::unexpected<Refusal> unexpected(const std::vector<std::string>& path) {
    return tl::make_unexpected(Refusal{17, unexpected_lines(path)});
}

void read_members(const Element& list, std::set<std::string>& into) {
    for (const Element& member : list.children) {
        if (member.name == "member" && !member.text.empty()) {
            into.insert(member.text);
        }
    }
}

// What a Panorama's partial commit can name: pan-os-python's PanoramaCommit.
bool is_part_of_panorama(std::string_view name) {
    return name == "device-group" || name == "template" || name == "template-stack" || name == "log-collector" ||
           name == "log-collector-group" || name == "wildfire-appliance" || name == "wildfire-appliance-cluster";
}

tl::expected<void, Refusal> read_object_xpaths(const Element& list, std::vector<Way>& into) {
    const NodePtr empty = std::make_shared<Node>("config", "");  // a path that needs a tree to be one is refused
    for (const Element& member : list.children) {
        const auto xpath = XPath::parse(member.text);
        const auto way = xpath ? xpath->way(empty) : tl::make_unexpected(xpath.error());
        if (!way || way->empty()) {
            return tl::make_unexpected(Refusal{
                17, {quoted_line(fmt::format("object-xpaths '{}' is not the path of one object", member.text))}});
        }
        into.push_back(*way);
    }
    return {};
}

tl::expected<CommitRequest, Refusal> read_commit(std::string_view text, bool panorama) {
    const auto elements = read_xml(text);
    if (!elements || elements->size() != 1) {
        return unexpected({});
    }
    const Element& root = elements->front();
    if (root.name != "commit") {
        return unexpected({root.name});
    }
    CommitRequest request;
    for (const Element& part : root.children) {
        tl::expected<void, Refusal> read;
        if (part.name == "force") {
            request.forced = true;
            for (const Element& inner : part.children) {
                if (inner.name != "partial") {
                    return unexpected({"commit", "force", inner.name});
                }
                read = read_partial(inner, panorama, request, {"commit", "force", "partial"});
            }
        } else if (part.name == "partial") {
            read = read_partial(part, panorama, request, {"commit", "partial"});
        } else if (part.name == "description") {
            request.description = part.text;
        } else if (part.name == "validate") {
            request.validate = true;
        } else {
            return unexpected({"commit", part.name});
        }
        if (!read) {
            return tl::make_unexpected(read.error());
        }
    }
    if (request.description.size() > commit_description_max) {
        return tl::make_unexpected(
            Refusal{17,
                    {fmt::format(" commit -> description can be at most {} characters, but current length: {}",
                                 commit_description_max, request.description.size())}});
    }
    return request;
}

Reply enqueued(std::string_view what, std::uint64_t job) {
    return success(
        19, fmt::format("<result><msg><line>{} job enqueued with jobid {}</line></msg><job>{}</job></result>", what,
                        job, job));
}

bool covers(const Take& wide, const Take& narrow) {
    return wide.everything() || (wide.vsys == narrow.vsys && wide.parts == narrow.parts &&
                                 wide.shared == narrow.shared && wide.device_and_network == narrow.device_and_network &&
                                 wide.policy_and_objects == narrow.policy_and_objects && wide.within == narrow.within &&
                                 (wide.admins.empty() || wide.admins == narrow.admins));
}

// Every edit that the commit would take is in a commit already that is queued, runs, or has failed.
bool same_as_before(const Machine& machine, const CommitRequest& request) {
    const Job* last = nullptr;
    for (const Job& job : machine.jobs.all()) {
        if (job.type != JobType::commit || !covers(job.take, request.take)) {
            continue;
        }
        const bool failed = job.result == JobResult::fail && machine.options.refuse_repeat_of_failed_commit;
        if (job.status != JobStatus::finished || failed) {
            last = &job;
        }
    }
    if (last == nullptr) {
        return false;
    }
    const auto& journal = machine.configuration.journal();
    return std::none_of(journal.begin(), journal.end(), [&](const JournalLine& line) {
        return request.take.takes(*line.mark, line.way) && line.mark->dirty_id > last->take.up_to;
    });
}

// What another administrator's commit lock says, if one is in the way of what the commit takes.
std::optional<Reply> locked(const Machine& machine, const Session& session, const CommitRequest& request) {
    const auto in_the_way = [&](std::string_view scope) {
        return machine.locks.in_the_way(LockKind::commit, session.admin, scope);
    };
    const Lock* lock = nullptr;
    if (request.take.vsys.empty() || request.take.shared || request.take.device_and_network) {
        lock = in_the_way("shared");
    }
    for (const std::string& vsys : request.take.vsys) {
        lock = lock == nullptr ? in_the_way(vsys) : lock;
    }
    if (lock == nullptr) {
        return std::nullopt;
    }
    return error(
        14, {lock->scope == "shared"
                 ? std::string("Other administrators are holding device wide commit locks.")
                 : fmt::format("Other administrators are holding commit locks for {}.", escaped_line(lock->scope))});
}

// A partial commit of a vsys that is not there.
std::optional<Reply> unknown_vsys(const Machine& machine, const CommitRequest& request) {
    const std::vector<Scope> scopes = scopes_of(machine.configuration.candidate());
    for (const std::string& vsys : request.take.vsys) {
        const bool there = std::any_of(scopes.begin(), scopes.end(),
                                       [&vsys](const Scope& scope) { return !scope.shared() && scope.vsys() == vsys; });
        if (!there) {
            return error(17, {quoted_line(fmt::format("commit -> partial -> vsys '{}' is not a valid reference", vsys)),
                              quoted_line("commit -> partial -> vsys is invalid")});
        }
    }
    return std::nullopt;
}

// An administrator of virtual systems commits these and nothing else.
void narrow(CommitRequest& request, const Role& role) {
    if (role.everywhere()) {
        return;
    }
    request.partial = true;
    request.take.shared = false;
    request.take.device_and_network = false;
    if (request.take.vsys.empty()) {
        request.take.vsys = role.vsys;
    } else {
        std::erase_if(request.take.vsys, [&role](const std::string& vsys) { return !role.vsys.contains(vsys); });
    }
}

}  // namespace

tl::expected<void, Refusal> read_partial(const Element& partial, bool panorama, CommitRequest& request,
                                         const std::vector<std::string>& path) {
    request.partial = true;
    for (const Element& part : partial.children) {
        const bool excluded = part.text == "excluded";
        if (part.name == "admin") {
            read_members(part, request.take.admins);
        } else if (part.name == "vsys") {
            read_members(part, request.take.vsys);
        } else if (part.name == "device-and-network" && excluded) {
            request.take.device_and_network = false;
        } else if (part.name == "shared-object" && excluded) {
            request.take.shared = false;
        } else if ((part.name == "policy-and-objects" && excluded) || part.name == "no-vsys") {
            request.take.policy_and_objects = false;
        } else if (part.name == "description") {
            request.description = part.text;
        } else if (panorama && is_part_of_panorama(part.name)) {
            std::set<std::string> names;
            read_members(part, names);
            for (const std::string& name : names) {
                request.take.parts.insert(part.name + ' ' + name);
            }
        } else if (part.name == "object-xpaths") {
            if (auto read = read_object_xpaths(part, request.take.within); !read) {
                return read;
            }
        } else {
            std::vector<std::string> to = path;
            to.push_back(part.name);
            return unexpected(to);
        }
    }
    return {};
}

Reply commit(Machine& machine, const Session& session, const CommitRequest& asked) {
    if (auto refused = unknown_vsys(machine, asked)) {
        return *refused;
    }
    CommitRequest request = asked;
    narrow(request, session.role);
    if (!session.role.everywhere() && request.take.vsys.empty()) {
        return unauthorised();
    }
    // Text: pan-os-python; that a download or a refresh does not stand in the way is assumed.
    if (!request.validate && machine.jobs.runs("Install")) {
        return error(0, {"You cannot commit while an install is in progress. Please try again later."});
    }
    const bool busy = machine.jobs.active() != nullptr || machine.jobs.waiting() > 0;
    if (busy && !machine.version.queues_commits()) {
        return error(0, {"Another commit/validate is in progress. Please try again later"});
    }
    if (!request.validate) {
        if (auto refused = locked(machine, session, request)) {
            return *refused;
        }
    }
    if (!request.validate && !request.forced) {
        if (!machine.configuration.pending(request.take)) {
            return success(19, "<msg>There are no changes to commit.</msg>");
        }
        if (same_as_before(machine, request)) {
            return success(13,
                           "<msg>The result of this commit would be the same as the previous commit queued/processed. "
                           "No edits have been made between these subsequent commits. Please check the previous commit "
                           "status. If still needed, use commit force instead.</msg>");
        }
    }
    if (machine.jobs.waiting() >= machine.options.queue_max) {
        return error(14, {"The commit queue is full. Please try again later"});
    }
    Job job;
    job.type = request.validate ? JobType::validate : JobType::commit;
    job.user = session.admin;
    job.description = request.description;
    job.duration = request.validate ? std::min(machine.options.validate_time, machine.options.commit_time)
                                    : machine.options.commit_time;
    job.snapshot = machine.configuration.candidate();
    job.take = request.take;
    job.take.up_to = machine.configuration.last_edit();
    job.partial = request.partial;
    job.forced = request.forced;
    machine.enqueue(std::move(job), session.now);
    return enqueued(request.validate ? "Validate" : "Commit", machine.jobs.all().back().id);
}

std::optional<std::uint64_t> job_of(const Reply& reply) {
    const std::size_t at = reply.body.find("<job>");
    if (at == std::string::npos) {
        return std::nullopt;
    }
    std::uint64_t id = 0;
    const char* const end = reply.body.data() + reply.body.size();
    const auto read = std::from_chars(reply.body.data() + at + 5, end, id);
    return read.ec == std::errc{} ? std::optional(id) : std::nullopt;
}

Prepared prepare_commit(Machine& machine, const Session& session, const Parameters& parameters) {
    if (machine.panorama() && parameters.value("action") == "all") {
        return prepare_commit_all(machine, session, parameters);
    }
    Prepared prepared;
    prepared.kind = FaultOn::commit;
    const std::string text(parameters.value("cmd"));
    const std::string action(parameters.value("action"));
    auto request = read_commit(text, machine.panorama());
    if (request) {
        prepared.note.action = request->validate ? "validate" : request->partial ? "partial" : "full";
    }
    prepared.carry_out = [&machine, &session, text, action, request]() -> Reply {
        if (text.empty()) {
            return web_error(400, "Missing value for parameter \"cmd\".");
        }
        if (!action.empty() && action != "partial") {
            return web_error(400, fmt::format("Illegal value for parameter \"action\" [{}].", action));
        }
        return request ? commit(machine, session, *request) : error(request.error());
    };
    return prepared;
}

}  // namespace sim::panos
