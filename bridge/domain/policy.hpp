// What may be blocked at all: a pure function of an alert and the operator's rules.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/domain/alert.hpp"

namespace bridge::domain {

/// One entry of an allow list: a prefix, or a name ("example.com" for itself, "*.example.com" for all below it too).
class AllowRule {
public:
    static std::optional<AllowRule> parse(std::string_view text);

    bool covers(const Indicator& indicator) const;
    const std::string& text() const noexcept { return text_; }

private:
    std::string text_;  // as the operator wrote it, for the reason
    std::optional<Prefix> prefix_;
    std::string name_;
    bool below_ = false;
};

struct Policy {
    std::vector<AllowRule> allow;
    bool allow_builtin = true;
    std::set<AlertType> types;  // empty: every type that yields attackers
    Severity min_severity = Severity::minor;
    std::chrono::milliseconds expire = std::chrono::hours(24 * 7);
    std::uint32_t max_new_blocks_per_minute = 300;  // 0: no limit
    bool dry_run = false;
};

/// Why an address may never be blocked whatever the operator says or, with `builtin`, unless he says so: reserved and
/// special ranges of IANA. Empty when there is nothing against it. Documentation ranges are not among them.
/// Source: IANA IPv4/IPv6 Special-Purpose Address Registries.
std::string_view special_range(const IpAddress& address, bool builtin);

/// The last label of a name when no attacker on the Internet can have a name under it ("local" of "nas.ad.local"), else
/// empty. Sources: RFC 6761, 6762, 8375, 9476; ICANN's resolution of 2024 on `internal`.
std::string_view local_zone(std::string_view name);

/// What the policy leaves of an alert.
struct Decision {
    std::vector<Indicator> blockable;  // in the alert's order
    std::vector<Ignored> ignored;      // every suspect that is not blocked, with the reason, after the alert's own
};

Decision decide(const Policy& policy, const Alert& alert);

/// Why this indicator may not be blocked under the allow list and the built-in ranges; empty if it may.
std::string objection_to(const Policy& policy, const Indicator& indicator);

}  // namespace bridge::domain
