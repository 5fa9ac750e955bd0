#include "sim/panos/jobs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/xml.hpp"

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
    jobs_.push_back(std::move(job));
    return jobs_.back();
}

const Job* JobQueue::find(std::uint64_t id) const {
    return id == 0 || id > jobs_.size() ? nullptr : &jobs_[static_cast<std::size_t>(id - 1)];
}

void JobQueue::skip_finished() {
    while (first_open_ < jobs_.size() && jobs_[first_open_].status == JobStatus::finished) {
        ++first_open_;
    }
}

Job* JobQueue::active() {
    skip_finished();
    return first_open_ < jobs_.size() && jobs_[first_open_].status == JobStatus::active ? &jobs_[first_open_] : nullptr;
}

const Job* JobQueue::active() const {
    for (std::size_t i = first_open_; i < jobs_.size(); ++i) {
        if (jobs_[i].status == JobStatus::active) {
            return &jobs_[i];
        }
    }
    return nullptr;
}

Job* JobQueue::next() {
    skip_finished();
    const auto open = jobs_.begin() + static_cast<std::ptrdiff_t>(first_open_);
    const auto at = std::find_if(open, jobs_.end(), [](const Job& job) { return job.status == JobStatus::pending; });
    return at == jobs_.end() ? nullptr : &*at;
}

std::size_t JobQueue::waiting() const {
    return static_cast<std::size_t>(std::count_if(jobs_.begin() + static_cast<std::ptrdiff_t>(first_open_), jobs_.end(),
                                                  [](const Job& job) { return job.status == JobStatus::pending; }));
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

std::string job_xml(const Job& job, std::size_t position, const Version& version, Instant now) {
    const bool over = job.status == JobStatus::finished;
    const int progress = job.progress(now);
    std::string end = "Still Active";
    if (over) {
        end = version.dates_job_ends() ? date_and_time(*job.finished) : time_of_day(*job.finished);
    }
    const std::string details = lines("details", job.details);
    const std::string warnings = lines("warnings", job.warnings);
    return fmt::format(
        "<job><tenq>{}</tenq><tdeq>{}</tdeq><id>{}</id><user>{}</user><type>{}</type><status>{}</status>"
        "<queued>{}</queued><stoppable>{}</stoppable><result>{}</result><tfin>{}</tfin><description>{}</description>"
        "<positionInQ>{}</positionInQ><progress>{}</progress>{}{}</job>",
        date_and_time(job.enqueued), job.started ? time_of_day(*job.started) : "", job.id, escaped_text(job.user),
        name_of(job.type), name_of(job.status), job.status == JobStatus::pending ? "YES" : "NO",
        over || progress >= 99 ? "no" : "yes", name_of(job.result), end, escaped_text(job.description), position,
        progress, over ? details : warnings, over ? warnings : details);
}

}  // namespace sim::panos
