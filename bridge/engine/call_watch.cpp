#include "bridge/engine/call_watch.hpp"

#include <algorithm>

#include "bridge/domain/value/overloaded.hpp"

namespace bridge::engine {

using namespace domain;

namespace {

std::chrono::milliseconds between(Instant from, Instant to) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(to - from);
}

}  // namespace

std::string_view kind_of(const Call& call) {
    return std::visit(Overloaded{
                          [](const ReadJobs&) -> std::string_view { return "read jobs"; },
                          [](const ReadObjects&) -> std::string_view { return "read objects"; },
                          [](const ReadCapacity&) -> std::string_view { return "read capacity"; },
                          [](const ReadGroups&) -> std::string_view { return "read groups"; },
                          [](const SetMembers&) -> std::string_view { return "set members"; },
                          [](const DeleteMembers&) -> std::string_view { return "delete members"; },
                          [](const DeleteGroups&) -> std::string_view { return "delete groups"; },
                          [](const DeleteObjects&) -> std::string_view { return "delete objects"; },
                          [](const ReadTag&) -> std::string_view { return "read tag"; },
                          [](const DeleteTag&) -> std::string_view { return "delete tag"; },
                          [](const StartCommit&) -> std::string_view { return "start commit"; },
                          [](const ReadJob&) -> std::string_view { return "read job"; },
                          [](const ReadDevices&) -> std::string_view { return "read devices"; },
                          [](const ReadDeviceGroups&) -> std::string_view { return "read device groups"; },
                          [](const StartPush&) -> std::string_view { return "start push"; },
                          [](const ReadPush&) -> std::string_view { return "read push"; },
                          [](const ReadSystem&) -> std::string_view { return "read system"; },
                          [](const ReadDynamicGroup&) -> std::string_view { return "read dynamic group"; },
                          [](const ReadRegistered&) -> std::string_view { return "read registered"; },
                          [](const ReadRegisteredAddress&) -> std::string_view { return "read registered address"; },
                          [](const CountRegistered&) -> std::string_view { return "count registered"; },
                          [](const RegisterAddresses&) -> std::string_view { return "register addresses"; },
                          [](const RefreshList&) -> std::string_view { return "refresh list"; },
                          [](const ReadList&) -> std::string_view { return "read list"; },
                      },
                      call);
}

void CallWatch::begins(const Call& call, Instant now) {
    kind_ = kind_of(call);
    starts_commit_ = std::holds_alternative<StartCommit>(call);
    began_ = now;
}

void CallWatch::ends(const Result<Reply>& reply, Instant now) {
    observer_.on_call({.target = target_,
                       .kind = kind_,
                       .failure = reply ? std::nullopt : std::optional(reply.error().code),
                       .took = between(began_, now)});
    if (!reply) {
        return;
    }
    if (const auto* answer = std::get_if<CommitAnswered>(&*reply); answer != nullptr && starts_commit_) {
        commit_began_ = answer->job ? std::optional(began_) : std::nullopt;
    }
    const auto* job = std::get_if<JobSeen>(&*reply);
    if (job == nullptr || job->state == JobSeen::State::queued || job->state == JobSeen::State::running) {
        return;
    }
    // The device tells whole seconds; a commit that an earlier process started is known only by them.
    const auto by_device = std::chrono::milliseconds(job->took.value_or(std::chrono::seconds(0)));
    auto took = commit_began_ ? between(*commit_began_, now) : by_device;
    if (job->took) {
        took = std::min(took, by_device + std::chrono::milliseconds(1000));
    }
    commit_began_.reset();
    observer_.on_commit({.target = target_,
                         .succeeded = job->state == JobSeen::State::succeeded,
                         .details = job->details,
                         .took = took});
}

void CallWatch::waits(std::string_view why) {
    if (why != trouble_) {
        trouble_ = why;
        observer_.on_trouble(target_, trouble_);
    }
}

}  // namespace bridge::engine
