#include "sim/panos/policy/security_rule.hpp"

#include <algorithm>

#include "sim/panos/policy/policy.hpp"

namespace sim::panos {

std::vector<std::string> members_of(const Node& object, std::string_view list) {
    std::vector<std::string> members;
    if (const Node* node = object.child(list)) {
        node->children().each([&members](const Child& child) {
            members.push_back(child.node->value());
            return true;
        });
    }
    return members;
}

bool has_member(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool restricts_nothing(const std::vector<std::string>& names) {
    return names.empty() || has_member(names, "any");
}

RuleSide::RuleSide(const Node& entry, std::string_view list, std::string_view negation)
    : negated(entry.text_of(negation) == "yes") {
    for (std::string& name : members_of(entry, list)) {
        any = any || name == "any";
        auto literal = parse_netmask(name);
        literal = literal ? literal : parse_range(name);
        members.push_back({std::move(name), literal});
    }
}

SecurityRule::SecurityRule(const NodePtr& node)
    : entry(node),
      name(node->value()),
      action(node->text_of("action")),
      type(node->text_of("rule-type")),
      schedule(node->text_of("schedule")),
      disabled(node->text_of("disabled") == "yes"),
      from(members_of(*node, "from")),
      to(members_of(*node, "to")),
      services(members_of(*node, "service")),
      applications(members_of(*node, "application")),
      users(members_of(*node, "source-user")),
      categories(members_of(*node, "category")),
      source(*node, "source", "negate-source"),
      destination(*node, "destination", "negate-destination") {
    for (const std::string_view list : {"hip-profiles", "source-hip", "destination-hip"}) {
        asks_hosts = asks_hosts || !restricts_nothing(members_of(*node, list));
    }
}

bool SecurityRule::zones_match(const Flow& flow) const {
    const bool inside = flow.from_zone == flow.to_zone;
    return (has_member(from, "any") || has_member(from, flow.from_zone)) &&
           (has_member(to, "any") || has_member(to, flow.to_zone)) && !(type == "intrazone" && !inside) &&
           !(type == "interzone" && inside);
}

bool SecurityRule::everybody() const {
    return source.any && has_member(services, "any") && has_member(applications, "any") && restricts_nothing(users) &&
           restricts_nothing(categories);
}

}  // namespace sim::panos
