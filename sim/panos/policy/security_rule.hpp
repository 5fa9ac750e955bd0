// A security rule as the policy lookup reads it, once for each version of the rule.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/panos/configuration/address.hpp"
#include "sim/panos/tree/node.hpp"

namespace sim::panos {

struct Flow;

/// The members of a list of the object ("source"), in order.
std::vector<std::string> members_of(const Node& object, std::string_view list);
bool has_member(const std::vector<std::string>& names, std::string_view name);
/// A list that a rule may leave out, and that then, or with `any`, restricts nothing.
bool restricts_nothing(const std::vector<std::string>& names);

/// The source or the destination.
struct RuleSide {
    /// A name in it; `literal` when it reads as addresses.
    struct Member {
        std::string name;
        std::optional<IpRange> literal;
    };

    RuleSide(const Node& entry, std::string_view list, std::string_view negation);

    bool any = false;
    bool negated = false;
    std::vector<Member> members;
};

struct SecurityRule {
    explicit SecurityRule(const NodePtr& node);

    NodePtr entry;
    std::string name;
    std::string action;
    std::string type;
    std::string schedule;
    bool disabled = false;
    bool asks_hosts = false;  // for host information, which no flow here has
    std::vector<std::string> from;
    std::vector<std::string> to;
    std::vector<std::string> services;
    std::vector<std::string> applications;
    std::vector<std::string> users;
    std::vector<std::string> categories;
    RuleSide source;
    RuleSide destination;

    bool allows() const { return action == "allow"; }
    bool zones_match(const Flow& flow) const;
    /// Nothing but the destination and the zones restricts it.
    bool everybody() const;
};

}  // namespace sim::panos
