// type=commit, and what else starts a job.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/panos/machine.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t description_max = 512;

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

tl::expected<void, Refusal> read_partial(const Element& partial, CommitRequest& request,
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
        } else {
            std::vector<std::string> to = path;
            to.push_back(part.name);
            return unexpected(to);
        }
    }
    return {};
}

tl::expected<CommitRequest, Refusal> read_commit(std::string_view text) {
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
                read = read_partial(inner, request, {"commit", "force", "partial"});
            }
        } else if (part.name == "partial") {
            read = read_partial(part, request, {"commit", "partial"});
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
    if (request.description.size() > description_max) {
        return tl::make_unexpected(
            Refusal{17,
                    {fmt::format(" commit -> description can be at most {} characters, but current length: {}",
                                 description_max, request.description.size())}});
    }
    return request;
}

Reply enqueued(std::string_view what, std::uint64_t job) {
    return success(
        19, fmt::format("<result><msg><line>{} job enqueued with jobid {}</line></msg><job>{}</job></result>", what,
                        job, job));
}

bool covers(const Take& wide, const Take& narrow) {
    return wide.everything() || (wide.vsys == narrow.vsys && wide.shared == narrow.shared &&
                                 wide.device_and_network == narrow.device_and_network &&
                                 wide.policy_and_objects == narrow.policy_and_objects &&
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

}  // namespace

Reply commit(Machine& machine, const Session& session, const CommitRequest& request) {
    const bool busy = machine.jobs.active() != nullptr || machine.jobs.waiting() > 0;
    if (busy && !machine.version.queues_commits()) {
        return error(0, {"Another commit/validate is in progress. Please try again later"});
    }
    if (machine.locks.in_the_way(LockKind::commit, session.admin, "shared") != nullptr && !request.validate) {
        return error(14, {"Other administrators are holding device wide commit locks."});
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
    Prepared prepared;
    prepared.kind = FaultOn::commit;
    const std::string text(parameters.value("cmd"));
    const std::string action(parameters.value("action"));
    auto request = read_commit(text);
    if (request) {
        prepared.note.action = request->validate ? "validate" : request->partial ? "partial" : "full";
    }
    prepared.carry_out = [&machine, session, text, action, request]() -> Reply {
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
