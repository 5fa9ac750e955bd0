// What differs between two versions of a configuration, by objects: the diff of a commit.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/panos/tree/place.hpp"

namespace sim::panos {

/// The way to an object, of which it shares all but the last step with its siblings: a diff can be long.
struct ObjectWay {
    std::shared_ptr<const Way> container;
    std::string name;

    operator Way() const {
        Way way = *container;
        way.push_back(Step{"entry", name});
        return way;
    }
};

/// One named object that was added (before is null), removed (after is null) or changed.
struct ObjectChange {
    Kind kind = Kind::other;
    ObjectWay way;
    NodePtr before;
    NodePtr after;

    const std::string& name() const { return way.name; }
    /// The way to its container: scope and kind are read from it.
    const Way& container() const { return *way.container; }
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
