#include "bridge/domain/group_enforcer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "bridge/domain/overloaded.hpp"

namespace bridge::domain {

namespace {

using std::chrono::milliseconds;

// A predicate of 25,000 characters took a busy device 15 s (a comment in pan-os-python), so deletions go in pieces.
constexpr std::size_t names_per_delete = 250;

// Polling faster than every 2 s can make the job itself take longer (pango's authors), so that is where an unknown
// device starts.
constexpr milliseconds first_poll{2000};
constexpr milliseconds poll_min{250};
constexpr milliseconds poll_max{10'000};

constexpr milliseconds lock_wait_max{10'000};

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
        case GroupEnforcer::Phase::waiting:
            return "waiting";
    }
    return "unknown";
}

GroupEnforcer::GroupEnforcer(GroupSettings settings, const std::vector<Block>& blocks, std::uint64_t seed)
    : settings_(std::move(settings)), backoff_(settings_.backoff_min, seed) {
    for (const Block& block : blocks) {
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
            case BlockState::removed:
            case BlockState::refused:
            case BlockState::held:
                continue;
        }
        // What is neither enforced nor refused may be inside a commit that the previous process started.
        in_doubt_ = in_doubt_ || at != Stage::enforced;
        std::string name = address_name_of(block.indicator);
        const auto [place, added] = entries_.try_emplace(name, Entry{block.indicator, Stage::enforced, ++arrivals_});
        if (added) {
            stage(name, place->second, at);
        }
    }
}

std::string_view GroupEnforcer::state() const {
    return name_of(phase_);
}

Actions GroupEnforcer::on(const Event& event, Instant now) {
    actions_.clear();
    std::visit(Overloaded{
                   [this](const Started&) { survey(); },
                   [this, now](const Want& want) { on_want(want, now); },
                   [this, now](const Unwant& unwant) {
                       on_unwant(unwant);
                       if (phase_ == Phase::idle || phase_ == Phase::settling) {
                           plan(now);
                       }
                   },
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

// ---- what comes from the ledger

void GroupEnforcer::on_want(const Want& want, Instant now) {
    for (const Indicator& indicator : want.indicators) {
        const std::string name = address_name_of(indicator);
        const auto [place, added] = entries_.try_emplace(name, Entry{indicator, Stage::enforced, ++arrivals_});
        if (!added && place->second.indicator != indicator) {
            changes_.push_back(
                {settings_.target, indicator, BlockState::refused,
                 fmt::format("its object name {} already stands for {}", name, place->second.indicator.text())});
            continue;
        }
        if (!added && place->second.stage != Stage::leaving && place->second.stage != Stage::left) {
            continue;
        }
        stage(name, place->second, Stage::wanted);
        yield_to_foreign(name);
    }
    if (!first_wanted_ && !wanted_.empty()) {
        first_wanted_ = now;
    }
    if (phase_ == Phase::idle || phase_ == Phase::settling) {
        plan(now);
    }
}

void GroupEnforcer::on_unwant(const Unwant& unwant) {
    for (const Indicator& indicator : unwant.indicators) {
        const std::string name = address_name_of(indicator);
        const auto place = entries_.find(name);
        if (place == entries_.end() || place->second.indicator != indicator) {
            changes_.push_back({settings_.target, indicator, BlockState::removed, "it was not on the target"});
            continue;
        }
        // While a batch is being pushed the name may be in it; then it leaves with the next one.
        const bool untouched = chunks_.empty() && objects_known_ && !candidate_objects_.contains(name);
        if (place->second.stage == Stage::wanted && untouched) {
            drop(name, BlockState::removed, "it had not been pushed yet");
        } else if (place->second.stage != Stage::left) {
            stage(name, place->second, Stage::leaving);
        }
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
                survey();
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
    // A call whose answer is lost may have made objects that we do not know of.
    objects_known_ = objects_known_ && keep_place;
    if (why != reason_ || phase_ != Phase::waiting) {
        note(Weight::warning, why);
    }
    phase_ = Phase::waiting;
    last_error_ = why;
    reason_ = std::move(why);
    actions_.emplace_back(Wake{now + backoff_.pause(failures_, longest)});
}

void GroupEnforcer::resume() {
    if (!keep_place_ || !last_call_) {
        survey();
        return;
    }
    const Call again = *last_call_;
    const bool commit = std::holds_alternative<StartCommit>(again) || std::holds_alternative<ReadJob>(again);
    phase_ = commit ? Phase::committing : Phase::pushing;
    call(again);
}

// ---- what the target has

void GroupEnforcer::survey() {
    phase_ = Phase::surveying;
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

void GroupEnforcer::ask_running() {
    call(ReadRunningGroup{});
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
    job_since_ = now;
    polls_ = 0;
    objects_known_ = false;
    poll_later(nullptr, now);
}

void GroupEnforcer::on_objects(const ObjectsSeen& seen) {
    candidate_objects_.clear();
    borrowed_.clear();
    drifted_.clear();
    untagged_.clear();
    objects_known_ = true;
    std::vector<std::string> taken;
    for (const SeenObject& object : seen.objects) {
        const auto place = entries_.find(object.name);
        if (!object.ours) {
            untagged_.emplace(object.name, object);
            if (place != entries_.end()) {
                taken.push_back(object.name);
            }
            continue;
        }
        candidate_objects_.insert(object.name);
        if (place != entries_.end() && !object.stands_for(place->second.indicator)) {
            drifted_.insert(object.name);
        }
    }
    for (const std::string& name : taken) {
        yield_to_foreign(name);
    }
    ask_running();
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

void GroupEnforcer::on_group(const GroupSeen& seen, Instant now) {
    if (!seen.exists || !seen.is_static) {
        const std::string what = seen.exists ? "is not a static group" : "is not in the running configuration";
        wait(now,
             fmt::format("address group {} {}: an administrator makes it, with one placeholder member and a rule that "
                         "denies it, and commits",
                         settings_.group, what),
             false, settings_.backoff_max);
        return;
    }
    const std::unordered_set<std::string> members(seen.members.begin(), seen.members.end());
    running_members_ = members.size();
    std::size_t missing = 0;
    std::size_t healed = 0;
    std::vector<std::string> gone;
    for (auto& [name, entry] : entries_) {
        const bool in = members.contains(name) && !drifted_.contains(name);
        switch (entry.stage) {
            case Stage::wanted:
            case Stage::pushed:
                if (in) {
                    stage(name, entry, Stage::enforced);
                    change(name, BlockState::enforced, "");
                } else if (entry.stage == Stage::pushed) {
                    stage(name, entry, Stage::wanted);
                    change(name, BlockState::wanted, "");
                    ++missing;
                }
                break;
            case Stage::enforced:
                if (!in) {
                    stage(name, entry, Stage::wanted);
                    change(name, BlockState::wanted, "");
                    ++healed;
                }
                break;
            case Stage::leaving:
                if (!members.contains(name) && !candidate_objects_.contains(name)) {
                    gone.push_back(name);
                }
                break;
            case Stage::left:
                if (!members.contains(name)) {
                    gone.push_back(name);
                } else {
                    stage(name, entry, Stage::leaving);
                    ++missing;
                }
                break;
        }
    }
    for (const std::string& name : gone) {
        drop(name, BlockState::removed, "");
    }
    if (healed > 0) {
        note(Weight::warning,
             fmt::format("{} had gone from the group without us: putting back", counted(healed, "member")));
    }
    compared_ = now;
    if (phase_ == Phase::verifying) {
        if (missing > 0) {
            wait(now,
                 fmt::format("the commit succeeded, but the running configuration does not show {} of its changes",
                             missing),
                 false, settings_.backoff_max);
            return;
        }
        failures_ = 0;
        in_doubt_ = false;
    }
    finished_job_.reset();
    plan(now);
}

// ---- pushing

void GroupEnforcer::plan(Instant now) {
    reason_.clear();
    if (wanted_.empty() && leaving_.empty()) {
        phase_ = Phase::idle;
        failures_ = 0;
        first_wanted_.reset();
        actions_.emplace_back(Wake{compared_ + settings_.compare_every});
        return;
    }
    // Only what has just come waits for company; what is left over or put back does not wait again.
    Instant earliest = first_wanted_ ? *first_wanted_ + settings_.settle : now;
    if (last_commit_end_) {
        earliest = std::max(earliest, *last_commit_end_ + settings_.min_commit_interval);
    }
    if (now < earliest) {
        phase_ = Phase::settling;
        actions_.emplace_back(Wake{earliest});
        return;
    }
    start_batch(now);
}

void GroupEnforcer::start_batch(Instant now) {
    phase_ = Phase::pushing;
    chunks_.clear();
    const std::size_t leaving_now = std::min(leaving_.size(), settings_.max_batch);
    const std::size_t taken = running_members_ - std::min(running_members_, leaving_now);
    std::size_t room = settings_.group_members_max - std::min(settings_.group_members_max, taken);

    std::vector<std::string> objects;
    std::vector<std::string> members;
    std::vector<std::string> too_many;
    for (const auto& [order, name] : wanted_) {
        if (members.size() >= settings_.max_batch) {
            break;
        }
        if (room == 0) {
            too_many.push_back(name);
            continue;
        }
        --room;
        members.push_back(name);
        if (!borrowed_.contains(name)) {
            objects.push_back(name);
        }
    }
    if (!too_many.empty()) {
        const std::string why =
            fmt::format("address group {} is full ({} members)", settings_.group, settings_.group_members_max);
        note(Weight::warning, fmt::format("{}: {} refused", why, counted(too_many.size(), "block")));
        for (const std::string& name : too_many) {
            drop(name, BlockState::refused, why);
        }
    }
    first_wanted_.reset();
    if (!objects.empty()) {
        chunks_.push_back({Step::set_objects, std::move(objects)});
    }
    if (!members.empty()) {
        chunks_.push_back({Step::set_members, std::move(members)});
    }
    const std::vector<std::string> leaving(leaving_.begin(),
                                           std::next(leaving_.begin(), static_cast<std::ptrdiff_t>(leaving_now)));
    for (const Step step : {Step::delete_members, Step::delete_objects}) {
        for (std::size_t from = 0; from < leaving.size(); from += names_per_delete) {
            Chunk chunk{step, {}};
            for (std::size_t i = from; i < std::min(from + names_per_delete, leaving.size()); ++i) {
                if (step == Step::delete_members || !borrowed_.contains(leaving[i])) {
                    chunk.names.push_back(leaving[i]);
                }
            }
            if (!chunk.names.empty()) {
                chunks_.push_back(std::move(chunk));
            }
        }
    }
    push_next(now);
}

void GroupEnforcer::push_next(Instant now) {
    while (!chunks_.empty() && chunks_.front().names.empty()) {
        chunks_.pop_front();
    }
    if (chunks_.empty()) {
        if (pushed_.empty() && left_.empty()) {
            plan(now);
        } else {
            start_commit();
        }
        return;
    }
    const Chunk& chunk = chunks_.front();
    switch (chunk.step) {
        case Step::set_objects: {
            SetObjects set;
            for (const std::string& name : chunk.names) {
                set.objects.push_back({name, entries_.at(name).indicator});
            }
            call(std::move(set));
            return;
        }
        case Step::set_members:
            call(SetMembers{chunk.names});
            return;
        case Step::delete_members:
            call(DeleteMembers{chunk.names});
            return;
        case Step::delete_objects:
            call(DeleteObjects{chunk.names});
            return;
    }
}

void GroupEnforcer::on_pushed(Instant now) {
    const Chunk chunk = std::move(chunks_.front());
    chunks_.pop_front();
    for (const std::string& name : chunk.names) {
        const auto place = entries_.find(name);
        switch (chunk.step) {
            case Step::set_objects:
                candidate_objects_.insert(name);
                drifted_.erase(name);
                break;
            case Step::set_members:
                if (place != entries_.end() && place->second.stage == Stage::wanted) {
                    stage(name, place->second, Stage::pushed);
                    change(name, BlockState::pushed, "");
                }
                break;
            case Step::delete_members:
                if (place != entries_.end() && place->second.stage == Stage::leaving) {
                    stage(name, place->second, Stage::left);
                }
                break;
            case Step::delete_objects:
                candidate_objects_.erase(name);
                break;
        }
    }
    push_next(now);
}

/// One bad name must not cost the others their block: the chunk is halved until the bad one stands alone.
void GroupEnforcer::refuse_chunk(const Failure& failure, Instant now) {
    Chunk chunk = std::move(chunks_.front());
    chunks_.pop_front();
    if (chunk.names.size() > 1) {
        const auto middle = chunk.names.begin() + static_cast<std::ptrdiff_t>(chunk.names.size() / 2);
        chunks_.push_front({chunk.step, {middle, chunk.names.end()}});
        chunks_.push_front({chunk.step, {chunk.names.begin(), middle}});
        push_next(now);
        return;
    }
    const std::string name = chunk.names.front();
    switch (chunk.step) {
        case Step::set_objects:
        case Step::set_members:
            note(Weight::warning, fmt::format("the target refuses {}: {}", name, failure.detail));
            drop(name, BlockState::refused, failure.detail);
            for (Chunk& later : chunks_) {
                std::erase(later.names, name);
            }
            if (chunk.step == Step::set_members) {
                chunks_.push_back({Step::delete_objects, {name}});
            }
            break;
        case Step::delete_members: {
            note(Weight::warning, fmt::format("{} cannot be taken out of the group: {}", name, failure.detail));
            drop(name, BlockState::refused, failure.detail);
            for (Chunk& later : chunks_) {
                std::erase(later.names, name);
            }
            break;
        }
        case Step::delete_objects:
            // Somebody refers to it: it leaves the group all the same, which is what unblocking means.
            note(Weight::news, fmt::format("address object {} stays: {}", name, failure.detail));
            candidate_objects_.erase(name);
            break;
    }
    push_next(now);
}

void GroupEnforcer::take_back_pushed() {
    chunks_.clear();
    for (auto& [name, entry] : entries_) {
        if (entry.stage == Stage::pushed) {
            stage(name, entry, Stage::wanted);
            change(name, BlockState::wanted, "");
        } else if (entry.stage == Stage::left) {
            stage(name, entry, Stage::leaving);
        }
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
    job_since_ = now;
    polls_ = 0;
    note(Weight::news, fmt::format("commit job {}: {} to block, {} to unblock", *job_, pushed_.size(), left_.size()));
    poll_later(nullptr, now);
}

void GroupEnforcer::poll_later(const JobSeen* seen, Instant now) {
    const auto elapsed = std::chrono::duration_cast<milliseconds>(now - job_since_);
    milliseconds pause = first_poll;
    if (polls_ == 0) {
        pause = commit_takes_ ? std::max(poll_min, *commit_takes_ + *commit_takes_ / 50) : first_poll;
    } else if (commit_takes_) {
        pause = std::clamp(*commit_takes_ / 8, poll_min, poll_max);
    } else if (seen != nullptr && seen->progress > 5 && seen->progress < 99 && elapsed.count() > 0) {
        pause = std::clamp(elapsed * (100 - seen->progress) / seen->progress, milliseconds(1000), poll_max);
    } else {
        pause = std::clamp(elapsed / 4, milliseconds(500), poll_max);
    }
    actions_.emplace_back(Wake{now + pause});
}

void GroupEnforcer::on_job(const JobSeen& seen, Instant now) {
    ++polls_;
    const auto elapsed = std::chrono::duration_cast<milliseconds>(now - job_since_);
    switch (seen.state) {
        case JobSeen::State::queued:
        case JobSeen::State::running:
            if (elapsed > settings_.commit_patience) {
                give_up_commit(now, fmt::format("commit job {} is not over after {} s: no longer waiting for it", *job_,
                                                elapsed.count() / 1000));
                return;
            }
            poll_later(&seen, now);
            return;
        case JobSeen::State::succeeded: {
            // The device tells whole seconds; what we saw can only be later than the truth.
            milliseconds took = elapsed;
            if (seen.took) {
                took = std::min(took, milliseconds(*seen.took) + milliseconds(1000));
            }
            commit_takes_ = took;
            last_commit_end_ = now;
            finished_job_ = std::exchange(job_, std::nullopt);
            if (!objects_known_) {
                look_at_objects();
                return;
            }
            phase_ = Phase::verifying;
            ask_running();
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
    take_back_pushed();
    wait(now, why, false, settings_.backoff_max);
}

// ---- answers

void GroupEnforcer::on_answer(const Result<Reply>& reply, Instant now) {
    if (!reply) {
        on_failure(reply.error(), now);
        return;
    }
    std::visit(Overloaded{
                   [this, now](const JobsSeen& seen) { on_jobs(seen, now); },
                   [this](const ObjectsSeen& seen) { on_objects(seen); },
                   [this, now](const GroupSeen& seen) { on_group(seen, now); },
                   [this, now](const Done&) { on_pushed(now); },
                   [this, now](const CommitAnswered& answer) { on_commit(answer, now); },
                   [this, now](const JobSeen& seen) { on_job(seen, now); },
                   // Of other ways to block.
                   [](const auto&) {},
               },
               *reply);
}

void GroupEnforcer::on_failure(const Failure& failure, Instant now) {
    const Remedy what_next = remedy(failure.code);
    const bool lock = what_next == Remedy::wait_for_lock || failure.code == Errc::busy;
    const milliseconds longest = lock ? std::min(lock_wait_max, settings_.backoff_max) : settings_.backoff_max;
    if (phase_ == Phase::pushing && what_next == Remedy::refuse) {
        refuse_chunk(failure, now);
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

// ---- bookkeeping

void GroupEnforcer::stage(const std::string& name, Entry& entry, Stage to) {
    wanted_.erase({entry.order, name});
    pushed_.erase(name);
    leaving_.erase(name);
    left_.erase(name);
    entry.stage = to;
    switch (to) {
        case Stage::wanted:
            wanted_.insert({entry.order, name});
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

void GroupEnforcer::drop(const std::string& name, BlockState state, std::string reason) {
    change(name, state, std::move(reason));
    Entry& entry = entries_.at(name);
    stage(name, entry, Stage::enforced);
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
