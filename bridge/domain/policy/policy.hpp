// What may be blocked at all: a pure function of an alert and the operator's rules.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/domain/alert/alert.hpp"
#include "bridge/domain/policy/allow_list.hpp"
#include "bridge/domain/policy/breaker.hpp"
#include "bridge/domain/policy/quarantine.hpp"

namespace bridge::domain {

struct Policy {
    std::vector<AllowRule> allow;  // as the configuration has it
    AllowList also_allowed;        // by layer: what files hold, and what the bridge knows of itself
    bool allow_builtin = true;
    std::set<AlertType> types;  // empty: every type that yields attackers
    Severity min_severity = Severity::minor;
    std::chrono::milliseconds expire = std::chrono::hours(24 * 7);
    std::map<AlertType, std::chrono::milliseconds> expire_by_type;  // types that are not in it have `expire`
    std::uint32_t max_new_blocks_per_minute = 300;                  // 0: no limit
    std::uint32_t max_new_blocks_per_minute_per_appliance = 0;      // 0: no limit
    std::uint32_t group_growth_per_hour = 0;                        // of each target; 0: no limit
    std::chrono::milliseconds quarantine{0};  // after an operator's unblocking, unless he says how long
    bool ipv6_by_prefix = false;              // an IPv6 attacker is blocked with its /64
    bool dry_run = false;

    /// How long a block that an alert of this type leads to stands, from its last alert on.
    std::chrono::milliseconds expire_for(AlertType type) const;
    BreakerLimits breaker_limits() const;
};

/// What the policy leaves of an alert.
struct Decision {
    std::vector<Indicator> blockable;  // in the alert's order
    std::vector<Ignored> ignored;      // every suspect that is not blocked, with the reason, after the alert's own
};

/// With `quarantine`, what it holds at `now` is not blocked. Where an IPv6 attacker's /64 may not be blocked since it
/// touches what must not be, the attacker alone is.
Decision decide(const Policy& policy, const Alert& alert, const Quarantine* quarantine = nullptr, WallTime now = {});

/// Whether a rule of the operator's or of the bridge itself covers it.
bool is_allowed(const Policy& policy, const Indicator& indicator);

/// Why this indicator may not be blocked under the allow list and the built-in ranges; empty if it may.
std::string objection_to(const Policy& policy, const Indicator& indicator);

}  // namespace bridge::domain
