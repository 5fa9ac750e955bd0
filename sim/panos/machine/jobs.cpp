#include "sim/panos/machine/jobs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

std::string_view name_of(JobType type) {
    switch (type) {
        case JobType::commit:
            return "Commit";
        case JobType::validate:
            return "Validate";
        case JobType::auto_commit:
            return "AutoCom";
        case JobType::task:
        case JobType::other:
            break;  // each has its own
    }
    return "";
}

std::string_view name_of(JobStatus status) {
    switch (status) {
        case JobStatus::pending:
            return "PEND";
        case JobStatus::active:
            return "ACT";
        case JobStatus::finished:
            return "FIN";
    }
    return "";
}

std::string_view name_of(JobResult result) {
    switch (result) {
        case JobResult::pending:
            return "PEND";
        case JobResult::ok:
            return "OK";
        case JobResult::fail:
            return "FAIL";
    }
    return "";
}

std::string lines(std::string_view tag, const std::vector<std::string>& each) {
    std::string out = fmt::format("<{}>", tag);
    for (const std::string& line : each) {
        out += "<line>" + line + "</line>";
    }
    return out + fmt::format("</{}>", tag);
}

}  // namespace

int Job::progress(Instant now) const {
    if (status == JobStatus::finished) {
        return 100;
    }
    if (status == JobStatus::pending || !started || duration.count() <= 0 || now <= *started) {
        return 0;
    }
    const double part = static_cast<double>((now - *started).count()) / static_cast<double>(duration.count());
    if (part < 0.6) {
        return static_cast<int>(part / 0.6 * 75);
    }
    return part < 0.85 ? static_cast<int>(75 + (part - 0.6) / 0.25 * 23) : 99;
}

Job& JobQueue::enqueue(Job job) {
    job.id = ++counter_;
    if (job.task) {
        job.kind = job.task->name();
    }
    skip_finished();
    while (jobs_.size() >= kept_max && first_open_ > 0) {
        jobs_.pop_front();
        --first_open_;
    }
    jobs_.push_back(std::move(job));
    return jobs_.back();
}

Job* JobQueue::find(std::uint64_t id) {
    const auto at = std::lower_bound(jobs_.begin(), jobs_.end(), id,
                                     [](const Job& job, std::uint64_t sought) { return job.id < sought; });
    return at == jobs_.end() || at->id != id ? nullptr : &*at;
}

const Job* JobQueue::find(std::uint64_t id) const {
    const auto at = std::lower_bound(jobs_.begin(), jobs_.end(), id,
                                     [](const Job& job, std::uint64_t sought) { return job.id < sought; });
    return at == jobs_.end() || at->id != id ? nullptr : &*at;
}

void JobQueue::skip_finished() {
    while (first_open_ < jobs_.size() && jobs_[first_open_].status == JobStatus::finished) {
        ++first_open_;
    }
}

Job* JobQueue::active() {
    skip_finished();
    for (std::size_t i = first_open_; i < jobs_.size(); ++i) {
        if (jobs_[i].status == JobStatus::active && jobs_[i].in_line()) {
            return &jobs_[i];
        }
    }
    return nullptr;
}

const Job* JobQueue::active() const {
    for (std::size_t i = first_open_; i < jobs_.size(); ++i) {
        if (jobs_[i].status == JobStatus::active && jobs_[i].in_line()) {
            return &jobs_[i];
        }
    }
    return nullptr;
}

bool JobQueue::runs(std::string_view kind) const {
    return std::any_of(jobs_.begin() + static_cast<std::ptrdiff_t>(first_open_), jobs_.end(),
                       [kind](const Job& job) { return job.status == JobStatus::active && type_name(job) == kind; });
}

Job* JobQueue::next() {
    skip_finished();
    Job* oldest = nullptr;
    for (std::size_t i = first_open_; i < jobs_.size(); ++i) {
        Job& job = jobs_[i];
        if (job.status != JobStatus::pending) {
            continue;
        }
        if (job.type == JobType::auto_commit) {
            return &job;
        }
        oldest = oldest == nullptr ? &job : oldest;
    }
    return oldest;
}

std::size_t JobQueue::waiting() const {
    return static_cast<std::size_t>(
        std::count_if(jobs_.begin() + static_cast<std::ptrdiff_t>(first_open_), jobs_.end(),
                      [](const Job& job) { return job.status == JobStatus::pending && !job.errand; }));
}

std::size_t JobQueue::position(const Job& job) const {
    if (job.status != JobStatus::pending) {
        return 0;
    }
    return 1 + static_cast<std::size_t>(std::count_if(
                   jobs_.begin() + static_cast<std::ptrdiff_t>(first_open_), jobs_.end(),
                   [&job](const Job& other) { return other.status == JobStatus::pending && other.id < job.id; }));
}

const Job* JobQueue::last_unfinished_commit() const {
    for (std::size_t i = jobs_.size(); i > first_open_; --i) {
        const Job& job = jobs_[i - 1];
        if (job.type == JobType::commit && job.status != JobStatus::finished) {
            return &job;
        }
    }
    return nullptr;
}

void JobQueue::each_running(const std::function<void(Job&)>& visit) {
    skip_finished();
    for (std::size_t i = first_open_; i < jobs_.size(); ++i) {
        if (jobs_[i].status == JobStatus::active) {
            visit(jobs_[i]);
        }
    }
}

bool JobQueue::any_running(const std::function<bool(const Job&)>& is_sought) const {
    return std::any_of(jobs_.begin() + static_cast<std::ptrdiff_t>(first_open_), jobs_.end(),
                       [&is_sought](const Job& job) { return job.status == JobStatus::active && is_sought(job); });
}

Job* JobQueue::first_due(Instant now) {
    skip_finished();
    Job* first = nullptr;
    for (std::size_t i = first_open_; i < jobs_.size(); ++i) {
        Job& job = jobs_[i];
        if (job.status == JobStatus::active && job.due() <= now && (first == nullptr || job.due() < first->due())) {
            first = &job;
        }
    }
    return first;
}

std::optional<Instant> JobQueue::next_end() const {
    std::optional<Instant> end;
    for (std::size_t i = first_open_; i < jobs_.size(); ++i) {
        if (jobs_[i].status == JobStatus::active && (!end || jobs_[i].due() < *end)) {
            end = jobs_[i].due();
        }
    }
    return end;
}

void JobQueue::reset(std::uint64_t counter, std::deque<Job> jobs) {
    counter_ = counter;
    jobs_ = std::move(jobs);
    first_open_ = 0;
}

std::string_view type_name(const Job& job) {
    return job.kind.empty() ? name_of(job.type) : std::string_view(job.kind);
}

std::string job_xml(const Job& job, std::size_t position, const Version& version, Instant now) {
    if (job.lost) {
        return "<job><type>Failed-Job</type><details><line>job failed because of configd restart</line></details>"
               "<warnings></warnings></job>";
    }
    const bool over = job.status == JobStatus::finished;
    const int progress = job.progress(now);
    std::string end = "Still Active";
    if (over) {
        end = version.dates_job_ends() ? date_and_time(*job.finished) : time_of_day(*job.finished);
    }
    const std::string details = lines("details", job.details);
    const std::string warnings = lines("warnings", job.warnings);
    std::string tail = job.task ? job.task->document_part(job) : "";
    if (tail.empty()) {
        tail = over ? details + warnings : warnings + details;
    }
    return fmt::format(
        "<job><tenq>{}</tenq><tdeq>{}</tdeq><id>{}</id><user>{}</user><type>{}</type><status>{}</status>"
        "<queued>{}</queued><stoppable>{}</stoppable><result>{}</result><tfin>{}</tfin><description>{}</description>"
        "<positionInQ>{}</positionInQ><progress>{}</progress>{}</job>",
        date_and_time(job.enqueued), job.started ? time_of_day(*job.started) : "", job.id, escaped_text(job.user),
        escaped_text(type_name(job)), name_of(job.status), job.status == JobStatus::pending ? "YES" : "NO",
        over || progress >= 99 ? "no" : "yes", name_of(job.result), end, escaped_text(job.description), position,
        over && job.end_as_progress ? date_and_time(*job.finished) : std::to_string(progress), tail);
}

}  // namespace sim::panos
