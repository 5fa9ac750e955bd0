// What a Panorama gives its firewalls: which of them belong to a device group and a template, what a push makes of a
// firewall's configuration, and what the firewall enforces then.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/panos/configuration/edit.hpp"

namespace sim::panos {

/// One push to one firewall.
struct Push {
    NodePtr source;             // the Panorama's running configuration, or what is to be given of it
    std::string serial;         // of the firewall
    bool policy = false;        // its device group's objects and rules
    bool network = false;       // its template stack's or template's values
    bool force_values = false;  // the template's values win over local ones
    NodePtr network_source{};   // what the values are taken from; null: `source`
};

/// Gives what was pushed its origins again (`loc`), as they were written: to_node() drops them, since a client can't
/// set them.
void restore_origins(NodePtr& pushed, const Element& written);

// ---- the Panorama's configuration -----------------------------------------------------------------------------------

/// Names under devices/entry/KIND: "device-group", "template", "template-stack", ..., in order.
std::vector<std::string> parts_of(const Node& root, std::string_view kind);
const Node* part_of(const Node& root, std::string_view kind, std::string_view name);
/// Serial numbers that a device group, template stack or template names itself.
std::vector<std::string> serials_in(const Node& root, std::string_view kind, std::string_view name);
/// Serial numbers under /config/mgt-config/devices.
std::vector<std::string> managed_serials(const Node& root);
/// The device group of a firewall (of its first vsys in one); empty: none.
std::string group_of(const Node& root, std::string_view serial);
/// The template stack, or the template when there is no stack, that names the firewall; empty: none.
std::string stack_of(const Node& root, std::string_view serial);

/// What an edit of the device groups entails: new ones get a number under /config/readonly, deleted ones leave it, and
/// a group that others lie under stays. Refused too: a firewall that is not managed, or in two groups.
Outcome follow_device_groups(Edit& edit, const NodePtr& before);
/// Puts the device group under another; empty: under shared. Errors: no such group, a loop, too deep.
Outcome move_device_group(Edit& edit, const std::string& group, const std::string& new_parent);

// ---- the firewall's -------------------------------------------------------------------------------------------------
// What was pushed lies under /config/panorama of the firewall's tree: vsys/entry/{address, ..., pre-rulebase,
// post-rulebase}, each object with its origin as attribute `loc`, and template/config.

/// The firewall's configuration after the push. Objects of a device group hide those of its ancestors and of shared
/// (documented); disabled rules, and rules whose target is another firewall, are left out.
NodePtr with_push(const NodePtr& firewall, const Push& push);
/// What the firewall works with: template values under local ones, pushed objects beside local ones, and the rules in
/// the order shared pre, ancestors' pre, group's pre, local, group's post, ancestors' post, shared post.
NodePtr effective(const NodePtr& firewall);
/// Local objects and rules of the name of a pushed one, for which the firewall's commit fails (documented).
Lines push_conflicts(const NodePtr& firewall);
/// A number that changes with the content, written as the device writes its sums.
std::string content_sum(const Node* node);

}  // namespace sim::panos
