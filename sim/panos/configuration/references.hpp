// Counts who names whom in one configuration, so that a delete of what nobody names need not look through everything.
// It follows the configuration from version to version at the cost of what differs between them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "sim/panos/configuration/schema.hpp"
#include "sim/panos/tree/place.hpp"

namespace sim::panos {

class References {
public:
    /// The counts become those of that configuration.
    void follow(const NodePtr& root);
    /// The same when `root` differs from the configuration `before` at most in the object at that way.
    void follow(const NodePtr& before, const NodePtr& root, const Way& object);

    /// The same configuration in another version: only its marks differ.
    void take_over(NodePtr root) noexcept { root_ = std::move(root); }

    /// True when some field of an object of the scope `user` may name it; false only when none does. (Names are kept
    /// as 64-bit hashes: two that meet make a true too many, which the caller's look at the fields puts right.)
    bool some(const Way& user, Kind kind, std::string_view name) const;

private:
    NodePtr root_;
    std::unordered_map<std::uint64_t, std::uint32_t> counts_;

    void change(Kind kind, const Way& way, const NodePtr& before, const NodePtr& after);
};

}  // namespace sim::panos
