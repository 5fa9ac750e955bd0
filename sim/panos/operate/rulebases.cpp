// Operational commands: the rules in force of the rulebases beside the security policy, in the text that the data plane
// has of them, and the pools of addresses that translating rules take from. No session is ever translated.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/configuration/address.hpp"
#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/operate/operation.hpp"
#include "sim/panos/operate/running_text.hpp"
#include "sim/panos/policy/security_rule.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

using Tags = std::vector<std::string>;

constexpr std::uint64_t ports_of_an_address = 64512;

// The members of a list, or its text when it is a single one (the service of a NAT rule).
std::vector<std::string> values_of(const NodePtr& rule, const std::string& tag) {
    std::vector<std::string> values = members_of(*rule, tag);
    if (values.empty() && !rule->text_of(tag).empty()) {
        values.emplace_back(rule->text_of(tag));
    }
    return values;
}

// The virtual systems that a call sees, with the rules of one rulebase that are not disabled.
void each_rule(const OperationCall& call, const std::string& base,
               const std::function<void(const Scope&, const NodePtr&, std::size_t)>& tell) {
    for (const Scope& scope : scopes_of(call.machine.enforced_configuration())) {
        if (scope.shared() || (!call.session.vsys.empty() && scope.vsys() != call.session.vsys)) {
            continue;
        }
        std::size_t index = 0;
        each_entry(node_at(scope.node, Tags{"rulebase", base, "rules"}), [&](const NodePtr& rule) {
            if (rule->text_of("disabled") != "yes") {
                tell(scope, rule, ++index);
            }
        });
    }
}

// ---- translation ----------------------------------------------------------------------------------------------------

struct Translation {
    std::string kind;  // "dynamic-ip-and-port", "dynamic-ip", "static-ip"; empty: the source stays
    std::string interface;
    std::vector<std::string> addresses;
};

Translation source_of(const OperationCall& call, const NodePtr& rule) {
    for (const std::string kind : {"dynamic-ip-and-port", "dynamic-ip", "static-ip"}) {
        const NodePtr way = node_at(rule, Tags{"source-translation", kind});
        if (!way) {
            continue;
        }
        Translation made{kind, text_at(way, {"interface-address", "interface"}), values_of(way, "translated-address")};
        std::string fixed = text_at(way, {"interface-address", "ip"});
        for (const Interface& each : interfaces(call.machine.enforced_configuration())) {
            if (fixed.empty() && each.name == made.interface && !each.addresses.empty()) {
                fixed = each.addresses.front();
            }
        }
        if (!fixed.empty()) {
            made.addresses = {fixed.substr(0, fixed.find('/'))};
        }
        return made;
    }
    return {};
}

std::string translated(const OperationCall& call, const NodePtr& rule, std::size_t& pool) {
    std::string out;
    const Translation source = source_of(call, rule);
    if (!source.kind.empty()) {
        out = "src: " + (source.interface.empty() ? "" : source.interface + ' ') + bracketed(source.addresses) + " (" +
              source.kind + ')';
        if (source.kind != "static-ip") {
            out += fmt::format(" (pool idx: {})", ++pool);
        }
    }
    for (const std::string kind : {"destination-translation", "dynamic-destination-translation"}) {
        const std::string address = text_at(rule, {kind, "translated-address"});
        const std::string port = text_at(rule, {kind, "translated-port"});
        if (!address.empty()) {
            out += (out.empty() ? "dst: " : "; dst: ") + address + (port.empty() ? "" : ':' + port);
        }
    }
    return out;
}

Reply show_nat_policy(const OperationCall& call) {
    std::string out;
    std::size_t pool = 0;
    each_rule(call, "nat", [&](const Scope&, const NodePtr& rule, std::size_t index) {
        const std::string kind(rule->text_of("nat-type"));
        const std::string to_interface(rule->text_of("to-interface"));
        const std::string to = translated(call, rule, pool);
        out += fmt::format(
            "\"{}; index: {}\" {{\n        nat-type {};\n        from {};\n        source {};\n        to {};\n"
            "        to-interface {};\n        destination {};\n        service {};\n{}        terminal no;\n}}\n\n",
            rule->value(), index, kind.empty() ? "ipv4" : kind, bracketed(values_of(rule, "from")),
            bracketed(values_of(rule, "source")), bracketed(values_of(rule, "to")),
            to_interface == "any" ? "" : to_interface, bracketed(values_of(rule, "destination")),
            bracketed(values_of(rule, "service")), to.empty() ? "" : fmt::format("        translate-to \"{}\";\n", to));
    });
    return result("<member>" + escaped_text(out) + "</member>");
}

// How many addresses a translated one stands for: a literal, or an object of the virtual system or of shared.
std::uint64_t size_of(const OperationCall& call, const Scope& scope, const std::string& name) {
    std::string text = name;
    for (const NodePtr& each : visible_scopes(call.machine.enforced_configuration(), scope.way)) {
        const Node* const container = each ? each->child("address") : nullptr;
        if (const Node* const object = container == nullptr ? nullptr : container->child("entry", name)) {
            for (const std::string_view kind : {"ip-netmask", "ip-range"}) {
                text = object->text_of(kind).empty() ? text : std::string(object->text_of(kind));
            }
            break;
        }
    }
    auto range = parse_range(text);
    if (!range) {
        range = parse_netmask(text);
    }
    if (!range || range->first.v6) {
        return 1;
    }
    const auto number = [](const Ip& ip) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            value = value << 8U | ip.bytes[i];
        }
        return value;
    };
    return number(range->last) - number(range->first) + 1;
}

struct Pool {
    std::string vsys;
    std::string rule;
    bool with_ports = false;
    std::uint64_t available = 0;  // ports, or addresses
};

std::vector<Pool> pools(const OperationCall& call) {
    std::vector<Pool> all;
    each_rule(call, "nat", [&](const Scope& scope, const NodePtr& rule, std::size_t) {
        const Translation source = source_of(call, rule);
        if (source.kind.empty() || source.kind == "static-ip") {
            return;
        }
        Pool pool{scope.vsys(), rule->value(), source.kind == "dynamic-ip-and-port", 0};
        for (const std::string& each : source.addresses) {
            pool.available += size_of(call, scope, each) * (pool.with_ports ? ports_of_an_address : 1);
        }
        all.push_back(std::move(pool));
    });
    return all;
}

std::string pool_table(const std::vector<Pool>& all) {
    std::string out;
    std::string vsys;
    for (const Pool& pool : all) {
        if (pool.vsys != vsys) {
            vsys = pool.vsys;
            const auto count =
                std::count_if(all.begin(), all.end(), [&vsys](const Pool& each) { return each.vsys == vsys; });
            out += fmt::format(
                "VSYS {} has {} NAT rules, DIP and DIPP rules:\n"
                "Rule                                               Type             Used         Available    Mem "
                "Size  Ratio\n"
                "-------------------------------------------------- ---------------- ------------ ------------ "
                "--------- -----\n",
                vsys.rfind("vsys", 0) == 0 ? vsys.substr(4) : vsys, count);
        }
        out += fmt::format("{:<50} {:<16} {:<12} {:<12} {:<9} {}\n", pool.rule,
                           pool.with_ports ? "DynamicIP/Port" : "DynamicIP", 0, pool.available, 0,
                           pool.with_ports ? "1" : "N/A");
    }
    return out;
}

Reply show_pools(const OperationCall& call) {
    return result("<member>" + escaped_text(pool_table(pools(call))) + "</member>");
}

Reply show_pool_of_rule(const OperationCall& call) {
    const Element* const rule = call.command.child("rule");
    std::vector<Pool> all = pools(call);
    if (rule != nullptr) {
        std::erase_if(all, [rule](const Pool& pool) { return pool.rule != rule->text; });
        if (all.empty()) {
            return error(17, {fmt::format(" show -> running -> nat-rule-ippool -> rule '{}' is not a valid reference",
                                          escaped_line(rule->text)),
                              " show -> running -> nat-rule-ippool is invalid"});
        }
    }
    return result("<member>" + escaped_text(pool_table(all)) + "</member>");
}

// ---- the other rulebases --------------------------------------------------------------------------------------------

// What a rule of a rulebase says beside where traffic comes from and goes to: fields in the order of the text.
struct Rulebase {
    std::string_view command;  // "pbf-policy"
    std::string_view base;     // "pbf"
    std::vector<std::string> fields;
};

const std::vector<Rulebase>& rulebases() {
    static const std::vector<Rulebase> all{
        {"pbf-policy", "pbf", {"application", "service"}},
        {"qos-policy", "qos", {"source-user", "category", "application", "service"}},
        {"decryption-policy", "decryption", {"source-user", "category", "service", "action"}},
        {"application-override-policy", "application-override", {"protocol", "port", "application"}},
        {"dos-policy", "dos", {"source-user", "service"}},
        {"captive-portal-policy", "captive-portal", {"category", "service", "action"}},
        {"authentication-policy", "authentication", {"source-user", "category", "service"}},
        {"tunnel-inspect-policy", "tunnel-inspect", {"source-user", "application"}},
    };
    return all;
}

// The zones of PBF and DoS rules stand one step deeper.
std::string zones_of(const NodePtr& rule, const std::string& tag) {
    const NodePtr side = rule->child_ptr(tag);
    if (side && side->child("zone") != nullptr) {
        return bracketed(members_of(*side, "zone"));
    }
    return side && side->child("interface") != nullptr ? bracketed(members_of(*side, "interface"))
                                                       : bracketed(values_of(rule, tag));
}

std::string action_of(const NodePtr& rule) {
    const NodePtr action = rule->child_ptr("action");
    std::string name = action ? action->value() : std::string{};
    each_entry(action, [&name](const NodePtr& each) { name = each->tag(); });
    return name;
}

Reply show_other_policy(const OperationCall& call) {
    const auto known = std::find_if(rulebases().begin(), rulebases().end(),
                                    [&call](const Rulebase& each) { return each.command == call.command.name; });
    std::string out;
    each_rule(call, std::string(known->base), [&](const Scope&, const NodePtr& rule, std::size_t index) {
        out += fmt::format(
            "\"{}; index: {}\" {{\n        from {};\n        source {};\n        to {};\n"
            "        destination {};\n",
            rule->value(), index, zones_of(rule, "from"), bracketed(values_of(rule, "source")), zones_of(rule, "to"),
            bracketed(values_of(rule, "destination")));
        for (const std::string& field : known->fields) {
            if (field != "action") {
                out += fmt::format("        {} {};\n", field, bracketed(values_of(rule, field)));
            }
        }
        const std::string action = action_of(rule);
        out += (action.empty() ? "" : "        action " + action + ";\n") + "        terminal yes;\n}\n\n";
    });
    return result("<member>" + escaped_text(out) + "</member>");
}

// Rules with a next hop that is watched; an exporter reads rule-name and nexthop-state. Every next hop is up.
Reply show_forwarding_rules(const OperationCall& call) {
    const Element* const name = call.command.child("name");
    std::string out;
    each_rule(call, "pbf", [&](const Scope& scope, const NodePtr& rule, std::size_t index) {
        if (name != nullptr && name->text != rule->value()) {
            return;
        }
        const std::string egress = text_at(rule, {"action", "forward", "egress-interface"});
        std::string hop = text_at(rule, {"action", "forward", "nexthop", "ip-address"});
        hop = hop.empty() ? text_at(rule, {"action", "forward", "nexthop"}) : hop;
        out += fmt::format(
            "<entry><name>{}</name><id>{}</id><vsys>{}</vsys><action>{}</action><egress-interface>{}"
            "</egress-interface><nexthop>{}</nexthop><nexthop-state>{}</nexthop-state><state>Active</state></entry>",
            escaped_text(rule->value()), index, escaped_text(scope.vsys()), escaped_text(action_of(rule)),
            escaped_text(egress.empty() ? "N/A" : egress), escaped_text(hop.empty() ? "0.0.0.0" : hop),
            hop.empty() ? "N/A" : "UP");
    });
    if (out.empty() && name != nullptr) {
        return error(
            17, {fmt::format(" show -> pbf -> rule -> name '{}' is not a valid reference", escaped_line(name->text)),
                 " show -> pbf -> rule is invalid"});
    }
    return result(out);
}

constexpr Operation rulebase_commands[] = {
    {"show running nat-policy", "", show_nat_policy, Has::firewall},
    {"show running ippool", "", show_pools, Has::firewall},
    {"show running nat-rule-ippool", "rule show-freelist show-cache", show_pool_of_rule, Has::firewall},
    {"show running pbf-policy", "", show_other_policy, Has::firewall},
    {"show running qos-policy", "", show_other_policy, Has::firewall},
    {"show running decryption-policy", "", show_other_policy, Has::firewall},
    {"show running application-override-policy", "", show_other_policy, Has::firewall},
    {"show running dos-policy", "", show_other_policy, Has::firewall},
    {"show running captive-portal-policy", "", show_other_policy, Has::firewall},
    {"show running authentication-policy", "", show_other_policy, Has::firewall},
    {"show running tunnel-inspect-policy", "", show_other_policy, Has::firewall},
    {"show pbf rule", "all name", show_forwarding_rules, Has::firewall},
};

}  // namespace

std::span<const Operation> rulebase_operations() {
    return rulebase_commands;
}

}  // namespace sim::panos
