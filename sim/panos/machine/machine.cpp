#include "sim/panos/machine/machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/panos/configuration/check.hpp"
#include "sim/panos/configuration/commit_warning.hpp"
#include "sim/panos/configuration/panorama.hpp"
#include "sim/panos/machine/device_log.hpp"
#include "sim/panos/machine/failover.hpp"
#include "sim/panos/machine/refresh_job.hpp"
#include "sim/panos/machine/synchronisation.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t diffs_kept_max = 1000;
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
                                    [](const ObjectChange& change) { return change.container()[1].tag == "shared"; });
    if (version.lists_partial_changes()) {
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

std::size_t bytes_of(const NodePtr& node) {
    std::string text;
    if (node) {
        Layout layout;
        layout.marks = false;
        print(text, *node, layout);
    }
    return text.size();
}

// Only what is known to differ is measured anew: a commit of one object must not cost the whole configuration.
std::size_t bytes_after(std::size_t bytes, const Differences& changes, const NodePtr& running) {
    if (bytes == 0 || changes.elsewhere) {
        return bytes_of(running);
    }
    for (const ObjectChange& change : changes.objects) {
        bytes += bytes_of(change.after);
        bytes -= std::min(bytes, bytes_of(change.before));
    }
    return bytes;
}

// Lines and figures of the predefined part as a Panorama 11.1 was seen to write them.
void tell_size(std::vector<std::string>& details, std::size_t bytes) {
    constexpr std::size_t predefined_mb = 14;
    constexpr std::size_t recommended_mb = 120;
    const std::size_t own_mb = bytes >> 20U;
    const std::size_t total_mb = predefined_mb + own_mb;
    details.push_back(own_mb == 0
                          ? fmt::format("Local configuration size: {} KB", std::max<std::size_t>(1, bytes >> 10U))
                          : fmt::format("Local configuration size: {} MB", own_mb));
    details.push_back(fmt::format("Predefined configuration size: {} MB", predefined_mb));
    details.push_back(fmt::format("Total configuration size(local, predefined): {} MB", total_mb));
    details.push_back(fmt::format("Maximum recommended configuration size: {} MB ({}% configured)", recommended_mb,
                                  total_mb * 100 / recommended_mb));
}

}  // namespace

const Policy& Machine::compiled() const {
    if (!policy) {
        policy = Policy::compile(enforced_configuration());
    }
    policy->follow(enforced_configuration());
    return *policy;
}

const NodePtr& Machine::enforced_configuration() const {
    if (!enforced) {
        enforced = effective(configuration.running());
    }
    return enforced;
}

void Machine::running_changed(std::optional<Instant> at) {
    const Instant when = at.value_or(clock);
    enforced = nullptr;
    names.follow(enforced_configuration(), when);
    hits.follow(enforced_configuration(), when);
    if (const std::vector<ListKey> fresh = lists.follow(enforced_configuration(), when); !fresh.empty()) {
        refresh_lists(*this, fresh, when);
    }
    follow_pair(*this, when);
}

void Machine::enqueue_errand(std::string kind, std::shared_ptr<Errand> errand, Instant at) {
    Job job;
    job.type = JobType::other;
    job.kind = std::move(kind);
    job.errand = std::move(errand);
    job.enqueued = at;
    job.started = at;
    job.status = JobStatus::active;
    Job& queued = jobs.enqueue(std::move(job));
    queued.errand->begin(*this, queued, at);
}

std::optional<Instant> Machine::next_event() const {
    std::optional<Instant> next = registration.next_event();
    const std::optional<Instant> recurring = options.list_fetcher ? lists.next_event() : std::nullopt;
    for (const std::optional<Instant>& each : {recurring, names.next_event(), next_of_pair(*this)}) {
        if (each && (!next || *each < *next)) {
            next = each;
        }
    }
    return jobs.any_running([this](const Job& job) { return job.errand && job.errand->has_news(*this); }) ? clock
                                                                                                          : next;
}

void Machine::enqueue(Job job, Instant now) {
    if (job.commits()) {
        if (const auto fault = faults.strike(FaultOn::commit_job, std::nullopt, now)) {
            if (fault->answer == FaultAnswer::job_fail) {
                job.must_fail = fault->details;
            }
            job.duration = fault->commit_time.value_or(job.duration);
        }
    }
    job.enqueued = now;
    Job& queued = jobs.enqueue(std::move(job));
    if (queued.commits()) {
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

std::uint64_t Machine::enqueue_job(std::string kind, std::string user, std::chrono::microseconds duration,
                                   std::function<void(Job&, Instant)> at_end, Instant now) {
    Job job;
    job.type = JobType::other;
    job.kind = std::move(kind);
    job.user = std::move(user);
    job.enqueued = now;
    job.started = now;
    job.duration = duration;
    job.status = JobStatus::active;
    job.at_end = std::move(at_end);
    const std::uint64_t id = jobs.enqueue(std::move(job)).id;
    advance(now);
    return id;
}

bool Machine::cancel(std::uint64_t id, const std::string& by, Instant now) {
    advance(now);
    Job* job = jobs.find(id);
    if (job == nullptr || job->status == JobStatus::finished || job->type == JobType::auto_commit ||
        job->progress(now) >= 99) {
        return false;
    }
    if (job->in_line() && job->status == JobStatus::active) {
        line_free_since = now;
    }
    job->status = JobStatus::finished;
    job->started = job->started.value_or(now);
    job->finished = now;
    job->result = JobResult::fail;
    job->details = {fmt::format("Job is stopped by {}", escaped_text(by))};
    job->snapshot = job->base = job->outcome = nullptr;
    job->changes = nullptr;
    job->at_end = nullptr;
    record(*job);
    ++revision;
    start_next(now);
    return true;
}

void Machine::advance(Instant now) {
    clock = std::max(clock, now);
    registration.advance(now);
    names.advance(now);
    for (auto due = next_of_pair(*this); due && *due <= now; due = next_of_pair(*this)) {
        follow_pair(*this, *due);
    }
    if (back_at) {
        if (now < *back_at) {
            return;
        }
        come_up(*back_at);
    }
    if (options.list_fetcher) {
        if (const std::vector<ListKey> due = lists.due(now); !due.empty()) {
            refresh_lists(*this, due, now);
        }
    }
    jobs.each_running([this, now](Job& job) {
        if (job.errand) {
            job.errand->look_again(*this, job, now);
        }
    });
    start_next(now);
    while (Job* over = jobs.first_due(now)) {
        finish(*over, over->due());
        start_next(now);
    }
}

void Machine::start_next(Instant now) {
    if (jobs.active() != nullptr) {
        return;
    }
    Job* next = jobs.next();
    if (next != nullptr && next->enqueued <= now) {
        start(*next, std::max(line_free_since, next->enqueued));
    }
}

void Machine::start(Job& job, Instant at) {
    job.status = JobStatus::active;
    job.started = at;
    if (job.type == JobType::auto_commit) {
        return;
    }
    log_job(*this, job, at);
    Lines wrong;
    if (job.task) {
        wrong = job.task->begin(*this, job, at);
    } else {
        work_out(job);
        wrong = check_configuration(*job.changes, effective(job.outcome), limits);
        const Lines taken = push_conflicts(job.outcome);
        wrong.insert(wrong.end(), taken.begin(), taken.end());
    }
    if (job.must_fail) {
        wrong = job.must_fail->empty() ? Lines{"Commit failed"} : Lines{};
        for (const std::string& line : *job.must_fail) {
            wrong.push_back(escaped_text(line));
        }
    } else if (!wrong.empty() && job.commits()) {
        wrong.emplace_back("Commit failed");
    }
    if (!wrong.empty()) {
        job.details = std::move(wrong);
        job.duration = std::chrono::microseconds(
            static_cast<std::int64_t>(static_cast<double>(job.duration.count()) * failing_part));
    }
    if (RecordedCommit* const commit = recorded(job.id)) {
        commit->started = at;
    }
}

void Machine::finish(Job& job, Instant at) {
    job.status = JobStatus::finished;
    job.finished = at;
    ++revision;
    if (!job.in_line()) {
        job.result = JobResult::ok;
        if (const auto errand = std::exchange(job.errand, nullptr)) {
            errand->end(*this, job, at);
        }
        if (const auto at_end = std::exchange(job.at_end, nullptr)) {
            at_end(job, at);
        }
        return;
    }
    line_free_since = at;
    const bool failed = !job.details.empty();
    job.result = failed ? JobResult::fail : JobResult::ok;
    if (job.type == JobType::auto_commit) {
        job.details = {"Configuration committed successfully", "Successfully committed last configuration"};
        return;
    }
    if (job.task) {
        job.task->end(*this, job, at);
    } else if (!failed) {
        if (job.base != configuration.running()) {
            work_out(job);  // the running configuration was replaced by hand meanwhile
        }
        job.warnings = commit_warnings(job.outcome);
        job.details = details_of(job, version, *job.changes);
        if (job.type == JobType::commit && version.tells_configuration_size()) {
            running_bytes = bytes_after(running_bytes, *job.changes, job.outcome);
            tell_size(job.details, running_bytes);
        }
    }
    if (!failed && job.changes) {
        record_changes(job.id, *job.changes);
    }
    if (!failed && !job.task && job.type == JobType::commit && panorama()) {
        push_history.committed(job.snapshot, job.take);
    }
    job.changes = nullptr;  // from here on the outcome is nobody else's
    job.snapshot = nullptr;
    if (!failed && !job.task && job.type == JobType::commit) {
        const NodePtr before = configuration.running();
        configuration.activate(std::move(job.outcome), job.take);
        follow(before, at);
        locks.release_all_of(job.user);
        synchronise_after_commit(*this, at);
    }
    log_job(*this, job, at);
    record(job);
    job.base = job.outcome = nullptr;
}

void Machine::follow(const NodePtr& before, std::optional<Instant> at) {
    running_changed(at);
    accounts.follow(before, configuration.running());
}

void Machine::load_both(NodePtr root) {
    const NodePtr before = configuration.running();
    configuration.load_both(std::move(root));
    running_bytes = 0;
    ++revision;
    follow(before);
}

void Machine::note(RecordedCall call) {
    if (calls.size() >= calls_kept_max) {
        calls.pop_front();
        ++calls_dropped;
    }
    calls.push_back(std::move(call));
}

void Machine::work_out(Job& job) const {
    job.base = configuration.running();
    job.outcome = configuration.would_be(job.snapshot, job.take);
    job.changes = std::make_shared<const Differences>(differences(effective(job.base), effective(job.outcome)));
}

RecordedCommit* Machine::recorded(std::uint64_t job) {
    const auto at =
        std::find_if(commits.rbegin(), commits.rend(), [job](const RecordedCommit& each) { return each.job == job; });
    return at == commits.rend() ? nullptr : &*at;
}

void Machine::record(const Job& job) {
    RecordedCommit* const at = recorded(job.id);
    if (at == nullptr) {
        return;
    }
    at->finished = job.finished;
    at->result = job.result;
    at->details = job.details;
    if (job.result == JobResult::ok) {
        at->before = job.base;
        at->after = configuration.running();
        if (commits.size() > diffs_kept_max) {
            RecordedCommit& old = commits[commits.size() - diffs_kept_max - 1];
            old.before = old.after = nullptr;
        }
    }
}

void Machine::record_changes(std::uint64_t job, const Differences& changed) {
    RecordedCommit* const at = recorded(job);
    if (at == nullptr) {
        return;
    }
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
                const Way& way = change.container();
                at->groups.push_back({way[1].tag == "shared" ? "shared" : way[4].identity, change.name(),
                                      std::move(members.added), std::move(members.removed)});
            }
        }
    }
}

}  // namespace sim::panos
