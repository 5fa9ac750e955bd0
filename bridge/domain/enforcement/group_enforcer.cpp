#include "bridge/domain/enforcement/group_enforcer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "bridge/domain/value/overloaded.hpp"

namespace bridge::domain {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds lock_wait_max{10'000};

// A pair that changes sides more often in a row is not raced with.
constexpr unsigned moves_at_once_max = 3;

std::string counted(std::size_t n, std::string_view what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

}  // namespace

std::string_view name_of(GroupEnforcer::Phase phase) {
    switch (phase) {
        case GroupEnforcer::Phase::starting:
            return "starting";
        case GroupEnforcer::Phase::surveying:
            return "surveying";
        case GroupEnforcer::Phase::idle:
            return "idle";
        case GroupEnforcer::Phase::settling:
            return "settling";
        case GroupEnforcer::Phase::pushing:
            return "pushing";
        case GroupEnforcer::Phase::committing:
            return "committing";
        case GroupEnforcer::Phase::verifying:
            return "verifying";
        case GroupEnforcer::Phase::delivering:
            return "delivering";
        case GroupEnforcer::Phase::waiting:
            return "waiting";
    }
    return "unknown";
}

/// Finds entries by name: at once where the names come in order, as they do when a device's lists have been sorted.
class GroupEnforcer::Walk {
public:
    explicit Walk(Entries& entries) : entries_(entries), at_(entries.begin()) {}

    /// Null: there is none.
    Entry* find(std::string_view name) {
        constexpr int steps = 4;
        for (int i = 0; i < steps && at_ != entries_.end() && at_->first < name; ++i) {
            ++at_;
        }
        const bool here = at_ != entries_.end() && at_->first == name;
        if (!here && !is_gap_for(name)) {
            at_ = entries_.lower_bound(name);
        }
        return at_ != entries_.end() && at_->first == name ? &at_->second : nullptr;
    }

private:
    /// The name would stand just before where we are.
    bool is_gap_for(std::string_view name) const {
        return (at_ == entries_.end() || name < at_->first) &&
               (at_ == entries_.begin() || std::prev(at_)->first < name);
    }

    Entries& entries_;
    Entries::iterator at_;
};

GroupEnforcer::GroupEnforcer(GroupSettings settings, std::uint64_t seed)
    : settings_(std::move(settings)),
      backoff_(settings_.backoff_min, seed),
      layout_(settings_.group, settings_.group_members_max, settings_.child_groups),
      objects_max_(settings_.objects_max) {}

void GroupEnforcer::know(const Block& block) {
    Stage at = Stage::wanted;
    switch (block.state) {
        case BlockState::wanted:
            at = Stage::wanted;
            break;
        case BlockState::pushed:
            at = Stage::pushed;
            break;
        case BlockState::enforced:
            at = Stage::enforced;
            break;
        case BlockState::expired:
            at = Stage::leaving;
            break;
        case BlockState::refused:
            if (!waits_for_room(block.state, block.reason)) {
                return;
            }
            at = Stage::crowded;
            break;
        case BlockState::removed:
        case BlockState::held:
            return;
    }
    // What is neither enforced nor refused may be inside a commit that the previous process started, and in a child
    // that it made.
    in_doubt_ = in_doubt_ || (at != Stage::enforced && at != Stage::crowded);
    divided_ = in_doubt_ && settings_.child_groups > 0;
    std::string name = address_name_of(block.indicator);
    const auto [place, added] = entries_.try_emplace(std::move(name), fresh_entry(block.indicator));
    if (added) {
        stage(place->first, place->second, at);
    }
}

GroupEnforcer::Entry GroupEnforcer::fresh_entry(const Indicator& indicator) {
    return {.indicator = indicator,
            .stage = Stage::enforced,
            .home = GroupLayout::nowhere,
            .has_object = false,
            .is_member = false,
            .order = ++arrivals_};
}

std::string_view GroupEnforcer::state() const {
    return name_of(phase_);
}

Actions GroupEnforcer::on(const Event& event, Instant now) {
    actions_.clear();
    std::visit(Overloaded{
                   [this](const Started&) { survey(); },
                   [this, now](const Want& want) { on_want(want, now); },
                   [this, now](const Unwant& unwant) { on_unwant(unwant, now); },
                   [this, now](const Woken&) { on_woken(now); },
                   [this, now](const Answer& answer) {
                       asked_ = false;
                       on_answer(answer.reply, now);
                   },
                   // Of other ways to block.
                   [](const auto&) {},
               },
               event);
    if (!changes_.empty()) {
        // First, so that the ledger never lags behind a call that goes out with the same actions.
        actions_.insert(actions_.begin(), Record{std::exchange(changes_, {})});
    }
    return std::exchange(actions_, {});
}

Capacity GroupEnforcer::capacity() const {
    const std::size_t blocks = entries_.size() - leaving_.size() - left_.size() - crowded_.size() - gone_;
    Capacity all;
    all.members = {others_members_ + blocks, layout_.capacity()};
    all.objects = {others_objects_.value_or(0) + blocks - std::min(blocks, borrowed_.size()), objects_max_};
    all.refused = crowded_.size();
    return all;
}

// ---- what comes from the ledger

bool GroupEnforcer::ready_for_work() const {
    return phase_ == Phase::idle || phase_ == Phase::settling ||
           (phase_ == Phase::waiting && waits_for_devices_ && !asked_);
}

void GroupEnforcer::on_want(const Want& want, Instant now) {
    for (const Indicator& indicator : want.indicators) {
        const std::string name = address_name_of(indicator);
        const auto [place, added] = entries_.try_emplace(name, fresh_entry(indicator));
        if (added) {
            place->second.has_object = strays_.erase(name) > 0;
        }
        if (!added && place->second.indicator != indicator) {
            changes_.push_back(
                {settings_.target, indicator, BlockState::refused,
                 fmt::format("its object name {} already stands for {}", name, place->second.indicator.text())});
            continue;
        }
        const Stage at = place->second.stage;
        if (!added && at != Stage::leaving && at != Stage::left && at != Stage::gone && at != Stage::crowded) {
            continue;
        }
        stage(name, place->second, Stage::wanted);
        yield_to_foreign(name);
    }
    if (!first_wanted_ && !wanted_.empty()) {
        first_wanted_ = now;
    }
    if (ready_for_work()) {
        plan(now);
    }
}

void GroupEnforcer::on_unwant(const Unwant& unwant, Instant now) {
    for (const Indicator& indicator : unwant.indicators) {
        const std::string name = address_name_of(indicator);
        const auto place = entries_.find(name);
        if (place == entries_.end() || place->second.indicator != indicator) {
            changes_.push_back({settings_.target, indicator, BlockState::removed, "it was not on the target"});
            continue;
        }
        // While a batch is being pushed the name may be in it; then it leaves with the next one.
        const bool untouched = chunks_.empty() && objects_known_ && !place->second.has_object;
        const Stage at = place->second.stage;
        if ((at == Stage::wanted || at == Stage::crowded) && untouched) {
            drop(name, BlockState::removed, "it had not been pushed yet");
        } else if (at != Stage::left && at != Stage::gone) {
            stage(name, place->second, Stage::leaving);
        }
    }
    if (ready_for_work()) {
        plan(now);
    }
}

// ---- time

void GroupEnforcer::on_woken(Instant now) {
    if (asked_) {
        return;
    }
    switch (phase_) {
        case Phase::idle:
            if (now - compared_ >= settings_.compare_every) {
                capacity_due_ = true;
                survey();
            } else if (settings_.push && push_.owed()) {
                look_at_devices();
            } else {
                plan(now);
            }
            return;
        case Phase::settling:
            plan(now);
            return;
        case Phase::waiting:
            resume();
            return;
        case Phase::committing:
            if (job_) {
                call(ReadJob{*job_});
            }
            return;
        case Phase::delivering:
            if (push_job_) {
                call(ReadPush{*push_job_});
            }
            return;
        case Phase::starting:
        case Phase::surveying:
        case Phase::pushing:
        case Phase::verifying:
            return;
    }
}

void GroupEnforcer::wait(Instant now, std::string why, bool keep_place, milliseconds longest) {
    failures_ = std::min(failures_ + 1, 30U);
    keep_place_ = keep_place;
    waits_for_devices_ = false;
    batch_waits_ = false;
    // A call whose answer is lost may have made objects and members that we do not know of.
    objects_known_ = objects_known_ && keep_place;
    if (!keep_place) {
        layout_.forget();
    }
    if (why != reason_ || phase_ != Phase::waiting) {
        note(Weight::warning, why);
    }
    phase_ = Phase::waiting;
    last_error_ = why;
    reason_ = std::move(why);
    actions_.emplace_back(Wake{now + backoff_.pause(failures_, longest)});
}

void GroupEnforcer::resume() {
    if (waits_for_devices_) {
        look_at_devices();
        return;
    }
    if (!keep_place_ || !last_call_) {
        survey();
        return;
    }
    const Call again = *last_call_;
    if (std::holds_alternative<StartCommit>(again) || std::holds_alternative<ReadJob>(again)) {
        phase_ = Phase::committing;
    } else if (std::holds_alternative<StartPush>(again) || std::holds_alternative<ReadPush>(again)) {
        phase_ = Phase::delivering;
    } else {
        phase_ = Phase::pushing;
    }
    call(again);
}

// ---- what the target has

void GroupEnforcer::survey() {
    phase_ = Phase::surveying;
    if (divided_) {
        layout_.forget();
    }
    if (in_doubt_) {
        call(ReadJobs{});
        return;
    }
    look_at_objects();
}

void GroupEnforcer::look_at_objects() {
    phase_ = Phase::surveying;
    call(ReadObjects{});
}

void GroupEnforcer::look_further() {
    if (capacity_due_ && settings_.ask_capacity) {
        call(ReadCapacity{});
    } else if (divided_ && !layout_.known()) {
        ask_candidate();
    } else {
        ask_running();
    }
}

void GroupEnforcer::ask_candidate() {
    call(ReadGroups{.running = false, .children = true});
}

void GroupEnforcer::ask_running() {
    call(ReadGroups{.running = true, .children = divided_});
}

void GroupEnforcer::on_jobs(const JobsSeen& seen, Instant now) {
    in_doubt_ = false;
    if (!seen.ours) {
        look_at_objects();
        return;
    }
    note(Weight::news, fmt::format("commit job {} of ours is under way: following it", *seen.ours));
    phase_ = Phase::committing;
    job_ = seen.ours;
    watch_.begin(now);
    objects_known_ = false;
    look_later(commit_takes_, now);
}

void GroupEnforcer::on_objects(const ObjectsSeen& seen) {
    for (auto& [name, entry] : entries_) {
        entry.has_object = false;
    }
    strays_.clear();
    objects_ = 0;
    borrowed_.clear();
    drifted_.clear();
    untagged_.clear();
    objects_known_ = true;
    Walk entries(entries_);
    for (const std::string_view name : seen.as_named) {
        object_comes(name, entries.find(name));
    }
    std::vector<std::string> taken;
    for (const SeenObject& object : seen.objects) {
        Entry* const entry = entries.find(object.name);
        if (!object.ours) {
            untagged_.emplace(object.name, object);
            if (entry != nullptr) {
                taken.push_back(object.name);
            }
            continue;
        }
        object_comes(object.name, entry);
        if (entry != nullptr && !object.stands_for(entry->indicator)) {
            drifted_.insert(object.name);
        }
    }
    for (const std::string& name : taken) {
        yield_to_foreign(name);
    }
    look_further();
}

void GroupEnforcer::on_capacity(const CapacitySeen& seen) {
    capacity_due_ = false;
    if (settings_.objects_max == 0) {
        objects_max_ = seen.objects_max.value_or(0);
    }
    if (seen.group_members_max && *seen.group_members_max > 0) {
        layout_.set_members_max(std::min(settings_.group_members_max, *seen.group_members_max));
    }
    others_objects_ = seen.objects;
    if (others_objects_) {
        *others_objects_ -= std::min(*others_objects_, objects_);
    }
    look_further();
}

/// An object of that name without our tag is a colleague's: of use when it stands for the same address, else in the
/// way.
void GroupEnforcer::yield_to_foreign(const std::string& name) {
    const auto taken = untagged_.find(name);
    if (taken == untagged_.end()) {
        return;
    }
    const Entry& entry = entries_.at(name);
    const SeenObject& object = taken->second;
    if (object.stands_for(entry.indicator)) {
        borrowed_.insert(name);
        return;
    }
    const std::string why = fmt::format(
        "address object {} exists ({} {}) without our tag, and is not touched: rename or delete it, then release the "
        "block",
        name, object.kind, object.value);
    note(Weight::warning, fmt::format("{}: {}", entry.indicator.text(), why));
    const bool leaves = entry.stage == Stage::leaving || entry.stage == Stage::left;
    drop(name, leaves ? BlockState::removed : BlockState::refused, why);
}

/// Who is where in the candidate.
void GroupEnforcer::on_candidate(const GroupsSeen& seen, Instant now) {
    layout_.see(seen);
    doubles_.clear();
    divided_ = divided_ || layout_.has_children();
    for (auto& [name, entry] : entries_) {
        entry.home = GroupLayout::nowhere;
    }
    for (const GroupSeen& group : seen.groups) {
        const Part part = layout_.part_called(group.name);
        if (part != 0 && !layout_.is_ours(part)) {
            continue;
        }
        Walk entries(entries_);
        for (const std::string_view member : group.members) {
            Entry* const entry = entries.find(member);
            if (entry == nullptr) {
                continue;
            }
            if (entry->home == GroupLayout::nowhere) {
                entry->home = part;
            } else {
                doubles_[std::string(member)].push_back(part);
            }
        }
    }
    if (std::exchange(batch_waits_, false)) {
        start_batch(now);
    } else {
        ask_running();
    }
}

void GroupEnforcer::on_running(const GroupsSeen& seen, Instant now) {
    const GroupSeen* const parent = seen.find(settings_.group);
    if (parent == nullptr || !parent->is_static) {
        const std::string what = parent != nullptr ? "is not a static group" : "is not in the running configuration";
        wait(now,
             fmt::format("address group {} {}: an administrator makes it, with one placeholder member and a rule that "
                         "denies it, and commits",
                         settings_.group, what),
             false, settings_.backoff_max);
        return;
    }
    const bool has_child = std::any_of(parent->members.begin(), parent->members.end(), [&](std::string_view name) {
        return child_group_number(settings_.group, name) != 0;
    });
    if (has_child && !divided_) {
        divided_ = true;
        look_further();
        return;
    }
    const bool ours_there = std::any_of(seen.groups.begin(), seen.groups.end(), [&](const GroupSeen& group) {
        return group.ours && group.name != settings_.group;
    });
    if (divided_ && !has_child && !ours_there && layout_.known() && !layout_.has_children()) {
        divided_ = false;
    }
    running_members_ = parent->members.size();
    if (!divided_ && !layout_.known()) {
        layout_.assume_undivided(running_members_);
    }
    compare(seen, now);
}

/// Which of our blocks the running configuration has, and which it has no longer.
void GroupEnforcer::compare(const GroupsSeen& seen, Instant now) {
    const GroupSeen& parent = *seen.find(settings_.group);
    for (auto& [name, entry] : entries_) {
        entry.is_member = false;
    }
    std::unordered_set<std::string_view> others;
    Walk entries(entries_);
    const auto add_member = [&](std::string_view name) {
        if (Entry* const entry = entries.find(name)) {
            entry->is_member = true;
        } else {
            others.insert(name);
        }
    };
    for (const std::string_view member : parent.members) {
        const GroupSeen* const child = child_group_number(settings_.group, member) == 0 ? nullptr : seen.find(member);
        if (child == nullptr || !child->ours || !child->is_static) {
            add_member(member);
            continue;
        }
        for (const std::string_view name : child->members) {
            add_member(name);
        }
    }
    others_members_ = others.size();
    std::size_t missing = 0;
    std::size_t healed = 0;
    bool news_for_devices = false;
    std::vector<std::string> gone;
    for (auto& [name, entry] : entries_) {
        const bool member = entry.is_member;
        const bool in = member && !drifted_.contains(name);
        switch (entry.stage) {
            case Stage::wanted:
            case Stage::pushed:
                if (in) {
                    runs(name, entry);
                    news_for_devices = true;
                } else if (entry.stage == Stage::pushed) {
                    put_back(name, entry);
                    ++missing;
                }
                break;
            case Stage::delivered:
            case Stage::enforced:
                if (!in) {
                    put_back(name, entry);
                    ++healed;
                }
                break;
            case Stage::leaving:
                if (!member && !entry.has_object) {
                    gone.push_back(name);
                }
                break;
            case Stage::left:
                if (!member) {
                    gone.push_back(name);
                } else {
                    stage(name, entry, Stage::leaving);
                    ++missing;
                }
                break;
            case Stage::gone:
                if (member) {
                    stage(name, entry, Stage::leaving);
                }
                break;
            case Stage::crowded:
                // The process ended before it was taken out of the candidate again.
                if (entry.has_object) {
                    put_back(name, entry);
                }
                break;
        }
    }
    news_for_devices = news_for_devices || !gone.empty();
    if (healed > 0) {
        note(Weight::warning,
             fmt::format("{} had gone from the group without us: putting back", counted(healed, "member")));
    }
    compared_ = now;
    compared_all(missing, gone, news_for_devices, now);
}

// ---- what a commit has done: of a group that goes on in children, only those are read that it should have changed

bool GroupEnforcer::touched_little(Instant now) const {
    constexpr std::size_t few = 2;
    const std::size_t children = touched_.size() - touched_.count(0);
    return divided_ && layout_.known() && !touched_widely_ && !in_doubt_ && !touched_.empty() && children <= few &&
           now - compared_ < settings_.compare_every;
}

/// The parent is always read: without its link, what a child has is not blocked.
void GroupEnforcer::ask_touched() {
    looked_at_ = {};
    to_look_at_ = {settings_.group};
    for (const Part part : touched_) {
        if (part != 0) {
            to_look_at_.push_back(layout_.name_of(part));
        }
    }
    ask_next_touched();
}

void GroupEnforcer::ask_next_touched() {
    call(ReadGroups{.running = true, .children = false, .only = to_look_at_.front()});
}

void GroupEnforcer::on_touched(const GroupsSeen& seen, Instant now) {
    const std::string name = to_look_at_.front();
    const GroupSeen* const found = seen.find(name);
    const bool is_child = name != settings_.group;
    const bool linked = !is_child || [&] {
        const NameList& links = looked_at_.find(settings_.group)->members;
        return std::find(links.begin(), links.end(), name) != links.end();
    }();
    if (found == nullptr || !found->is_static || (is_child && !found->ours) || !linked) {
        ask_running();  // not as we left it, so all of it is looked at
        return;
    }
    looked_at_.groups.push_back(*found);
    to_look_at_.pop_front();
    if (!to_look_at_.empty()) {
        ask_next_touched();
        return;
    }
    compare_batch(now);
}

void GroupEnforcer::compare_batch(Instant now) {
    std::map<std::string_view, std::unordered_set<std::string_view>> members;
    for (const GroupSeen& group : looked_at_.groups) {
        members[group.name].insert(group.members.begin(), group.members.end());
    }
    running_members_ = looked_at_.find(settings_.group)->members.size();
    std::size_t missing = 0;
    const std::vector<std::string> came(pushed_.begin(), pushed_.end());
    for (const std::string& name : came) {
        Entry& entry = entries_.at(name);
        const std::string home = layout_.name_of(entry.home);
        const auto group = members.find(home);
        const bool in = group != members.end() && group->second.contains(name) && !drifted_.contains(name);
        if (in) {
            runs(name, entry);
        } else {
            put_back(name, entry);
            ++missing;
        }
    }
    std::vector<std::string> gone;
    const std::vector<std::string> went(left_.begin(), left_.end());
    for (const std::string& name : went) {
        const bool still_there =
            std::any_of(members.begin(), members.end(), [&](const auto& each) { return each.second.contains(name); });
        if (still_there) {
            stage(name, entries_.at(name), Stage::leaving);
            ++missing;
        } else {
            gone.push_back(name);
        }
    }
    compared_all(missing, gone, came.size() + went.size() > missing, now);
}

/// What follows from a comparison: `gone` have left the running configuration, and so many changes of a commit that
/// succeeded are `missing`.
void GroupEnforcer::compared_all(std::size_t missing, const std::vector<std::string>& gone, bool news_for_devices,
                                 Instant now) {
    for (const std::string& name : gone) {
        if (settings_.push) {
            stage(name, entries_.at(name), Stage::gone);
        } else {
            drop(name, BlockState::removed, "");
        }
    }
    touched_.clear();
    touched_widely_ = false;
    if (settings_.push && news_for_devices) {
        push_.owe_all();
    }
    if (phase_ == Phase::verifying) {
        if (missing > 0) {
            wait(now,
                 fmt::format("the commit succeeded, but the running configuration does not show {} of its changes",
                             missing),
                 false, settings_.backoff_max);
            return;
        }
        failures_ = settings_.push ? failures_ : 0;
        in_doubt_ = false;
        refused_once_ = false;
    }
    moves_ = 0;
    call_back_crowded();
    watch_capacity();
    if (settings_.push) {
        look_at_devices();
    } else {
        finished_job_.reset();
        plan(now);
    }
}

// ---- committing

void GroupEnforcer::start_commit() {
    phase_ = Phase::committing;
    call(StartCommit{fmt::format("firebreak: {} blocked, {} unblocked", pushed_.size(), left_.size())});
}

void GroupEnforcer::on_commit(const CommitAnswered& answer, Instant now) {
    if (!answer.job) {
        // Somebody else's commit took our changes along, or a lost reply's commit did.
        // Or it is the same as one that is still queued, so if it does not show, look for that one.
        in_doubt_ = true;
        phase_ = Phase::verifying;
        ask_running();
        return;
    }
    ++commits_;
    job_ = answer.job;
    watch_.begin(now);
    note(Weight::news, fmt::format("commit job {}: {} to block, {} to unblock", *job_, pushed_.size(), left_.size()));
    look_later(commit_takes_, now);
}

void GroupEnforcer::look_later(std::optional<milliseconds> takes, Instant now) {
    actions_.emplace_back(Wake{now + watch_.pause(takes, now)});
}

void GroupEnforcer::on_job(const JobSeen& seen, Instant now) {
    switch (seen.state) {
        case JobSeen::State::queued:
        case JobSeen::State::running:
            if (const milliseconds elapsed = watch_.elapsed(now); elapsed > settings_.commit_patience) {
                give_up_commit(now, fmt::format("commit job {} is not over after {} s: no longer waiting for it", *job_,
                                                elapsed.count() / 1000));
                return;
            }
            watch_.unfinished(seen.progress, now);
            look_later(commit_takes_, now);
            return;
        case JobSeen::State::succeeded: {
            commit_takes_ = watch_.took(now, seen.took);
            last_commit_end_ = now;
            finished_job_ = std::exchange(job_, std::nullopt);
            if (!objects_known_) {
                look_at_objects();
                return;
            }
            phase_ = Phase::verifying;
            if (touched_little(now)) {
                ask_touched();
            } else {
                ask_running();
            }
            return;
        }
        case JobSeen::State::failed:
            last_commit_end_ = now;
            give_up_commit(now, fmt::format("commit job {} failed: {}", *job_, seen.details));
            return;
    }
}

void GroupEnforcer::give_up_commit(Instant now, const std::string& why) {
    job_.reset();
    capacity_due_ = true;  // what others have put there meanwhile may be why
    take_back_pushed();
    wait(now, why, false, settings_.backoff_max);
}

// ---- answers

void GroupEnforcer::on_answer(const Result<Reply>& reply, Instant now) {
    if (!reply) {
        on_failure(reply.error(), now);
        return;
    }
    on_reply(*reply, now);
}

void GroupEnforcer::on_reply(const Reply& reply, Instant now) {
    std::visit(Overloaded{
                   [this, now](const JobsSeen& seen) { on_jobs(seen, now); },
                   [this](const ObjectsSeen& seen) { on_objects(seen); },
                   [this](const CapacitySeen& seen) { on_capacity(seen); },
                   [this, now](const GroupsSeen& seen) {
                       const auto* const read = std::get_if<ReadGroups>(&*last_call_);
                       if (read == nullptr) {
                           on_device_groups(seen, now);
                       } else if (!read->only.empty()) {
                           on_touched(seen, now);
                       } else if (read->running) {
                           on_running(seen, now);
                       } else {
                           on_candidate(seen, now);
                       }
                   },
                   [this, now](const TagSeen& seen) { on_tag(seen, now); },
                   [this, now](const Done&) { on_pushed(now); },
                   [this, now](const CommitAnswered& answer) {
                       if (phase_ == Phase::delivering) {
                           on_push_started(answer, now);
                       } else {
                           on_commit(answer, now);
                       }
                   },
                   [this, now](const JobSeen& seen) { on_job(seen, now); },
                   [this, now](const DevicesSeen& seen) {
                       for (std::string& line : push_.see(seen)) {
                           note(Weight::warning, std::move(line));
                       }
                       deliver(now);
                   },
                   [this, now](const PushSeen& seen) { on_push(seen, now); },
                   // Of other ways to block.
                   [](const auto&) {},
               },
               reply);
}

void GroupEnforcer::on_failure(const Failure& failure, Instant now) {
    const Remedy what_next = remedy(failure.code);
    const bool lock = what_next == Remedy::wait_for_lock || failure.code == Errc::busy;
    const milliseconds longest = lock ? std::min(lock_wait_max, settings_.backoff_max) : settings_.backoff_max;
    if (failure.code == Errc::other_device) {
        start_over(failure, now);
        return;
    }
    if (phase_ == Phase::pushing && what_next == Remedy::refuse) {
        refuse_chunk(failure, now);
        return;
    }
    if (std::holds_alternative<ReadCapacity>(*last_call_) && what_next != Remedy::retry && !lock &&
        what_next != Remedy::reauthorise) {
        note(Weight::detail, fmt::format("the target does not tell its limits: {}", failure.detail));
        on_capacity({});
        return;
    }
    if (phase_ == Phase::delivering) {
        delivery_failed(failure, now);
        return;
    }
    if (phase_ == Phase::committing && job_) {
        if (failure.code == Errc::missing) {
            in_doubt_ = true;
            give_up_commit(now, fmt::format("commit job {} is unknown to the target; was it restarted?", *job_));
            return;
        }
        // The job goes on whether we can see it or not, so we keep asking for that one.
        wait(now, failure.detail, true, longest);
        return;
    }
    if ((phase_ == Phase::committing || phase_ == Phase::pushing) && lock) {
        wait(now, failure.detail, true, longest);
        return;
    }
    if (phase_ == Phase::committing) {
        in_doubt_ = true;  // the commit may have been taken although its answer was lost
    }
    take_back_pushed();
    wait(now, failure.detail, false, longest);
}

/// The other device of a pair answers from now on: it may lack what the one before had, and knows none of its jobs.
void GroupEnforcer::start_over(const Failure& failure, Instant now) {
    job_.reset();
    push_job_.reset();
    push_.give_up("the Panorama changed");
    in_doubt_ = true;
    capacity_due_ = true;
    objects_known_ = false;
    batch_waits_ = false;
    layout_.forget();
    take_back_pushed();
    if (++moves_ > moves_at_once_max) {
        wait(now, failure.detail, false, settings_.backoff_max);
        return;
    }
    note(Weight::warning, failure.detail);
    last_error_ = failure.detail;
    survey();
}

// ---- bookkeeping

bool GroupEnforcer::has_object(const std::string& name) const {
    const auto place = entries_.find(name);
    return place != entries_.end() ? place->second.has_object : strays_.contains(name);
}

/// `entry` is the one of that name, if there is one.
void GroupEnforcer::object_comes(std::string_view name, Entry* entry) {
    const bool fresh =
        entry == nullptr ? strays_.insert(std::string(name)).second : !std::exchange(entry->has_object, true);
    objects_ += fresh ? 1U : 0U;
}

void GroupEnforcer::object_goes(const std::string& name) {
    const auto place = entries_.find(name);
    const bool was_there =
        place == entries_.end() ? strays_.erase(name) > 0 : std::exchange(place->second.has_object, false);
    objects_ -= was_there ? 1U : 0U;
}

void GroupEnforcer::stage(const std::string& name, Entry& entry, Stage to) {
    wanted_.erase({entry.order, name});
    crowded_.erase({entry.order, name});
    pushed_.erase(name);
    leaving_.erase(name);
    left_.erase(name);
    gone_ -= entry.stage == Stage::gone ? 1U : 0U;
    entry.stage = to;
    switch (to) {
        case Stage::wanted:
            wanted_.insert({entry.order, name});
            break;
        case Stage::crowded:
            crowded_.insert({entry.order, name});
            break;
        case Stage::pushed:
            pushed_.insert(name);
            break;
        case Stage::leaving:
            leaving_.insert(name);
            break;
        case Stage::left:
            left_.insert(name);
            break;
        case Stage::gone:
            ++gone_;
            break;
        case Stage::delivered:
        case Stage::enforced:
            break;
    }
}

void GroupEnforcer::change(const std::string& name, BlockState state, std::string reason) {
    changes_.push_back({settings_.target, entries_.at(name).indicator, state, std::move(reason)});
    if (finished_job_ && (state == BlockState::enforced || state == BlockState::removed)) {
        changes_.back().via = fmt::format("commit job {}", *finished_job_);
    }
}

/// The running configuration has it; behind a Panorama its firewalls still have to take it.
void GroupEnforcer::runs(const std::string& name, Entry& entry) {
    if (!settings_.push) {
        stage(name, entry, Stage::enforced);
        change(name, BlockState::enforced, "");
        return;
    }
    if (entry.stage == Stage::wanted) {
        change(name, BlockState::pushed, "");
    }
    stage(name, entry, Stage::delivered);
}

/// It goes out again with the next batch.
void GroupEnforcer::put_back(const std::string& name, Entry& entry) {
    stage(name, entry, Stage::wanted);
    change(name, BlockState::wanted, "");
}

void GroupEnforcer::drop(const std::string& name, BlockState state, std::string reason) {
    change(name, state, std::move(reason));
    Entry& entry = entries_.at(name);
    stage(name, entry, Stage::enforced);
    if (entry.has_object) {
        strays_.insert(name);
    }
    entries_.erase(name);
}

void GroupEnforcer::call(Call what) {
    asked_ = true;
    last_call_ = what;
    actions_.emplace_back(std::move(what));
}

void GroupEnforcer::note(Weight weight, std::string text) {
    actions_.emplace_back(Note{weight, std::move(text)});
}

}  // namespace bridge::domain
