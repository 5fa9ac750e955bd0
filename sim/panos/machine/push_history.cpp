#include "sim/panos/machine/push_history.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sim::panos {

void PushHistory::committed(NodePtr candidate, Take take) {
    steps_.push_back({++last_, std::move(candidate), std::move(take)});
    if (steps_.size() > steps_max) {
        steps_.pop_front();
    }
}

GivenSource PushHistory::with_all(const NodePtr& running) const {
    return {running, last_, {}};
}

GivenSource PushHistory::with_changes_of(const std::set<std::string>& admins, const GivenSource& given,
                                         const NodePtr& running) const {
    if (!given.whole) {
        return with_all(running);
    }
    GivenSource made = given;
    for (const Step& step : steps_) {
        if (step.number > made.after) {
            made.taken[step.number].insert(admins.begin(), admins.end());
        }
    }
    return made;
}

NodePtr PushHistory::configuration_of(const GivenSource& given) const {
    NodePtr made = given.whole;
    for (const Step& step : steps_) {
        const auto at = given.taken.find(step.number);
        if (at == given.taken.end()) {
            continue;
        }
        Take take = step.take;
        if (take.admins.empty()) {
            take.admins = at->second;
        } else {
            std::set<std::string> both;
            std::set_intersection(take.admins.begin(), take.admins.end(), at->second.begin(), at->second.end(),
                                  std::inserter(both, both.end()));
            take.admins = std::move(both);
        }
        if (!take.admins.empty()) {
            made = merged(made, step.candidate, take);
        }
    }
    return unmarked(made);
}

}  // namespace sim::panos
