// Operational commands: show jobs.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/call/commit_call.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

std::string one_job(const OperationCall& call, const Job& job) {
    return job_xml(job, call.machine.jobs.position(job), call.machine.version, call.session.now);
}

tl::expected<std::uint64_t, Reply> job_number(const std::string& text, std::string_view path) {
    const auto id = whole_number(text);
    if (!id) {
        return tl::make_unexpected(error(
            17, {fmt::format(" {} '{}' is invalid", path, escaped_line(text)), fmt::format(" {} is invalid", path)}));
    }
    return *id;
}

Reply show_job(const OperationCall& call) {
    const auto id = job_number(call.command.text, "show -> jobs -> id");
    if (!id) {
        return id.error();
    }
    const Job* job = call.machine.jobs.find(*id);
    return job == nullptr ? error(7, {fmt::format("job {} not found", *id)}) : result(one_job(call, *job));
}

Reply clear_job(const OperationCall& call) {
    const auto id = job_number(call.command.text, "clear -> job -> id");
    if (!id) {
        return id.error();
    }
    const Job* job = call.machine.jobs.find(*id);
    if (job == nullptr) {
        return error(7, {fmt::format("job {} not found", *id)});
    }
    if (!call.session.role.superuser() && job->user != call.session.admin) {
        return unauthorised();
    }
    if (!call.machine.cancel(*id, call.session.admin, call.session.now)) {
        return error(0, {fmt::format("job {} can not be stopped", *id)});
    }
    return result(fmt::format("job {} stopped", *id));
}

Reply validate_partial(const OperationCall& call) {
    CommitRequest request;
    request.validate = true;
    if (auto read = read_partial(call.command, call.machine.panorama(), request, {"validate", "partial"}); !read) {
        return error(read.error());
    }
    return commit(call.machine, call.session, request);
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

constexpr Operation job_commands[] = {
    {"show jobs id", "", show_job},
    {"show jobs all", "", show_jobs_all},
    {"show jobs pending", "", show_jobs_pending},
    {"show jobs processed", "", show_jobs_processed},
    {"clear job id", "", clear_job},
    {"validate partial", "*", validate_partial},
};

}  // namespace

std::span<const Operation> job_operations() {
    return job_commands;
}

}  // namespace sim::panos
