// Where members go: the one group that the rules name holds what it can, and numbered children, which are members of
// it, hold the rest ("blocked", "blocked-1", "blocked-2", ...). This counts what the candidate has and finds room; who
// is where, the enforcer keeps with each block.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/domain/firewall/child_group.hpp"
#include "bridge/domain/firewall/reply.hpp"

namespace bridge::domain {

class GroupLayout {
public:
    using Part = std::uint16_t;  // 0: the group that the rules name; 1, 2, ...: its children
    static constexpr Part nowhere = 0xffff;

    /// `members_max` is what one group takes; `children_max` 0: no children are made.
    GroupLayout(std::string group, std::size_t members_max, std::size_t children_max);

    std::string name_of(Part part) const;
    /// `nowhere` for a name that is neither the group's nor a child's.
    Part part_called(std::string_view name) const;

    void set_members_max(std::size_t members_max);
    std::size_t members_max() const noexcept { return members_max_; }
    /// Members that the parent takes itself: the rest of it is kept for the names of children.
    std::size_t direct_max() const;
    /// Members in all when every child that may be made is.
    std::size_t capacity() const;

    /// Takes the counts of what the candidate has.
    void see(const GroupsSeen& candidate);
    /// While there are no children, the running configuration's count will do.
    void assume_undivided(std::size_t members);
    bool known() const noexcept { return known_; }
    void forget() noexcept { known_ = false; }

    /// A child of ours, as the candidate has it.
    bool is_ours(Part part) const { return part < parts_.size() && parts_[part].ours; }
    /// The name is somebody else's.
    bool is_taken(Part part) const { return part < parts_.size() && parts_[part].taken; }
    bool has_children() const;
    std::vector<Part> children() const;  // ours
    std::size_t members(Part part) const { return part < parts_.size() ? parts_[part].members : 0; }
    bool is_linked(Part part) const { return part < parts_.size() && parts_[part].linked; }

    /// How many members more there is room for.
    std::size_t room(std::size_t movable) const;

    // ---- changes, planned on a copy and carried out when the device has answered

    /// Where the next member goes: the fullest use of what is there, then a new child. `movable` members of the parent
    /// may be moved into a child to make room for a child's name. `nowhere`: all is full.
    Part pick(std::size_t movable);
    Part pick_child(std::size_t movable);
    /// How many members of the parent must move into children, for it to hold its children's names.
    std::size_t must_move() const;
    void add(Part part);
    void remove(Part part);
    void link(Part part);
    void unlink(Part part);
    void dissolve(Part part);  // it is gone, with all its members
    void take(Part part);      // it turned out to be somebody else's

private:
    struct Count {
        bool ours = false;
        bool taken = false;
        bool linked = false;
        std::size_t members = 0;
    };

    Count& at(Part part);
    std::size_t reserve() const;
    std::size_t direct_room() const;  // of the parent, beside what is kept for its children's names

    std::string group_;
    std::size_t members_max_;
    std::size_t children_max_;
    std::vector<Count> parts_;
    bool known_ = false;
};

}  // namespace bridge::domain
