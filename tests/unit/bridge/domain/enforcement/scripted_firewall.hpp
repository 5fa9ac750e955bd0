// A firewall in a few lines for testing the enforcer: a candidate and a running group, jobs, and faults on demand. It
// answers the enforcer's calls without any protocol; sim/panos is the faithful one.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "bridge/domain/enforcement/group_enforcer.hpp"

namespace testing {

using namespace bridge::domain;

class ScriptedFirewall {
public:
    struct Child {
        bool ours = true;
        std::set<std::string> members;
        friend bool operator==(const Child&, const Child&) = default;
    };
    using Children = std::map<std::string, Child>;

    std::map<std::string, SeenObject> objects;
    std::set<std::string> candidate{"placeholder"};  // members of the group that the rules name
    std::set<std::string> running{"placeholder"};
    Children candidate_children;
    Children running_children;
    enum class Tag { none, ours, colleagues };
    Tag candidate_tag = Tag::colleagues;
    Tag running_tag = Tag::colleagues;
    bool tag_marked = false;  // a colleague's got our mark
    std::chrono::milliseconds commit_takes{0};
    bool tells_times = false;      // of a job, in whole seconds
    std::vector<std::string> log;  // names of the calls, in order
    int commits = 0;

    // Limits, checked by the commit as devices do it.
    std::optional<std::size_t> objects_max;
    std::size_t members_max = 100'000;
    std::size_t others_objects = 0;  // of colleagues
    int limit_failures = 0;
    std::vector<std::string> emptied;  // groups that somebody tried to leave empty: the device refuses

    /// Firewalls behind it, when it is a Panorama.
    struct Managed {
        std::string serial;
        bool connected = true;
        bool fails = false;
        std::set<std::string> has;  // what was pushed to it, flattened
        bool out_of_sync = false;   // by a colleague's doing
    };
    std::vector<Managed> managed;
    std::vector<std::vector<std::string>> pushes;  // serials of each
    std::chrono::milliseconds push_takes{0};

    /// Asked before every call is performed; a failure keeps it from taking effect.
    std::function<std::optional<Failure>(const Call&)> fault = [](const Call&) { return std::nullopt; };
    /// Asked after a call took effect; a failure loses its answer.
    std::function<std::optional<Failure>(const Call&)> lost = [](const Call&) { return std::nullopt; };
    /// Whether the commit whose end is due fails.
    std::function<bool()> commit_fails = [] { return false; };

    Result<Reply> perform(const Call& call, Instant now) {
        finish_jobs(now);
        static constexpr const char* names[] = {
            "jobs",          "objects",        "capacity", "groups",    "set members", "delete members",
            "delete groups", "delete objects", "commit",   "job",       "devices",     "device groups",
            "push",          "push job",       "tag",      "delete tag"};
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

    /// What the rules deny: the group's members and those of the children that it names.
    std::set<std::string> blocked() const { return flattened(running, running_children); }

    /// A colleague takes a member out of every group, and commits that: behind our commit, if one is running, so the
    /// member does not come back with its end. A device lets nobody empty a group.
    void colleague_takes_out(const std::string& name) {
        const auto out_of = [&name](std::set<std::string>& parent, Children& children) {
            parent.erase(name);
            for (auto& [group, child] : children) {
                if (child.members.size() > 1) {
                    child.members.erase(name);
                }
            }
        };
        out_of(candidate, candidate_children);
        out_of(running, running_children);
        for (auto& [id, job] : jobs_) {
            out_of(job.what, job.children);
        }
    }

    void finish_jobs(Instant now) {
        for (auto& [id, job] : jobs_) {
            if (!job.over && job.ends <= now) {
                job.over = true;
                const bool too_many = over_a_limit(job);
                limit_failures += too_many ? 1 : 0;
                job.failed = too_many || commit_fails();
                edits_ = edits_ || job.failed;  // they are still uncommitted, whether or not anybody asks
                if (!job.failed) {
                    running = job.what;
                    running_children = job.children;
                    running_tag = job.tag;
                }
            }
        }
        for (auto& [id, push] : pushes_) {
            if (push.over || push.ends > now) {
                continue;
            }
            push.over = true;
            for (Managed& device : managed) {
                const bool meant =
                    std::find(push.serials.begin(), push.serials.end(), device.serial) != push.serials.end();
                if (meant && device.connected && !device.fails) {
                    device.has = push.what;
                    device.out_of_sync = false;
                    push.succeeded.insert(device.serial);
                }
            }
        }
    }

private:
    std::minstd_rand order_{1};

    struct Job {
        Instant ends;
        std::set<std::string> what;
        Children children;
        Tag tag = Tag::none;
        std::size_t objects = 0;
        bool over = false;
        bool failed = false;
    };
    struct Push {
        Instant ends;
        std::vector<std::string> serials;
        std::set<std::string> what;
        bool over = false;
        std::set<std::string> succeeded;
    };

    static std::set<std::string> flattened(const std::set<std::string>& parent, const Children& children) {
        std::set<std::string> all;
        for (const std::string& member : parent) {
            const auto child = children.find(member);
            if (child == children.end()) {
                all.insert(member);
            } else {
                all.insert(child->second.members.begin(), child->second.members.end());
            }
        }
        return all;
    }

    bool over_a_limit(const Job& job) const {
        return (objects_max && job.objects > *objects_max) || job.what.size() > members_max ||
               std::any_of(job.children.begin(), job.children.end(),
                           [this](const auto& each) { return each.second.members.size() > members_max; });
    }

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
        // In any order: a device lists them as they came.
        std::vector<SeenObject> listed;
        for (const auto& [name, object] : objects) {
            listed.push_back(object);
        }
        std::shuffle(listed.begin(), listed.end(), order_);
        ObjectsSeen seen;
        for (SeenObject& object : listed) {
            seen.add(std::move(object));
        }
        return seen;
    }
    Result<Reply> take(const ReadCapacity&, Instant) {
        CapacitySeen seen;
        seen.objects_max = objects_max;
        seen.objects = objects.size() + others_objects;
        return seen;
    }
    Result<Reply> take(const ReadGroups& read, Instant) {
        const std::set<std::string>& parent = read.running ? running : candidate;
        GroupsSeen seen;
        if (!read.only.empty() && read.only != "blocked") {
            if (const auto child = running_children.find(read.only); child != running_children.end()) {
                const std::set<std::string>& members = child->second.members;
                seen.groups.push_back({read.only, true, child->second.ours, {members.begin(), members.end()}});
            }
            return seen;
        }
        std::vector<std::string> members(parent.begin(), parent.end());
        std::shuffle(members.begin(), members.end(), order_);
        seen.groups.push_back({"blocked", true, false, {members.begin(), members.end()}});
        if (read.children) {
            for (const auto& [name, child] : read.running ? running_children : candidate_children) {
                seen.groups.push_back({name, true, child.ours, {child.members.begin(), child.members.end()}});
            }
        }
        return seen;
    }
    Result<Reply> take(const SetMembers& set, Instant) {
        std::set<std::string> there;
        for (const auto& [name, object] : objects) {
            there.insert(name);
        }
        for (const AddressObject& object : set.objects) {
            there.insert(object.name);
        }
        for (const auto& [name, child] : candidate_children) {
            there.insert(name);
        }
        for (const GroupMembers& group : set.groups) {
            const auto known = candidate_children.find(group.group);
            if (group.child && known != candidate_children.end() && !known->second.ours) {
                return failed(Errc::refused, "touches a colleague's group " + group.group);
            }
            there.insert(group.group);
            for (const std::string& name : group.members) {
                if (!there.contains(name)) {
                    return failed(Errc::refused, name + " is not a valid reference");
                }
            }
        }
        const bool tagged = !set.objects.empty() || std::any_of(set.groups.begin(), set.groups.end(),
                                                                [](const GroupMembers& group) { return group.child; });
        if (tagged && candidate_tag == Tag::none) {
            candidate_tag = set.make_tag ? Tag::ours : Tag::colleagues;
        } else if (tagged && set.make_tag && candidate_tag == Tag::colleagues) {
            tag_marked = true;
        }
        for (const AddressObject& object : set.objects) {
            const char* kind = object.indicator.address() != nullptr ? "ip-netmask" : "fqdn";
            objects[object.name] = SeenObject{object.name, kind, object.indicator.text(), true};
        }
        for (const GroupMembers& group : set.groups) {
            auto& members = group.child ? candidate_children[group.group].members : candidate;
            members.insert(group.members.begin(), group.members.end());
        }
        edits_ = true;
        return Done{};
    }
    Result<Reply> take(const DeleteMembers& gone, Instant) {
        std::set<std::string> parent = candidate;
        Children children = candidate_children;
        for (const std::string& group : gone.groups) {
            const auto child = children.find(group);
            if (group != "blocked" && child == children.end()) {
                continue;
            }
            auto& members = group == "blocked" ? parent : child->second.members;
            const bool any = !members.empty();
            for (const std::string& name : gone.names) {
                members.erase(name);
            }
            if (any && members.empty()) {
                emptied.push_back(group);
                return failed(Errc::refused, group + " must at least have one address");
            }
        }
        edits_ = edits_ || parent != candidate || children != candidate_children;
        candidate = std::move(parent);
        candidate_children = std::move(children);
        return Done{};
    }
    Result<Reply> take(const DeleteGroups& gone, Instant) {
        for (const std::string& name : gone.names) {
            if (candidate.contains(name)) {
                return failed(Errc::refused, name + " cannot be deleted because of references");
            }
        }
        for (const std::string& name : gone.names) {
            edits_ = candidate_children.erase(name) > 0 || edits_;
        }
        return Done{};
    }
    Result<Reply> take(const DeleteObjects& gone, Instant) {
        for (const std::string& name : gone.names) {
            bool used = candidate.contains(name);
            for (const auto& [group, child] : candidate_children) {
                used = used || child.members.contains(name);
            }
            if (used) {
                return failed(Errc::refused, name + " cannot be deleted because of references");
            }
        }
        for (const std::string& name : gone.names) {
            edits_ = objects.erase(name) > 0 || edits_;
        }
        return Done{};
    }
    Result<Reply> take(const ReadTag&, Instant) {
        return TagSeen{candidate_tag != Tag::none, candidate_tag == Tag::ours};
    }
    Result<Reply> take(const DeleteTag&, Instant) {
        const bool used =
            std::any_of(objects.begin(), objects.end(), [](const auto& each) { return each.second.ours; }) ||
            std::any_of(candidate_children.begin(), candidate_children.end(),
                        [](const auto& each) { return each.second.ours; });
        if (used) {
            return failed(Errc::refused, "firebreak cannot be deleted because of references");
        }
        edits_ = edits_ || candidate_tag != Tag::none;
        candidate_tag = Tag::none;
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
        jobs_[++last_job_] = Job{start + commit_takes,
                                 candidate,
                                 candidate_children,
                                 candidate_tag,
                                 objects.size() + others_objects,
                                 false,
                                 false};
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
        if (tells_times && job->second.over) {
            seen.took = std::chrono::duration_cast<std::chrono::seconds>(commit_takes);
        }
        seen.details = job->second.failed ? "Validation Error" : "";
        return seen;
    }
    Result<Reply> take(const ReadDevices&, Instant) {
        DevicesSeen seen;
        for (const Managed& device : managed) {
            seen.devices.push_back({device.serial, "name-of-" + device.serial, "branches", device.connected,
                                    !device.out_of_sync && device.has == blocked()});
        }
        return seen;
    }
    Result<Reply> take(const ReadDeviceGroups& read, Instant) {
        GroupsSeen seen;
        for (const Managed& device : managed) {
            if (device.serial == read.serial) {
                seen.groups.push_back({"blocked", true, false, {device.has.begin(), device.has.end()}});
            }
        }
        return seen;
    }
    Result<Reply> take(const StartPush& start, Instant now) {
        Push push;
        push.ends = now + push_takes;
        push.what = blocked();
        for (const Receiver& receiver : start.receivers) {
            push.serials.push_back(receiver.serial);
        }
        pushes.push_back(push.serials);
        pushes_[++last_job_] = push;
        return CommitAnswered{last_job_};
    }
    Result<Reply> take(const ReadPush& ask, Instant) {
        const auto push = pushes_.find(ask.job);
        if (push == pushes_.end()) {
            return failed(Errc::missing, "job not found");
        }
        PushSeen seen;
        seen.over = true;
        for (const std::string& serial : push->second.serials) {
            using State = PushSeen::Device::State;
            const State state = !push->second.over                        ? State::pending
                                : push->second.succeeded.contains(serial) ? State::succeeded
                                                                          : State::failed;
            seen.devices.push_back({state, serial, state == State::failed ? "commit failed" : ""});
        }
        return seen;
    }

    template <class Other>
    Result<Reply> take(const Other&, Instant) {
        return failed(Errc::refused, "a call of another way to block");
    }

    std::map<JobId, Job> jobs_;
    std::map<JobId, Push> pushes_;
    JobId last_job_ = 1;
    bool edits_ = false;
};

/// An enforcer, its firewall and a clock that is moved by hand, as one.
class Bench {
public:
    explicit Bench(GroupSettings settings = {}, const std::vector<Block>& blocks = {}, std::uint64_t seed = 7)
        : settings_(named(std::move(settings))),
          seed_(seed),
          enforcer_(std::make_unique<GroupEnforcer>(settings_, seed)) {
        for (const Block& block : blocks) {
            enforcer_->know(block);
        }
    }

    ScriptedFirewall firewall;
    std::map<Indicator, BlockState> ledger;  // last recorded states
    std::map<Indicator, std::string> reasons;
    std::vector<std::string> notes;
    /// Asked after each call took effect: the process dies before it hears the answer, and starts again.
    std::function<bool()> crashes = [] { return false; };

    void start() { feed(Started{}); }
    void want(std::vector<Indicator> indicators) {
        for (const Indicator& one : indicators) {
            const auto [known, added] = ledger.try_emplace(one, BlockState::wanted);
            if (!added && !is_desired(known->second)) {
                known->second = BlockState::wanted;
            }
        }
        feed(Want{std::move(indicators)});
    }
    void unwant(std::vector<Indicator> indicators) {
        for (const Indicator& one : indicators) {
            ledger.insert_or_assign(one, BlockState::expired);
        }
        feed(Unwant{std::move(indicators)});
    }

    /// The process starts again with what the ledger has.
    void restart() {
        renew();
        feed(Started{});
    }

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

    std::size_t count(BlockState state) const {
        return static_cast<std::size_t>(
            std::count_if(ledger.begin(), ledger.end(), [&](const auto& row) { return row.second == state; }));
    }
    bool was_told(std::string_view text) const {
        return std::any_of(notes.begin(), notes.end(),
                           [&](const std::string& note) { return note.find(text) != std::string::npos; });
    }

    GroupEnforcer& enforcer() { return *enforcer_; }
    Instant now() const { return now_; }

private:
    static GroupSettings named(GroupSettings settings) {
        settings.target = "hq";
        settings.group = "blocked";
        return settings;
    }

    void renew() {
        wake_.reset();
        enforcer_ = std::make_unique<GroupEnforcer>(settings_, ++seed_);
        for (const auto& [indicator, state] : ledger) {
            if (state != BlockState::removed) {
                enforcer_->know({.target = "hq",
                                 .indicator = indicator,
                                 .state = state,
                                 .reason = reasons[indicator],
                                 .alert = "",
                                 .since = {},
                                 .expires = {},
                                 .repeats = 0});
            }
        }
    }

    void feed(const Event& event) {
        std::deque<Event> events{event};
        std::size_t fed = 0;
        while (!events.empty()) {
            if (++fed > 10'000) {
                throw std::logic_error("the enforcer spins: it asks without end");
            }
            Actions actions = enforcer_->on(events.front(), now_);
            events.pop_front();
            for (Action& action : actions) {
                if (auto* call = std::get_if<Call>(&action)) {
                    auto reply = firewall.perform(*call, now_);
                    if (crashes()) {
                        renew();
                        events = {Started{}};
                        break;
                    }
                    events.push_back(Answer{std::move(reply)});
                } else if (auto* wake = std::get_if<Wake>(&action)) {
                    wake_ = wake->at;
                } else if (auto* record = std::get_if<Record>(&action)) {
                    for (const BlockChange& change : record->changes) {
                        ledger.insert_or_assign(change.indicator, change.state);
                        reasons.insert_or_assign(change.indicator, change.reason);
                    }
                } else {
                    notes.push_back(std::get<Note>(action).text);
                }
            }
        }
    }

    GroupSettings settings_;
    std::uint64_t seed_;
    std::unique_ptr<GroupEnforcer> enforcer_;
    Instant now_{std::chrono::hours(1)};
    std::optional<Instant> wake_;
};

}  // namespace testing
