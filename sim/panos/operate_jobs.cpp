// Operational commands: show jobs.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/panos/operation.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {
namespace {

std::string one_job(const OperationCall& call, const Job& job) {
    return job_xml(job, call.machine.jobs.position(job), call.machine.version, call.session.now);
}

Reply show_job(const OperationCall& call) {
    std::uint64_t id = 0;
    const std::string& text = call.command.text;
    const auto [end, error_code] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error_code != std::errc{} || end != text.data() + text.size()) {
        return error(17, {fmt::format(" show -> jobs -> id '{}' is invalid", escaped_line(text)),
                          " show -> jobs -> id is invalid"});
    }
    const Job* job = call.machine.jobs.find(id);
    return job == nullptr ? error(7, {fmt::format("job {} not found", id)}) : result(one_job(call, *job));
}

template <class Wanted>
Reply listed_jobs(const OperationCall& call, Wanted wanted) {
    std::string out;
    const auto& all = call.machine.jobs.all();
    for (auto at = all.rbegin(); at != all.rend(); ++at) {
        if (wanted(*at)) {
            out += one_job(call, *at);
        }
    }
    return result(out);
}

Reply show_jobs_all(const OperationCall& call) {
    return listed_jobs(call, [](const Job&) { return true; });
}
Reply show_jobs_pending(const OperationCall& call) {
    return listed_jobs(call, [](const Job& job) { return job.status != JobStatus::finished; });
}
Reply show_jobs_processed(const OperationCall& call) {
    return listed_jobs(call, [](const Job& job) { return job.status == JobStatus::finished; });
}

constexpr Operation operations[] = {
    {"show jobs id", "", show_job},
    {"show jobs all", "", show_jobs_all},
    {"show jobs pending", "", show_jobs_pending},
    {"show jobs processed", "", show_jobs_processed},
};

}  // namespace

std::span<const Operation> job_operations() {
    return operations;
}

}  // namespace sim::panos
