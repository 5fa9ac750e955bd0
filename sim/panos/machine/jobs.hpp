// The device's jobs: one counter for all. Commits, validations and automatic commits run one at a time, the others wait
// in the order in which they were asked for; jobs of every other kind (a list refresh, a log query, a download) run
// beside them.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/panos/configuration/merge.hpp"
#include "sim/panos/tree/difference.hpp"
#include "sim/panos/tree/version.hpp"

namespace sim::panos {

enum class JobType { commit, validate, auto_commit, task, other };
enum class JobStatus { pending, active, finished };
enum class JobResult { pending, ok, fail };

struct Job;
struct Machine;

/// What a job does that is neither a commit nor a validation of the device's own, and waits in line with them: a push
/// from Panorama, a synchronisation from the HA peer, ...
class JobTask {
public:
    virtual ~JobTask() = default;
    /// As `show jobs` names its type.
    virtual std::string_view name() const = 0;
    /// It changes this device's running configuration: it is recorded as a commit, and faults on commit-job strike it.
    virtual bool commits() const = 0;
    /// When its turn comes: works out what it will do. Lines, when it has to fail.
    virtual std::vector<std::string> begin(Machine& machine, Job& job, Instant at) = 0;
    /// When its time is over, with the job's result: does it, unless it failed.
    virtual void end(Machine& machine, Job& job, Instant at) = 0;
    /// What its document has after the progress, in place of details and warnings; empty: these.
    virtual std::string document_part(const Job& /*job*/) const { return {}; }
};

/// What a job does that works on no configuration, runs beside the commits, and waits for something from outside, such
/// as the refresh of a list.
class Errand {
public:
    virtual ~Errand() = default;
    /// The job starts: may set its duration.
    virtual void begin(Machine& machine, Job& job, Instant at) = 0;
    /// The job runs and something may have come that it waits for: may set its duration.
    virtual void look_again(Machine& /*machine*/, Job& /*job*/, Instant /*now*/) {}
    /// look_again() has something to see.
    virtual bool has_news(const Machine& /*machine*/) const { return false; }
    /// Its time is over: sets result, details and warnings.
    virtual void end(Machine& machine, Job& job, Instant at) = 0;
};

struct Job {
    std::uint64_t id = 0;
    JobType type = JobType::commit;
    std::string kind;  // of `task` and `other`: the type as it is shown, "CommitAll", "EDLRefresh", "Downld", ...
    std::string user;
    std::string description;
    Instant enqueued{};
    std::optional<Instant> started;
    std::optional<Instant> finished;
    std::chrono::microseconds duration{0};
    JobStatus status = JobStatus::pending;
    JobResult result = JobResult::pending;
    std::vector<std::string> details;  // contents of <line>
    std::vector<std::string> warnings;

    // what it works on
    NodePtr snapshot;  // the candidate when it was asked for
    Take take;
    bool partial = false;
    bool forced = false;
    std::optional<std::vector<std::string>> must_fail;  // a fault: these details
    /// Of `other`: called when its time is over, with the time of that; sets details, warnings and, when it is not ok,
    /// the result. It may enqueue further jobs.
    std::function<void(Job&, Instant)> at_end;
    bool end_as_progress = false;    // shows the time of its end where others show 100, as a WildFire update does
    bool lost = false;               // it ran, or waited, when the management server went down
    std::shared_ptr<JobTask> task;   // of type `task`
    std::shared_ptr<Errand> errand;  // of some of type `other`

    // what it will do, worked out when it starts
    NodePtr base;     // running then
    NodePtr outcome;  // running after it
    std::shared_ptr<const Differences> changes;

    /// Changes the running configuration.
    bool commits() const { return type == JobType::commit || (task && task->commits()); }
    Instant due() const { return started.value_or(enqueued) + duration; }
    /// One of those of which one runs at a time.
    bool in_line() const { return type != JobType::other; }
    /// 0 to 100; stays at 99 for the last part of its time, as devices are seen to.
    int progress(Instant now) const;
};

class JobQueue {
public:
    static constexpr std::size_t kept_max = 10'000;  // older ones that are finished are forgotten

    /// Gives the job its number and puts it last.
    Job& enqueue(Job job);
    /// The next number of the one counter, for what is no job of this queue.
    std::uint64_t take_number() { return ++counter_; }

    const Job* find(std::uint64_t id) const;
    Job* find(std::uint64_t id);
    const std::deque<Job>& all() const noexcept { return jobs_; }  // oldest first
    std::uint64_t counter() const noexcept { return counter_; }
    /// The commit, validation or automatic commit that runs.
    Job* active();
    const Job* active() const;
    /// A job of that kind ("Install", ...) runs.
    bool runs(std::string_view kind) const;
    /// An automatic commit that waits, or the oldest commit or validation that does.
    Job* next();
    /// Commits and validations that wait.
    std::size_t waiting() const;
    /// 0 for the running one, 1 for the one that comes after it, ...
    std::size_t position(const Job& job) const;
    /// The last commit that is queued or runs.
    const Job* last_unfinished_commit() const;
    /// Those that run, in line or beside it, the oldest first.
    void each_running(const std::function<void(Job&)>& visit);
    bool any_running(const std::function<bool(const Job&)>& is_sought) const;
    /// The running job that is over first, by `now` at the latest.
    Job* first_due(Instant now);
    /// When the next running job is over.
    std::optional<Instant> next_end() const;
    /// As after a boot: no job, and numbers from 1 on; or from a state that was kept.
    void reset(std::uint64_t counter = 0, std::deque<Job> jobs = {});

private:
    std::deque<Job> jobs_;
    std::uint64_t counter_ = 0;
    std::size_t first_open_ = 0;  // all before it are finished

    void skip_finished();
};

/// "Commit", "AutoCom", "EDLRefresh", ...
std::string_view type_name(const Job& job);

/// <job>...</job>, fields and their order as the version prints them.
std::string job_xml(const Job& job, std::size_t position, const Version& version, Instant now);

}  // namespace sim::panos
