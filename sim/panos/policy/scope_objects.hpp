// The addresses and groups of one scope, shared or a vsys, as the policy lookup asks for them. Follows the
// configuration by its differences.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/panos/configuration/tag_filter.hpp"
#include "sim/panos/policy/object_index.hpp"
#include "sim/panos/tree/place.hpp"

namespace sim::panos {

class ScopeObjects {
public:
    /// `scope` may be null: there is none.
    void follow(const NodePtr& scope);

    const ObjectIndex& objects() const noexcept { return objects_; }
    /// The entry of that name in a container ("service"), or null.
    const Node* find(std::string_view container, std::string_view name) const;
    const Node* group(std::string_view name) const { return groups_ ? groups_->child("entry", name) : nullptr; }
    /// An address or a group has the name.
    bool has_name(std::string_view name) const;

    /// Members of a static group of this scope that may be groups: those that have a group's name here or in `outer`.
    const std::vector<std::string>& nested(const Node& group, const ScopeObjects* outer);
    /// The expression of a dynamic group, or null when there is none that can be read.
    const TagFilter* filter(const Node& group);

    /// Groups whose members were looked through so far.
    std::size_t groups_read() const noexcept { return groups_read_; }

private:
    struct Nested {
        NodePtr outer;  // the container of shared groups that it was made with
        std::vector<std::string> names;
    };

    NodePtr scope_;
    ObjectIndex objects_;
    NodePtr groups_;
    std::unordered_map<const Node*, Nested> nested_;  // of groups in `groups_`, which keeps them alive
    std::unordered_map<std::string, std::optional<TagFilter>> filters_;  // by their text
    std::size_t groups_read_ = 0;

    void follow_groups(const NodePtr& groups);
};

}  // namespace sim::panos
