// The enforcer's batches: what goes where, in which calls, and what becomes of each when the device has answered.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "bridge/domain/enforcement/group_enforcer.hpp"

namespace bridge::domain {

namespace {

using std::chrono::milliseconds;

// A predicate of 25,000 characters took a busy device 15 s (a comment in pan-os-python), so deletions go in pieces.
constexpr std::size_t names_per_delete = 250;

// PAN-OS takes requests of at most 5 MB (XML API guide); url-encoded, an object and its member are these times as
// long as their texts, at the most, beside what surrounds them.
constexpr std::size_t set_bytes_max = 4'500'000;
constexpr std::size_t bytes_around_a_name = 420;

std::size_t bytes_of(std::string_view name, std::string_view value) {
    return bytes_around_a_name + 3 * (2 * name.size() + value.size());
}

}  // namespace

// ---- room

std::size_t GroupEnforcer::movable() const {
    return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), [](const auto& each) {
        const Stage at = each.second.stage;
        return each.second.home == 0 && (at == Stage::enforced || at == Stage::delivered || at == Stage::pushed);
    }));
}

std::size_t GroupEnforcer::room_for_members() const {
    return layout_.room(movable());
}

/// How many new objects the device takes; none: it is not known, or not watched.
std::optional<std::size_t> GroupEnforcer::room_for_objects() const {
    if (objects_max_ == 0) {
        return std::nullopt;
    }
    const std::size_t used = others_objects_.value_or(0) + objects_;
    return objects_max_ - std::min(objects_max_, used);
}

void GroupEnforcer::crowd(const std::string& name, const std::string& why) {
    change(name, BlockState::refused, std::string(no_room) + why);
    stage(name, entries_.at(name), Stage::crowded);
}

/// Whoever was refused for want of room gets what has become free, the oldest first.
void GroupEnforcer::call_back_crowded() {
    if (crowded_.empty()) {
        return;
    }
    std::size_t free = room_for_members();
    if (const auto objects = room_for_objects()) {
        free = std::min(free, *objects);
    }
    free -= std::min(free, wanted_.size());
    const std::size_t many = std::min(free, crowded_.size());
    for (std::size_t i = 0; i < many; ++i) {
        const std::string name = crowded_.begin()->second;
        stage(name, entries_.at(name), Stage::wanted);
        change(name, BlockState::wanted, "there is room again");
    }
    if (many > 0) {
        note(Weight::news, fmt::format("there is room again: {} of the refused blocks go out", many));
    }
}

/// Tells when a limit comes near, is reached, and is far again; once each.
void GroupEnforcer::watch_capacity() {
    const Capacity now = capacity();
    const std::string_view level = now.level();
    const int reached = level == "full" ? 2 : level == "high" ? 1 : 0;
    const auto below = [](const Gauge& gauge) { return gauge.max == 0 || gauge.used * 100 < gauge.max * 75; };
    if (reached > told_level_) {
        std::string text = fmt::format("{} of {} members of address group {} in use", now.members.used, now.members.max,
                                       settings_.group);
        if (now.objects.max != 0) {
            text += fmt::format(", {} of {} address objects of the device", now.objects.used, now.objects.max);
        }
        if (now.refused > 0) {
            text += fmt::format("; {} block{} refused until there is room", now.refused, now.refused == 1 ? "" : "s");
        }
        note(Weight::warning, fmt::format("capacity {}: {}", reached == 2 ? "reached" : "at 80 %", text));
        told_level_ = reached;
    } else if (reached == 1 && told_level_ == 2) {
        told_level_ = 1;
        note(Weight::news, "capacity: there is room again");
    } else if (reached == 0 && told_level_ > 0 && below(now.members) && below(now.objects)) {
        told_level_ = 0;
        note(Weight::news, "capacity: under 75 % again");
    }
}

// ---- what goes out

void GroupEnforcer::plan(Instant now) {
    reason_.clear();
    if (wanted_.empty() && leaving_.empty()) {
        phase_ = Phase::idle;
        failures_ = 0;
        first_wanted_.reset();
        milliseconds next = settings_.compare_every;
        if (settings_.push && push_.owed()) {
            reason_ = push_.lacking();
            next = std::min(next, settings_.backoff_max);
        }
        actions_.emplace_back(Wake{std::min(compared_ + settings_.compare_every, now + next)});
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

/// While all fits into the parent there is no need to know who is where. What a batch that came to nothing has left in
/// the candidate counts as well.
bool GroupEnforcer::must_know_layout() const {
    if (layout_.known()) {
        return false;
    }
    const std::size_t at_most = running_members_ + wanted_.size() + crowded_.size() + leaving_.size();
    return divided_ || at_most > layout_.direct_max();
}

void GroupEnforcer::start_batch(Instant now) {
    chunks_.clear();
    dissolving_.clear();
    tag_.reset();
    if (must_know_layout()) {
        phase_ = Phase::surveying;
        batch_waits_ = true;
        ask_candidate();
        return;
    }
    phase_ = Phase::pushing;
    Plan plan{layout_};
    plan_sets(plan);
    plan_moves(plan);
    first_wanted_.reset();
    if (!plan.moved.names.empty()) {
        const std::vector<std::string> names = plan.moved.names;
        chunks_.push_back(std::move(plan.moved));
        add_in_pieces(Step::move_out, names);
    }
    add_sets(std::move(plan.set));
    const std::size_t leaving_now = std::min(leaving_.size(), settings_.max_batch);
    const std::vector<std::string> leaving(leaving_.begin(),
                                           std::next(leaving_.begin(), static_cast<std::ptrdiff_t>(leaving_now)));
    const bool sets = !chunks_.empty();
    const bool all_leave = plan_deletions(plan, leaving);
    if (settings_.tagged) {
        plan_tag(sets);
    }
    watch_capacity();
    if (!all_leave && chunks_.empty()) {
        wait(now,
             fmt::format("address group {} would become empty: its placeholder is gone, and an administrator has to "
                         "put one back",
                         settings_.group),
             false, settings_.backoff_max);
        return;
    }
    push_next(now);
}

void GroupEnforcer::plan_sets(Plan& plan) {
    const std::size_t may_move = layout_.known() ? movable() : 0;
    std::optional<std::size_t> objects = room_for_objects();
    // What does not fit now may fit when those who leave have left.
    const bool room_is_coming = !leaving_.empty() || !left_.empty();
    std::vector<std::pair<std::string, std::string>> crowded;
    if (objects && *objects == 0 && !room_is_coming) {
        // Others have filled the device while ours waited in the candidate, which no commit would take now.
        std::size_t over = others_objects_.value_or(0) + objects_ - objects_max_;
        for (auto it = wanted_.rbegin(); it != wanted_.rend() && over > 0; ++it) {
            if (has_object(it->second)) {
                --over;
                plan.evicted.push_back(it->second);
                crowded.emplace_back(it->second, fmt::format("the device holds {} address objects", objects_max_));
            }
        }
    }
    // The same of the group itself: what has no place there goes elsewhere with the next batch, or waits for room.
    std::size_t over = layout_.known() ? layout_.must_move() : 0;
    for (auto it = wanted_.rbegin(); it != wanted_.rend() && over > 0; ++it) {
        if (entries_.at(it->second).home == 0) {
            --over;
            if (std::find(plan.evicted.begin(), plan.evicted.end(), it->second) == plan.evicted.end()) {
                plan.evicted.push_back(it->second);
            }
        }
    }
    const std::unordered_set<std::string> evicted(plan.evicted.begin(), plan.evicted.end());
    for (const auto& [order, name] : wanted_) {
        if (plan.set.names.size() >= settings_.max_batch) {
            break;
        }
        if (evicted.contains(name)) {
            continue;
        }
        const bool new_object = !borrowed_.contains(name) && !has_object(name);
        if (new_object && objects && *objects == 0) {
            crowded.emplace_back(name, fmt::format("the device holds {} address objects", objects_max_));
            continue;
        }
        Part part = entries_.at(name).home;
        if (part == GroupLayout::nowhere) {
            part = plan.layout.pick(may_move);
        } else if (part != 0 && plan.layout.members(0) < layout_.members_max() + may_move) {
            plan.layout.link(part);
        }
        if (part == GroupLayout::nowhere) {
            crowded.emplace_back(
                name, fmt::format("address group {} is full ({} members{})", settings_.group, layout_.capacity(),
                                  settings_.child_groups > 0 ? " with its child groups" : ""));
            continue;
        }
        if (new_object && objects) {
            --*objects;
        }
        plan.set.names.push_back(name);
        plan.set.parts.push_back(part);
    }
    if (room_is_coming) {
        return;
    }
    for (const auto& [name, why] : crowded) {
        if (!evicted.contains(name) && (has_object(name) || entries_.at(name).home != GroupLayout::nowhere)) {
            plan.evicted.push_back(name);
        }
        crowd(name, why);
    }
}

/// A group that was filled before children were allowed has no place for a child's name: some of its members move.
void GroupEnforcer::plan_moves(Plan& plan) {
    for (auto it = entries_.begin(); it != entries_.end() && plan.layout.must_move() > 0; ++it) {
        const Stage at = it->second.stage;
        if (it->second.home != 0 || (at != Stage::enforced && at != Stage::delivered && at != Stage::pushed)) {
            continue;
        }
        const Part part = plan.layout.pick_child(movable());
        if (part == GroupLayout::nowhere) {
            return;
        }
        plan.layout.remove(0);
        plan.moved.names.push_back(it->first);
        plan.moved.parts.push_back(part);
    }
}

/// A child whose last member leaves is taken out of the parent and deleted, for PAN-OS takes no empty group. False when
/// the parent itself would be empty; then nothing leaves.
bool GroupEnforcer::plan_deletions(Plan& plan, const std::vector<std::string>& leaving) {
    std::vector<std::string> names = leaving;
    names.insert(names.end(), plan.evicted.begin(), plan.evicted.end());
    if (names.empty()) {
        return true;
    }
    const auto homes_of = [this](const std::string& name) {
        std::vector<Part> homes;
        const auto doubles = doubles_.find(name);
        if (doubles != doubles_.end()) {
            homes = doubles->second;
        }
        if (entries_.at(name).home != GroupLayout::nowhere) {
            homes.push_back(entries_.at(name).home);
        }
        return homes;
    };
    std::vector<std::string> members;
    if (layout_.known()) {
        for (const std::string& name : names) {
            for (const Part part : homes_of(name)) {
                plan.layout.remove(part);
            }
        }
        for (const Part part : layout_.children()) {
            if (plan.layout.members(part) == 0) {
                dissolving_.push_back(part);
                plan.layout.unlink(part);
            }
        }
        if (plan.layout.members(0) == 0) {
            dissolving_.clear();
            return false;
        }
        const auto stays = [this](Part part) {
            return std::find(dissolving_.begin(), dissolving_.end(), part) == dissolving_.end();
        };
        for (const std::string& name : names) {
            const std::vector<Part> homes = homes_of(name);
            if (homes.empty() || std::any_of(homes.begin(), homes.end(), stays)) {
                members.push_back(name);
            }
        }
        for (const Part part : dissolving_) {
            members.push_back(layout_.name_of(part));
        }
    } else {
        members = names;
    }
    add_in_pieces(Step::delete_members, members);
    if (!dissolving_.empty()) {
        Chunk chunk{Step::delete_groups, {}};
        for (const Part part : dissolving_) {
            chunk.names.push_back(layout_.name_of(part));
        }
        chunks_.push_back(std::move(chunk));
    }
    std::erase_if(names, [this](const std::string& name) { return borrowed_.contains(name); });
    add_in_pieces(Step::delete_objects, names);
    return true;
}

/// The tag comes with the first of our objects, and leaves with the last if we made it: then nothing is left of us. Who
/// made it can be told later only by a mark, which a tag of somebody else's must not get.
void GroupEnforcer::plan_tag(bool sets) {
    if (sets) {
        if (objects_ == 0 && !layout_.has_children()) {
            chunks_.push_front({Step::ask_tag, {}});
        }
        return;
    }
    std::size_t stay = objects_;
    bool deletes = false;
    for (const Chunk& chunk : chunks_) {
        for (const std::string& name : chunk.names) {
            stay -= chunk.step == Step::delete_objects && has_object(name) ? 1U : 0U;
        }
        deletes = deletes || chunk.step == Step::delete_objects;
    }
    const std::vector<Part> children = layout_.known() ? layout_.children() : std::vector<Part>();
    if (deletes && stay == 0 && children.size() == dissolving_.size()) {
        chunks_.push_back({Step::ask_tag, {}});
        chunks_.push_back({Step::delete_tag, {}});
    }
}

void GroupEnforcer::on_tag(const TagSeen& seen, Instant now) {
    tag_ = seen;
    chunks_.pop_front();
    push_next(now);
}

/// Nothing is left of it to be done.
bool GroupEnforcer::is_idle(const Chunk& chunk) const {
    if (chunk.step == Step::ask_tag) {
        return false;
    }
    // An object that stays, for a colleague refers to it, keeps its tag.
    return chunk.step == Step::delete_tag ? !tag_ || !tag_->ours || objects_ > 0 : chunk.names.empty();
}

void GroupEnforcer::add_in_pieces(Step step, const std::vector<std::string>& names) {
    for (std::size_t from = 0; from < names.size(); from += names_per_delete) {
        const std::size_t to = std::min(from + names_per_delete, names.size());
        chunks_.push_back(
            {step,
             {names.begin() + static_cast<std::ptrdiff_t>(from), names.begin() + static_cast<std::ptrdiff_t>(to)}});
    }
}

/// One request takes what a request may hold.
void GroupEnforcer::add_sets(Chunk chunk) {
    Chunk piece{chunk.step, {}, {}};
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < chunk.names.size(); ++i) {
        bytes += bytes_of(chunk.names[i], entries_.at(chunk.names[i]).indicator.text());
        if (bytes > set_bytes_max && !piece.names.empty()) {
            bytes = 0;
            chunks_.push_back(std::exchange(piece, Chunk{chunk.step, {}, {}}));
        }
        piece.names.push_back(std::move(chunk.names[i]));
        piece.parts.push_back(chunk.parts[i]);
    }
    if (!piece.names.empty()) {
        chunks_.push_back(std::move(piece));
    }
}

// ---- the calls

void GroupEnforcer::push_next(Instant now) {
    while (!chunks_.empty() && is_idle(chunks_.front())) {
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
        case Step::ask_tag:
            call(ReadTag{});
            return;
        case Step::delete_tag:
            call(DeleteTag{});
            return;
        case Step::set_apart:
        case Step::set: {
            std::map<Part, GroupMembers> groups;
            SetMembers set;
            set.make_tag = tag_ && !tag_->there;
            const auto group_of = [&](Part part) -> GroupMembers& {
                GroupMembers& group = groups[part];
                group.group = layout_.name_of(part);
                group.child = part != 0;
                return group;
            };
            for (std::size_t i = 0; i < chunk.names.size(); ++i) {
                const std::string& name = chunk.names[i];
                if (chunk.step == Step::set && !borrowed_.contains(name)) {
                    set.objects.push_back({name, entries_.at(name).indicator});
                }
                const Part part = chunk.parts[i];
                GroupMembers& group = group_of(part);
                if (group.members.empty() && part != 0 && chunk.step == Step::set) {
                    group_of(0).members.push_back(layout_.name_of(part));
                }
                groups.at(part).members.push_back(name);
            }
            for (auto& [part, group] : groups) {
                set.groups.push_back(std::move(group));
            }
            // The children first, as the parent names them.
            std::reverse(set.groups.begin(), set.groups.end());
            call(std::move(set));
            return;
        }
        case Step::move_out:
            call(DeleteMembers{{settings_.group}, chunk.names});
            return;
        case Step::delete_members: {
            DeleteMembers gone{{settings_.group}, chunk.names};
            if (layout_.known()) {
                for (const Part part : layout_.children()) {
                    if (std::find(dissolving_.begin(), dissolving_.end(), part) == dissolving_.end()) {
                        gone.groups.push_back(layout_.name_of(part));
                    }
                }
            }
            call(std::move(gone));
            return;
        }
        case Step::delete_groups:
            call(DeleteGroups{chunk.names});
            return;
        case Step::delete_objects:
            call(DeleteObjects{chunk.names});
            return;
    }
}

void GroupEnforcer::settled_in(const std::string& name, Part part, bool linked) {
    if (!layout_.known()) {
        return;
    }
    Entry& entry = entries_.at(name);
    if (entry.home != part) {
        layout_.add(part);
        if (entry.home != GroupLayout::nowhere) {
            doubles_[name].push_back(entry.home);
        }
        entry.home = part;
    }
    if (linked) {
        layout_.link(part);
    }
}

/// Out of one group, or of all with `nowhere`.
void GroupEnforcer::taken_out(const std::string& name, Part only) {
    Entry& entry = entries_.at(name);
    const auto doubles = doubles_.find(name);
    if (doubles != doubles_.end()) {
        std::erase_if(doubles->second, [&](Part part) {
            const bool out = only == GroupLayout::nowhere || part == only;
            if (out) {
                layout_.remove(part);
            }
            return out;
        });
        if (doubles->second.empty()) {
            doubles_.erase(doubles);
        }
    }
    if (entry.home != GroupLayout::nowhere && (only == GroupLayout::nowhere || entry.home == only)) {
        layout_.remove(entry.home);
        entry.home = GroupLayout::nowhere;
    }
}

void GroupEnforcer::on_pushed(Instant now) {
    const Chunk chunk = std::move(chunks_.front());
    chunks_.pop_front();
    if (const auto* set = std::get_if<SetMembers>(&*last_call_); set != nullptr && !set->objects.empty()) {
        tag_.reset();  // it is there now
    }
    for (std::size_t i = 0; i < chunk.names.size(); ++i) {
        const std::string& name = chunk.names[i];
        const auto place = entries_.find(name);
        switch (chunk.step) {
            case Step::set_apart:
            case Step::set:
                if (place == entries_.end()) {
                    break;
                }
                touched_.insert(chunk.parts[i]);
                touched_widely_ = touched_widely_ || chunk.step == Step::set_apart;
                settled_in(name, chunk.parts[i], chunk.step == Step::set);
                divided_ = divided_ || chunk.parts[i] != 0;
                if (chunk.step == Step::set_apart) {
                    break;
                }
                if (!borrowed_.contains(name)) {
                    object_comes(name, &place->second);
                    drifted_.erase(name);
                }
                if (place->second.stage == Stage::wanted) {
                    stage(name, place->second, Stage::pushed);
                    change(name, BlockState::pushed, "");
                }
                break;
            case Step::move_out:
                touched_widely_ = true;
                if (place != entries_.end()) {
                    taken_out(name, 0);
                }
                break;
            case Step::delete_members:
                if (place == entries_.end()) {
                    touched_widely_ = true;
                    layout_.unlink(layout_.part_called(name));
                    break;
                }
                touched_.insert(place->second.home);
                touched_widely_ =
                    touched_widely_ || place->second.home == GroupLayout::nowhere || doubles_.contains(name);
                taken_out(name, GroupLayout::nowhere);
                if (place->second.stage == Stage::leaving) {
                    stage(name, place->second, Stage::left);
                }
                break;
            case Step::delete_groups: {
                touched_widely_ = true;
                const Part part = layout_.part_called(name);
                layout_.dissolve(part);
                for (auto& [member, entry] : entries_) {
                    if (entry.home != part) {
                        continue;
                    }
                    entry.home = GroupLayout::nowhere;
                    if (entry.stage == Stage::leaving) {
                        stage(member, entry, Stage::left);
                    }
                }
                break;
            }
            case Step::delete_objects:
                object_goes(name);
                break;
            case Step::ask_tag:
            case Step::delete_tag:
                break;
        }
    }
    push_next(now);
}

/// One bad name must not cost the others their block: the chunk is halved until the bad one stands alone.
void GroupEnforcer::refuse_chunk(const Failure& failure, Instant now) {
    Chunk chunk = std::move(chunks_.front());
    chunks_.pop_front();
    if (chunk.step == Step::ask_tag || chunk.step == Step::delete_tag) {
        // Not knowing, and a tag that somebody else's object carries too, leave it as it is.
        note(Weight::detail, fmt::format("our tag stays as it is: {}", failure.detail));
        push_next(now);
        return;
    }
    const bool in_use = failure.detail.find("already in use") != std::string::npos ||
                        failure.detail.find("already exists") != std::string::npos;
    for (const Part part : chunk.parts) {
        if (in_use && part != 0 && !layout_.is_ours(part) &&
            failure.detail.find(layout_.name_of(part)) != std::string::npos) {
            note(Weight::warning, fmt::format("the name {} is taken by something that is not ours: {}",
                                              layout_.name_of(part), failure.detail));
            layout_.take(part);
            start_batch(now);
            return;
        }
    }
    const bool about_the_layout = chunk.step == Step::set_apart || chunk.step == Step::move_out ||
                                  (chunk.step == Step::delete_members && layout_.known() && !refused_once_);
    if (about_the_layout) {
        // Somebody has changed the groups since we looked.
        refused_once_ = true;
        take_back_pushed();
        wait(now, failure.detail, false, settings_.backoff_max);
        return;
    }
    if (chunk.names.size() > 1) {
        const auto half = static_cast<std::ptrdiff_t>(chunk.names.size() / 2);
        Chunk first{chunk.step, {chunk.names.begin(), chunk.names.begin() + half}, {}};
        Chunk second{chunk.step, {chunk.names.begin() + half, chunk.names.end()}, {}};
        if (!chunk.parts.empty()) {
            first.parts.assign(chunk.parts.begin(), chunk.parts.begin() + half);
            second.parts.assign(chunk.parts.begin() + half, chunk.parts.end());
        }
        chunks_.push_front(std::move(second));
        chunks_.push_front(std::move(first));
        push_next(now);
        return;
    }
    const std::string name = chunk.names.front();
    const auto out_of_later = [this](const std::string& what) {
        for (Chunk& later : chunks_) {
            if (later.parts.empty()) {
                std::erase(later.names, what);
            }
        }
    };
    switch (chunk.step) {
        case Step::set:
            note(Weight::warning, fmt::format("the target refuses {}: {}", name, failure.detail));
            drop(name, BlockState::refused, failure.detail);
            out_of_later(name);
            // The object may have been taken, and only the member refused.
            chunks_.push_back({Step::delete_objects, {name}});
            break;
        case Step::delete_members:
            note(Weight::warning, fmt::format("{} cannot be taken out of the group: {}", name, failure.detail));
            if (!entries_.contains(name)) {
                take_back_pushed();
                wait(now,
                     fmt::format("child group {} cannot be taken out of {}: {}", name, settings_.group, failure.detail),
                     false, settings_.backoff_max);
                return;
            }
            drop(name, BlockState::refused, failure.detail);
            out_of_later(name);
            break;
        case Step::delete_groups: {
            // A colleague refers to it. Its members cannot leave without emptying it.
            note(Weight::warning, fmt::format("child group {} stays: {}", name, failure.detail));
            const Part part = layout_.part_called(name);
            std::vector<std::string> stuck;
            for (const auto& [member, entry] : entries_) {
                if (entry.home == part && entry.stage == Stage::leaving) {
                    stuck.push_back(member);
                }
            }
            for (const std::string& member : stuck) {
                drop(member, BlockState::refused, failure.detail);
                out_of_later(member);
            }
            break;
        }
        case Step::delete_objects:
            // Somebody refers to it: it leaves the group all the same, which is what unblocking means.
            note(Weight::news, fmt::format("address object {} stays: {}", name, failure.detail));
            object_goes(name);
            break;
        case Step::set_apart:
        case Step::move_out:
        case Step::ask_tag:
        case Step::delete_tag:
            break;
    }
    push_next(now);
}

void GroupEnforcer::take_back_pushed() {
    chunks_.clear();
    touched_widely_ = true;
    for (auto& [name, entry] : entries_) {
        if (entry.stage == Stage::pushed) {
            put_back(name, entry);
        } else if (entry.stage == Stage::left) {
            stage(name, entry, Stage::leaving);
        }
    }
}

}  // namespace bridge::domain
