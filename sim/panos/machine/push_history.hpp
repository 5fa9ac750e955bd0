// What a Panorama has committed, step by step, and what of it each firewall has: a push by administrator gives a
// firewall the committed changes of some administrators on top of what it was given before.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>

#include "sim/panos/configuration/merge.hpp"

namespace sim::panos {

/// What one firewall has of the Panorama's configuration.
struct GivenSource {
    NodePtr whole;            // the configuration of the last push that took everything; null: there was none
    std::uint64_t after = 0;  // commits up to this one are in it
    std::map<std::uint64_t, std::set<std::string>> taken{};  // of later commits: whose changes it has
};

class PushHistory {
public:
    /// A commit went well that took `take` of `candidate`.
    void committed(NodePtr candidate, Take take);
    /// What a firewall is to have that gets everything, or the committed changes of `admins` (not empty).
    GivenSource with_all(const NodePtr& running) const;
    GivenSource with_changes_of(const std::set<std::string>& admins, const GivenSource& given,
                                const NodePtr& running) const;
    /// The configuration that this is, without marks.
    NodePtr configuration_of(const GivenSource& given) const;

private:
    // Changes of older commits are given by the next push of everything.
    static constexpr std::size_t steps_max = 200;
    struct Step {
        std::uint64_t number = 0;
        NodePtr candidate;
        Take take;
    };
    std::deque<Step> steps_;
    std::uint64_t last_ = 0;
};

}  // namespace sim::panos
