// How often which security rule decided about traffic, and since when the rule is as it is.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

struct RuleHit {
    std::uint64_t count = 0;
    std::optional<Instant> first;
    std::optional<Instant> last;
    std::optional<Instant> reset;
    Instant created{};
    Instant modified{};
};

class RuleHits {
public:
    /// Rules that are gone lose their counts; costs by what differs from the configuration before.
    void follow(const NodePtr& running, Instant now);
    void count(std::string_view vsys, std::string_view rule, std::uint64_t sessions, Instant now);
    void reset(std::string_view vsys, std::string_view rule, Instant now);
    RuleHit of(std::string_view vsys, std::string_view rule) const;
    /// Each rule that is known, for the state that is kept, and what was kept of one.
    void each(const std::function<void(std::string_view vsys, std::string_view rule, const RuleHit& hit)>& tell) const;
    void restore(std::string_view vsys, std::string_view rule, const RuleHit& hit);

private:
    using Key = std::pair<std::string, std::string>;  // vsys, rule
    std::map<Key, RuleHit> hits_;
    std::map<std::string, NodePtr> followed_;  // the containers of rules, by vsys
    Instant since_{};                          // of the default rules
};

}  // namespace sim::panos
