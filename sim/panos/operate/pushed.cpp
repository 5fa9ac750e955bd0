// Operational commands of a firewall: what a Panorama has pushed to it, and what comes of that.
#include <fmt/format.h>

#include "sim/panos/configuration/panorama.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

std::string printed(const Node& node) {
    std::string out;
    Layout layout;
    layout.marks = false;
    layout.indent = 2;
    layout.depth = 0;
    print(out, node, layout);
    return out;
}

// <policy><panorama>: netbox-panorama scripts and others read panorama/pre-rulebase/security/rules there; origin in
// `loc`.
Reply show_pushed_policy(const OperationCall& call) {
    const Element* wanted = call.command.child("vsys");
    const std::string vsys = wanted != nullptr            ? wanted->text
                             : !call.session.vsys.empty() ? call.session.vsys
                                                          : "vsys1";
    const Node* all = pushed_part(call.machine, "vsys");
    const Node* policy = all == nullptr ? nullptr : all->child("entry", vsys);
    if (policy == nullptr) {
        return result("<policy/>");
    }
    Node panorama("panorama", "");
    panorama.children() = policy->children();
    return result("<policy>\n" + printed(panorama) + "\n</policy>");
}

Reply show_pushed_template(const OperationCall& call) {
    const Node* network = pushed_part(call.machine, "template");
    const Node* config = network == nullptr ? nullptr : network->child("config");
    return result(config == nullptr ? "<template/>" : "<template>\n" + printed(*config) + "\n</template>");
}

Reply show_merged(const OperationCall& call) {
    return result(printed(*call.machine.enforced_configuration()));
}

constexpr Operation pushed_commands[] = {
    {"show config pushed-shared-policy", "vsys", show_pushed_policy, Has::firewall},
    {"show config pushed-template", "", show_pushed_template, Has::firewall},
    {"show config merged", "", show_merged, Has::firewall},
    {"show config effective-running", "", show_merged, Has::firewall},
};

}  // namespace

std::span<const Operation> pushed_operations() {
    return pushed_commands;
}

}  // namespace sim::panos
