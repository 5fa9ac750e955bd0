// A firewall in a few lines for testing the enforcer: a candidate and a running group, jobs, and faults on demand. It
// answers the enforcer's calls without any protocol; sim/panos is the faithful one.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "bridge/domain/group_enforcer.hpp"

namespace testing {

using namespace bridge::domain;

class ScriptedFirewall {
public:
    std::map<std::string, SeenObject> objects;
    std::set<std::string> candidate{"placeholder"};
    std::set<std::string> running{"placeholder"};
    std::chrono::milliseconds commit_takes{0};
    std::vector<std::string> log;  // names of the calls, in order
    int commits = 0;

    /// Asked before every call is performed; a failure keeps it from taking effect.
    std::function<std::optional<Failure>(const Call&)> fault = [](const Call&) { return std::nullopt; };
    /// Asked after a call took effect; a failure loses its answer.
    std::function<std::optional<Failure>(const Call&)> lost = [](const Call&) { return std::nullopt; };
    /// Whether the commit whose end is due fails.
    std::function<bool()> commit_fails = [] { return false; };

    Result<Reply> perform(const Call& call, Instant now) {
        finish_jobs(now);
        static constexpr const char* names[] = {"jobs",           "objects",     "running",
                                                "set objects",    "set members", "delete members",
                                                "delete objects", "commit",      "job"};
        log.emplace_back(call.index() < std::size(names) ? names[call.index()] : "of another way to block");
        if (auto failure = fault(call)) {
            return tl::unexpected(*failure);
        }
        auto reply = std::visit([&](const auto& what) { return take(what, now); }, call);
        if (auto failure = lost(call)) {
            return tl::unexpected(*failure);
        }
        return reply;
    }

    std::size_t count(const std::string& name) const {
        return static_cast<std::size_t>(std::count(log.begin(), log.end(), name));
    }

    void finish_jobs(Instant now) {
        for (auto& [id, job] : jobs_) {
            if (!job.over && job.ends <= now) {
                job.over = true;
                job.failed = commit_fails();
                if (!job.failed) {
                    running = job.what;
                }
            }
        }
    }

private:
    struct Job {
        Instant ends;
        std::set<std::string> what;
        bool over = false;
        bool failed = false;
    };

    Result<Reply> take(const ReadJobs&, Instant) {
        JobsSeen seen;
        for (const auto& [id, job] : jobs_) {
            if (!job.over) {
                seen.ours = id;
            }
        }
        return seen;
    }
    Result<Reply> take(const ReadObjects&, Instant) {
        ObjectsSeen seen;
        for (const auto& [name, object] : objects) {
            seen.objects.push_back(object);
        }
        return seen;
    }
    Result<Reply> take(const ReadRunningGroup&, Instant) {
        return GroupSeen{true, true, {running.begin(), running.end()}};
    }
    Result<Reply> take(const SetObjects& set, Instant) {
        for (const AddressObject& object : set.objects) {
            const char* kind = object.indicator.address() != nullptr ? "ip-netmask" : "fqdn";
            objects[object.name] = SeenObject{object.name, kind, object.indicator.text(), true};
            edits_ = true;
        }
        return Done{};
    }
    Result<Reply> take(const SetMembers& set, Instant) {
        for (const std::string& name : set.names) {
            if (!objects.contains(name)) {
                return failed(Errc::refused, name + " is not a valid reference");
            }
        }
        candidate.insert(set.names.begin(), set.names.end());
        edits_ = true;
        return Done{};
    }
    Result<Reply> take(const DeleteMembers& gone, Instant) {
        for (const std::string& name : gone.names) {
            edits_ = candidate.erase(name) > 0 || edits_;
        }
        return Done{};
    }
    Result<Reply> take(const DeleteObjects& gone, Instant) {
        for (const std::string& name : gone.names) {
            if (candidate.contains(name)) {
                return failed(Errc::refused, name + " cannot be deleted because of references");
            }
        }
        for (const std::string& name : gone.names) {
            edits_ = objects.erase(name) > 0 || edits_;
        }
        return Done{};
    }
    Result<Reply> take(const StartCommit&, Instant now) {
        if (!edits_) {
            return CommitAnswered{};
        }
        edits_ = false;
        ++commits;
        Instant start = now;
        for (const auto& [id, job] : jobs_) {
            start = job.over ? start : std::max(start, job.ends);
        }
        jobs_[++last_job_] = Job{start + commit_takes, candidate};
        return CommitAnswered{last_job_};
    }
    Result<Reply> take(const ReadJob& ask, Instant) {
        const auto job = jobs_.find(ask.job);
        if (job == jobs_.end()) {
            return failed(Errc::missing, "job not found");
        }
        JobSeen seen;
        seen.state = !job->second.over    ? JobSeen::State::running
                     : job->second.failed ? JobSeen::State::failed
                                          : JobSeen::State::succeeded;
        seen.progress = job->second.over ? 100 : 50;
        seen.details = job->second.failed ? "Validation Error" : "";
        return seen;
    }

    template <class Other>
    Result<Reply> take(const Other&, Instant) {
        return failed(Errc::refused, "a call of another way to block");
    }

    std::map<JobId, Job> jobs_;
    JobId last_job_ = 1;
    bool edits_ = false;
};

/// An enforcer, its firewall and a clock that is moved by hand, as one.
class Bench {
public:
    explicit Bench(GroupSettings settings = {}, const std::vector<Block>& blocks = {}, std::uint64_t seed = 7)
        : enforcer_(named(std::move(settings)), blocks, seed) {}

    ScriptedFirewall firewall;
    std::map<Indicator, BlockState> ledger;  // last recorded states
    std::vector<std::string> notes;

    void start() { feed(Started{}); }
    void want(std::vector<Indicator> indicators) { feed(Want{std::move(indicators)}); }
    void unwant(std::vector<Indicator> indicators) { feed(Unwant{std::move(indicators)}); }

    /// Moves the clock, waking the enforcer whenever it asked to be.
    void run_for(std::chrono::milliseconds time) {
        const Instant end = now_ + time;
        while (wake_ && *wake_ <= end) {
            now_ = std::max(now_, *wake_);
            wake_.reset();
            firewall.finish_jobs(now_);
            feed(Woken{});
        }
        now_ = end;
        firewall.finish_jobs(now_);
    }

    GroupEnforcer& enforcer() { return enforcer_; }
    Instant now() const { return now_; }

private:
    static GroupSettings named(GroupSettings settings) {
        settings.target = "hq";
        settings.group = "blocked";
        return settings;
    }

    void feed(const Event& event) {
        std::deque<Event> events{event};
        while (!events.empty()) {
            Actions actions = enforcer_.on(events.front(), now_);
            events.pop_front();
            for (Action& action : actions) {
                if (auto* call = std::get_if<Call>(&action)) {
                    events.push_back(Answer{firewall.perform(*call, now_)});
                } else if (auto* wake = std::get_if<Wake>(&action)) {
                    wake_ = wake->at;
                } else if (auto* record = std::get_if<Record>(&action)) {
                    for (const BlockChange& change : record->changes) {
                        ledger.insert_or_assign(change.indicator, change.state);
                    }
                } else {
                    notes.push_back(std::get<Note>(action).text);
                }
            }
        }
    }

    GroupEnforcer enforcer_;
    Instant now_{std::chrono::hours(1)};
    std::optional<Instant> wake_;
};

}  // namespace testing
