// What an operator has unblocked for a while: later alerts about it do not block it again until that time is over.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridge/domain/value/indicator.hpp"
#include "bridge/domain/value/time.hpp"

namespace bridge::domain {

struct Quarantined {
    Indicator indicator;
    WallTime since;
    WallTime until;
    std::string reason;  // "unblocked by alice: false positive, ticket 42"
};

class Quarantine {
public:
    /// Replaces an earlier one of the same indicator.
    void add(Quarantined one);
    /// False when there was none.
    bool lift(const Indicator& indicator);

    /// One that still holds and shares a host with the indicator: itself, the /64 that an address is in, or any address
    /// in a /64. Valid until the quarantine changes.
    const Quarantined* find(const Indicator& indicator, WallTime now) const;

    /// Those that still hold, in the order of their indicators.
    std::vector<Quarantined> all(WallTime now) const;

    /// Forgets those that are over, and names them.
    std::vector<Indicator> forget_over(WallTime now);

private:
    std::map<Indicator, Quarantined> all_;
};

}  // namespace bridge::domain
