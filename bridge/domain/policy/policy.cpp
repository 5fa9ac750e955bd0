#include "bridge/domain/policy/policy.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "bridge/domain/value/special_purpose.hpp"

namespace bridge::domain {

std::chrono::milliseconds Policy::expire_for(AlertType type) const {
    const auto own = expire_by_type.find(type);
    return own == expire_by_type.end() ? expire : own->second;
}

BreakerLimits Policy::breaker_limits() const {
    return {.per_minute = max_new_blocks_per_minute,
            .per_minute_of_appliance = max_new_blocks_per_minute_per_appliance,
            .growth_per_hour = group_growth_per_hour};
}

namespace {

const AllowRule* allow_rule_for(const Policy& policy, const Indicator& indicator) {
    for (const AllowRule& rule : policy.allow) {
        if (rule.covers(indicator)) {
            return &rule;
        }
    }
    return policy.also_allowed.rule_for(indicator);
}

}  // namespace

std::string objection_to(const Policy& policy, const Indicator& indicator) {
    if (const DomainName* name = indicator.domain()) {
        const std::string_view zone = policy.allow_builtin ? local_zone(name->text()) : std::string_view();
        if (!zone.empty()) {
            return fmt::format("never blocked: a name of the local zone .{}", zone);
        }
    } else {
        const std::string_view special = indicator.address() != nullptr
                                             ? special_range(*indicator.address(), policy.allow_builtin)
                                             : special_range(*indicator.prefix(), policy.allow_builtin);
        if (!special.empty()) {
            return fmt::format("never blocked: {}", special);
        }
    }
    const AllowRule* rule = allow_rule_for(policy, indicator);
    return rule == nullptr ? std::string() : rule->reason();
}

bool is_allowed(const Policy& policy, const Indicator& indicator) {
    return allow_rule_for(policy, indicator) != nullptr;
}

namespace {

/// "quarantined until 2026-06-02T12:00:00Z: unblocked by alice"
std::string quarantine_objection(const Quarantine* quarantine, const Indicator& indicator, WallTime now) {
    const Quarantined* held = quarantine == nullptr ? nullptr : quarantine->find(indicator, now);
    if (held == nullptr) {
        return {};
    }
    const std::string what = held->indicator == indicator ? std::string() : held->indicator.text() + " is ";
    return fmt::format("{}quarantined until {:%Y-%m-%dT%H:%M:%SZ}: {}", what,
                       std::chrono::floor<std::chrono::seconds>(held->until), held->reason);
}

class Deciding {
public:
    Deciding(const Policy& policy, const Quarantine* quarantine, WallTime now)
        : policy_(policy), quarantine_(quarantine), now_(now) {}

    void ignore(const Indicator& indicator, std::string why) {
        decision.ignored.push_back({indicator.text(), std::move(why)});
    }

    void take(const Indicator& host) {
        if (const auto wide = policy_.ipv6_by_prefix ? host.wider() : std::nullopt) {
            std::string why = objection(*wide);
            if (why.empty()) {
                block(*wide);
                return;
            }
            if (objection(host).empty()) {
                ignore(*wide, why + "; the address alone is blocked");
            }
        }
        std::string why = objection(host);
        if (why.empty()) {
            block(host);
        } else {
            ignore(host, std::move(why));
        }
    }

    Decision decision;

private:
    std::string objection(const Indicator& indicator) const {
        std::string why = objection_to(policy_, indicator);
        return why.empty() ? quarantine_objection(quarantine_, indicator, now_) : why;
    }

    /// Two attackers may share a /64.
    void block(const Indicator& indicator) {
        auto& all = decision.blockable;
        if (std::find(all.begin(), all.end(), indicator) == all.end()) {
            all.push_back(indicator);
        }
    }

    const Policy& policy_;
    const Quarantine* quarantine_;
    WallTime now_;
};

}  // namespace

Decision decide(const Policy& policy, const Alert& alert, const Quarantine* quarantine, WallTime now) {
    Deciding deciding(policy, quarantine, now);
    deciding.decision.ignored = alert.ignored;
    std::string whole_alert;
    if (!policy.types.empty() && !policy.types.contains(alert.type)) {
        whole_alert = fmt::format("alerts of type {} are not in policy.types", alert.type_name);
    } else if (alert.severity < policy.min_severity && alert.severity != Severity::unknown) {
        whole_alert = fmt::format("severity {} is below policy.min_severity {}", name_of(alert.severity),
                                  name_of(policy.min_severity));
    }
    for (const Suspect& suspect : alert.suspects) {
        std::string why = suspect.objection;
        if (why.empty() && !whole_alert.empty()) {
            why = objection_to(policy, suspect.indicator);
            why = why.empty() ? whole_alert : why;
        }
        if (why.empty()) {
            deciding.take(suspect.indicator);
        } else {
            deciding.ignore(suspect.indicator, std::move(why));
        }
    }
    return std::move(deciding.decision);
}

}  // namespace bridge::domain
