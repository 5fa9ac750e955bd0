#include "bridge/domain/enforcement/group_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bridge::domain {

GroupLayout::GroupLayout(std::string group, std::size_t members_max, std::size_t children_max)
    : group_(std::move(group)),
      members_max_(members_max),
      children_max_(std::min(children_max, child_groups_limit)),
      parts_(1) {}

std::string GroupLayout::name_of(Part part) const {
    return part == 0 ? group_ : child_group_name(group_, part);
}

GroupLayout::Part GroupLayout::part_called(std::string_view name) const {
    if (name == group_) {
        return 0;
    }
    const std::size_t number = child_group_number(group_, name);
    return number == 0 ? nowhere : static_cast<Part>(number);
}

void GroupLayout::set_members_max(std::size_t members_max) {
    members_max_ = members_max;
}

std::size_t GroupLayout::reserve() const {
    // One place is the placeholder's.
    return std::min(children_max_, members_max_ - std::min<std::size_t>(members_max_, 1));
}

std::size_t GroupLayout::direct_room() const {
    std::size_t taken = parts_[0].members + reserve();
    for (std::size_t part = 1; part < parts_.size() && part <= reserve(); ++part) {
        taken -= parts_[part].linked ? 1U : 0U;
    }
    return members_max_ - std::min(members_max_, taken);
}

std::size_t GroupLayout::room(std::size_t movable) const {
    std::size_t room = direct_room();
    std::size_t links = members_max_ - std::min(members_max_, parts_[0].members);
    for (std::size_t part = 1; part <= reserve(); ++part) {
        const Count count = part < parts_.size() ? parts_[part] : Count{};
        const std::size_t free = members_max_ - std::min(members_max_, count.members);
        if (count.taken || free == 0) {
            continue;
        }
        if (count.linked) {
            room += free;
        } else if (links > 0) {
            --links;
            room += free;
        } else if (movable > 0) {
            --movable;
            room += free - 1;  // the moved one takes a place
        }
    }
    return room;
}

std::size_t GroupLayout::direct_max() const {
    return members_max_ - reserve();
}

std::size_t GroupLayout::capacity() const {
    std::size_t foreign = 0;
    for (std::size_t part = 1; part < parts_.size() && part <= reserve(); ++part) {
        foreign += parts_[part].taken ? 1U : 0U;
    }
    return direct_max() + (reserve() - foreign) * members_max_;
}

void GroupLayout::see(const GroupsSeen& candidate) {
    parts_.assign(1, {});
    known_ = true;
    for (const GroupSeen& group : candidate.groups) {
        const Part part = part_called(group.name);
        if (part == nowhere) {
            continue;
        }
        Count& count = at(part);
        count.members = group.members.size();
        count.ours = part != 0 && group.ours && group.is_static;
        count.taken = part != 0 && !count.ours;
    }
    for (const GroupSeen& group : candidate.groups) {
        if (group.name != group_) {
            continue;
        }
        for (const std::string_view member : group.members) {
            const Part part = part_called(member);
            if (part != nowhere && part != 0 && is_ours(part)) {
                at(part).linked = true;
            }
        }
    }
}

void GroupLayout::assume_undivided(std::size_t members) {
    parts_.assign(1, {});
    parts_[0].members = members;
    known_ = false;
}

bool GroupLayout::has_children() const {
    return std::any_of(parts_.begin(), parts_.end(), [](const Count& count) { return count.ours; });
}

std::vector<GroupLayout::Part> GroupLayout::children() const {
    std::vector<Part> all;
    for (std::size_t part = 1; part < parts_.size(); ++part) {
        if (parts_[part].ours) {
            all.push_back(static_cast<Part>(part));
        }
    }
    return all;
}

GroupLayout::Count& GroupLayout::at(Part part) {
    if (part >= parts_.size()) {
        parts_.resize(part + std::size_t{1});
    }
    return parts_[part];
}

GroupLayout::Part GroupLayout::pick(std::size_t movable) {
    if (direct_room() > 0) {
        ++parts_[0].members;
        return 0;
    }
    return pick_child(movable);
}

GroupLayout::Part GroupLayout::pick_child(std::size_t movable) {
    const auto last = static_cast<Part>(reserve());
    const auto fits = [&](Part part) {
        const Count& count = at(part);
        // A child whose name the parent has no place for blocks nothing.
        return !count.taken && count.members < members_max_ &&
               (count.linked || parts_[0].members < members_max_ + movable);
    };
    for (const bool made : {true, false}) {
        for (Part part = 1; part <= last; ++part) {
            if (at(part).ours == made && fits(part)) {
                add(part);
                link(part);
                return part;
            }
        }
    }
    return nowhere;
}

std::size_t GroupLayout::must_move() const {
    return parts_[0].members - std::min(parts_[0].members, members_max_);
}

void GroupLayout::add(Part part) {
    Count& count = at(part);
    count.ours = part != 0;
    ++count.members;
}

void GroupLayout::remove(Part part) {
    Count& count = at(part);
    count.members -= std::min<std::size_t>(count.members, 1);
}

void GroupLayout::link(Part part) {
    if (part != 0 && !at(part).linked) {
        at(part).linked = true;
        ++parts_[0].members;
    }
}

void GroupLayout::unlink(Part part) {
    if (part != 0 && at(part).linked) {
        at(part).linked = false;
        remove(0);
    }
}

void GroupLayout::dissolve(Part part) {
    unlink(part);
    at(part) = {};
}

void GroupLayout::take(Part part) {
    unlink(part);
    at(part) = {};
    at(part).taken = true;
}

}  // namespace bridge::domain
