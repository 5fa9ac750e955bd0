// What differs between two versions of a configuration, by objects: the diff of a commit.
#pragma once

#include <string>
#include <vector>

#include "sim/panos/place.hpp"

namespace sim::panos {

/// One named object that was added (before is null), removed (after is null) or changed.
struct ObjectChange {
    Kind kind = Kind::other;
    Way way;  // of the entry
    NodePtr before;
    NodePtr after;

    const std::string& name() const { return way.back().identity; }
};

/// Changes of the object kinds that are known, in every scope; anything else that differs sets `elsewhere`.
struct Differences {
    std::vector<ObjectChange> objects;
    bool elsewhere = false;
};

Differences differences(const NodePtr& before, const NodePtr& after);

/// Members of a group's or rule's list that are in one and not in the other.
struct MemberChange {
    std::vector<std::string> added;
    std::vector<std::string> removed;
};
MemberChange member_changes(const NodePtr& before, const NodePtr& after, std::string_view list);

}  // namespace sim::panos
