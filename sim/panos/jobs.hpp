// The device's jobs: one counter, one runs at a time, the others wait in the order in which they were asked for.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "sim/panos/difference.hpp"
#include "sim/panos/merge.hpp"
#include "sim/panos/version.hpp"

namespace sim::panos {

enum class JobType { commit, validate, auto_commit };
enum class JobStatus { pending, active, finished };
enum class JobResult { pending, ok, fail };

struct Job {
    std::uint64_t id = 0;
    JobType type = JobType::commit;
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

    // what it will do, worked out when it starts
    NodePtr base;     // running then
    NodePtr outcome;  // running after it
    std::shared_ptr<const Differences> changes;

    Instant due() const { return started.value_or(enqueued) + duration; }
    /// 0 to 100; stays at 99 for the last part of its time, as devices are seen to.
    int progress(Instant now) const;
};

class JobQueue {
public:
    /// Gives the job its number and puts it last.
    Job& enqueue(Job job);

    const Job* find(std::uint64_t id) const;
    const std::deque<Job>& all() const noexcept { return jobs_; }  // oldest first
    Job* active();
    const Job* active() const;
    /// The oldest one that waits.
    Job* next();
    std::size_t waiting() const;
    /// 0 for the running one, 1 for the one that comes after it, ...
    std::size_t position(const Job& job) const;
    /// The last commit that is queued or runs.
    const Job* last_unfinished_commit() const;

private:
    std::deque<Job> jobs_;
    std::uint64_t counter_ = 0;
    std::size_t first_open_ = 0;  // all before it are finished

    void skip_finished();
};

/// <job>...</job>, fields and their order as the version prints them.
std::string job_xml(const Job& job, std::size_t position, const Version& version, Instant now);

}  // namespace sim::panos
