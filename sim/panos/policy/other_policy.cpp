#include "sim/panos/policy/other_policy.hpp"

#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/policy/security_rule.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

Element element(std::string name, std::string text = {}) {
    Element made;
    made.name = std::move(name);
    made.text = std::move(text);
    return made;
}

// A list of names, which may be a single text (the service of a NAT rule) or one step deeper (the zones of a DoS rule).
Element list(const Node& rule, std::string_view name) {
    std::vector<std::string> members = members_of(rule, name);
    const Node* const field = rule.child(name);
    if (members.empty() && field != nullptr) {
        if (field->child("zone") != nullptr) {
            members = members_of(*field, "zone");
        } else if (!field->value().empty()) {
            members.push_back(field->value());
        }
    }
    Element made = element(std::string(name));
    for (std::string& member : members) {
        made.children.push_back(element("member", std::move(member)));
    }
    if (made.children.empty()) {
        made.children.push_back(element("member", "any"));
    }
    return made;
}

Element as_security_rule(const Node& rule) {
    Element made = element("entry");
    made.attributes = {{"name", rule.value()}};
    for (const std::string_view name :
         {"from", "to", "source", "destination", "source-user", "category", "application", "service"}) {
        made.children.push_back(list(rule, name));
    }
    for (const std::string_view name : {"negate-source", "negate-destination", "disabled", "schedule"}) {
        if (const std::string_view text = rule.text_of(name); !text.empty()) {
            made.children.push_back(element(std::string(name), std::string(text)));
        }
    }
    made.children.push_back(element("action", "allow"));
    return made;
}

NodePtr rulebase_of(const Node& vsys, std::string_view base) {
    Element rules = element("rules");
    if (const Node* const rulebase = vsys.child("rulebase")) {
        const Node* const of_base = rulebase->child(base);
        each_entry(of_base == nullptr ? nullptr : of_base->child_ptr("rules"),
                   [&rules](const NodePtr& rule) { rules.children.push_back(as_security_rule(*rule)); });
    }
    Element security = element("security");
    security.children.push_back(std::move(rules));
    return *to_node("rulebase", "", {security});
}

// Lets `change` alter each entry of the container.
void change_entries(NodePtr& container, const std::function<void(NodePtr&)>& change) {
    std::vector<std::string> names;
    each_entry(container, [&names](const NodePtr& entry) { names.push_back(entry->value()); });
    for (const std::string& name : names) {
        own(container).children().modify("entry", name, change);
    }
}

}  // namespace

NodePtr as_security_rules(const NodePtr& configuration, std::string_view base) {
    NodePtr root = configuration;
    const auto in_vsys = [base](NodePtr& vsys) {
        NodePtr rulebase = rulebase_of(*vsys, base);
        Children& children = own(vsys).children();
        children.erase("rulebase", "");
        children.put(std::move(rulebase), children.last_place().value_or(0) + place_gap);
    };
    own(root).children().modify("devices", "", [&in_vsys](NodePtr& devices) {
        change_entries(devices, [&in_vsys](NodePtr& device) {
            own(device).children().modify("vsys", "",
                                          [&in_vsys](NodePtr& container) { change_entries(container, in_vsys); });
        });
    });
    return root;
}

}  // namespace sim::panos
