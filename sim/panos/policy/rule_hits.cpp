#include "sim/panos/policy/rule_hits.hpp"

#include "sim/panos/tree/place.hpp"

namespace sim::panos {

void RuleHits::follow(const NodePtr& running, Instant now) {
    static const Children none;
    since_ = since_ == Instant{} ? now : since_;
    std::map<std::string, NodePtr> present;
    for (const Scope& scope : scopes_of(running)) {
        if (!scope.shared()) {
            present[scope.vsys()] = node_at(scope.node, container_steps(Kind::security_rule));
        }
    }
    for (const auto& [vsys, container] : followed_) {
        present.try_emplace(vsys, nullptr);
    }
    for (const auto& [vsys, container] : present) {
        const NodePtr before = followed_[vsys];
        if (before == container) {
            continue;
        }
        Children::differences(before ? before->children() : none, container ? container->children() : none,
                              [&](const NodePtr& was, const NodePtr& is) {
                                  const Key key{vsys, (is ? is : was)->value()};
                                  if (!is) {
                                      hits_.erase(key);
                                      return;
                                  }
                                  RuleHit& hit = hits_[key];
                                  if (!was) {
                                      hit.created = now;
                                  }
                                  if (!was || !same_content(*was, *is)) {
                                      hit.modified = now;
                                  }
                              });
    }
    followed_ = std::move(present);
}

void RuleHits::count(std::string_view vsys, std::string_view rule, std::uint64_t sessions, Instant now) {
    if (sessions == 0) {
        return;
    }
    RuleHit hit = of(vsys, rule);
    hit.count += sessions;
    hit.first = hit.first.value_or(now);
    hit.last = now;
    hits_[{std::string(vsys), std::string(rule)}] = hit;
}

void RuleHits::reset(std::string_view vsys, std::string_view rule, Instant now) {
    RuleHit hit = of(vsys, rule);
    hit.count = 0;
    hit.first = hit.last = std::nullopt;
    hit.reset = now;
    hits_[{std::string(vsys), std::string(rule)}] = hit;
}

RuleHit RuleHits::of(std::string_view vsys, std::string_view rule) const {
    const auto at = hits_.find({std::string(vsys), std::string(rule)});
    if (at != hits_.end()) {
        return at->second;
    }
    RuleHit fresh;
    fresh.created = fresh.modified = since_;
    return fresh;
}

void RuleHits::each(
    const std::function<void(std::string_view vsys, std::string_view rule, const RuleHit& hit)>& tell) const {
    for (const auto& [key, hit] : hits_) {
        tell(key.first, key.second, hit);
    }
}

void RuleHits::restore(std::string_view vsys, std::string_view rule, const RuleHit& hit) {
    hits_[{std::string(vsys), std::string(rule)}] = hit;
}

}  // namespace sim::panos
