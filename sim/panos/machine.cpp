#include "sim/panos/machine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/check.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {
namespace {

constexpr double failing_part = 0.4;  // a failing commit was seen to end after 5 of 13 seconds

std::string joined(const std::set<std::string>& names) {
    std::string out;
    for (const std::string& each : names) {
        out += (out.empty() ? "" : ", ") + each;
    }
    return out;
}

std::vector<std::string> details_of(const Job& job, const Version& version, const Differences& changed) {
    if (job.type == JobType::validate) {
        return {"Configuration is valid"};
    }
    std::vector<std::string> details;
    const bool shared = std::any_of(changed.objects.begin(), changed.objects.end(),
                                    [](const ObjectChange& change) { return change.way[1].tag == "shared"; });
    if (version.at_least(9, 0) && !version.at_least(11, 0)) {
        details.push_back(job.take.admins.empty()
                              ? "Partial changes to commit: changes to configuration by all administrators "
                              : "Partial changes to commit: changes to configuration by administrators: " +
                                    escaped_text(joined(job.take.admins)));
        if (job.take.policy_and_objects) {
            details.emplace_back("Changes to policy and objects configuration");
        }
        if (job.take.device_and_network && job.take.admins.empty()) {
            details.emplace_back("Changes to configuration in device and network");
        }
        if (job.take.shared && (job.take.admins.empty() || shared)) {
            details.emplace_back("Changes to shared configuration");
        }
    }
    details.emplace_back("Configuration committed successfully");
    return details;
}

}  // namespace

const Policy& Machine::compiled() const {
    if (!policy) {
        policy = Policy::compile(configuration.running());
    }
    return *policy;
}

void Machine::enqueue(Job job, Instant now) {
    if (job.type == JobType::commit) {
        if (const auto fault = faults.strike(FaultOn::commit_job, std::nullopt, now)) {
            if (fault->answer == FaultAnswer::job_fail) {
                job.must_fail = fault->details;
            }
            job.duration = fault->commit_time.value_or(job.duration);
        }
    }
    job.enqueued = now;
    Job& queued = jobs.enqueue(std::move(job));
    if (queued.type == JobType::commit) {
        RecordedCommit record;
        record.job = queued.id;
        record.administrator = queued.user;
        record.description = queued.description;
        record.partial = queued.partial;
        record.forced = queued.forced;
        record.admins.assign(queued.take.admins.begin(), queued.take.admins.end());
        record.enqueued = now;
        commits.push_back(std::move(record));
    }
    advance(now);
}

void Machine::advance(Instant now) {
    std::optional<Instant> free_since;
    for (;;) {
        if (Job* running = jobs.active()) {
            if (running->due() > now) {
                return;
            }
            free_since = running->due();
            finish(*running, *free_since);
            continue;
        }
        Job* next = jobs.next();
        if (next == nullptr) {
            return;
        }
        start(*next, std::max(free_since.value_or(next->enqueued), next->enqueued));
    }
}

void Machine::start(Job& job, Instant at) {
    job.status = JobStatus::active;
    job.started = at;
    work_out(job);
    Lines wrong = check_configuration(*job.changes, job.outcome, limits);
    if (job.must_fail) {
        wrong = job.must_fail->empty() ? Lines{"Commit failed"} : Lines{};
        for (const std::string& line : *job.must_fail) {
            wrong.push_back(escaped_text(line));
        }
    } else if (!wrong.empty() && job.type == JobType::commit) {
        wrong.emplace_back("Commit failed");
    }
    if (!wrong.empty()) {
        job.details = std::move(wrong);
        job.duration = std::chrono::microseconds(
            static_cast<std::int64_t>(static_cast<double>(job.duration.count()) * failing_part));
    }
    for (RecordedCommit& record : commits) {
        if (record.job == job.id) {
            record.started = at;
        }
    }
}

void Machine::finish(Job& job, Instant at) {
    job.status = JobStatus::finished;
    job.finished = at;
    const bool failed = !job.details.empty();
    job.result = failed ? JobResult::fail : JobResult::ok;
    if (!failed) {
        if (job.base != configuration.running()) {
            work_out(job);  // the running configuration was replaced by hand meanwhile
        }
        if (job.type == JobType::commit) {
            configuration.activate(job.outcome, job.take);
            running_changed();
            locks.release_all_of(job.user);
        }
        job.details = details_of(job, version, *job.changes);
    }
    record(job, failed ? Differences{} : *job.changes);
    job.snapshot = job.base = job.outcome = nullptr;
    job.changes = nullptr;
}

void Machine::work_out(Job& job) const {
    job.base = configuration.running();
    job.outcome = configuration.would_be(job.snapshot, job.take);
    job.changes = std::make_shared<const Differences>(differences(job.base, job.outcome));
}

void Machine::record(const Job& job, const Differences& changed) {
    const auto at = std::find_if(commits.rbegin(), commits.rend(),
                                 [&job](const RecordedCommit& record) { return record.job == job.id; });
    if (at == commits.rend()) {
        return;
    }
    at->finished = job.finished;
    at->result = job.result;
    at->details = job.details;
    at->changed_elsewhere = changed.elsewhere;
    for (const ObjectChange& change : changed.objects) {
        const std::string name = std::string(kind_name(change.kind)) + ' ' + change.name();
        (!change.before  ? at->objects_added
         : !change.after ? at->objects_removed
                         : at->objects_changed)
            .push_back(name);
        if (change.kind == Kind::address_group) {
            MemberChange members = member_changes(change.before, change.after, "static");
            if (!members.added.empty() || !members.removed.empty()) {
                at->groups.push_back({change.way[1].tag == "shared" ? "shared" : change.way[4].identity, change.name(),
                                      std::move(members.added), std::move(members.removed)});
            }
        }
    }
}

Lines unexpected_lines(const std::vector<std::string>& path) {
    const auto joined_to = [&path](std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) {
            text += (i == 0 ? "" : " -> ") + path[i];
        }
        return text;
    };
    if (path.empty()) {
        return {"  is unexpected"};
    }
    const auto line = [](const std::string& text) { return escaped_line(' ' + text); };
    Lines lines{line(joined_to(path.size()) + " unexpected here")};
    for (std::size_t count = path.size() - 1; count > 0; --count) {
        lines.push_back(line(joined_to(count) + "  is unexpected"));
    }
    if (path.size() == 1) {
        lines.emplace_back("  is unexpected");
    }
    return lines;
}

}  // namespace sim::panos
