// Operational commands on policies: which rule a flow matches, and how often rules were hit.
#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/operate/operation.hpp"
#include "sim/panos/operate/running_text.hpp"
#include "sim/panos/policy/other_policy.hpp"
#include "sim/panos/policy/security_rule.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t services_shown_max = 50;

std::string protocol_name(std::string_view number) {
    return number == "6" ? "tcp" : number == "17" ? "udp" : number == "132" ? "sctp" : std::string(number);
}

// ---- test security-policy-match -------------------------------------------------------------------------------------

// The flow of the command's arguments; an error when one of them can't be read. `command`: "security-policy-match".
tl::expected<Flow, Reply> flow_of(const OperationCall& call, std::string_view command) {
    Flow flow;
    flow.from = call.command.text_of("source");
    flow.to = call.command.text_of("destination");
    flow.from_zone = call.command.text_of("from");
    flow.to_zone = call.command.text_of("to");
    flow.protocol = protocol_name(call.command.text_of("protocol"));
    flow.application = call.command.text_of("application");
    flow.user = call.command.text_of("source-user");
    flow.category = call.command.text_of("category");
    if (!call.session.vsys.empty()) {
        flow.vsys = call.session.vsys;
    }
    const std::string port = call.command.text_of("destination-port");
    if (!port.empty()) {
        const auto number = whole_number(port, 65535);
        if (!number) {
            return tl::make_unexpected(error(17, {fmt::format(" test -> {} -> destination-port is invalid", command)}));
        }
        flow.port = static_cast<std::uint16_t>(*number);
    }
    return flow;
}

// One value stands as text, several as members; nothing is `any`.
std::string field(std::string_view name, const std::vector<std::string>& values) {
    if (values.size() < 2) {
        return fmt::format("<{0}>{1}</{0}>", name, values.empty() ? "any" : escaped_text(values.front()));
    }
    std::string out = fmt::format("<{}>", name);
    for (const std::string& each : values) {
        out += "<member>" + escaped_text(each) + "</member>";
    }
    return out + fmt::format("</{}>", name);
}

// "0:any/any/any/any": number, application, protocol, source port, destination port
std::vector<std::string> application_services(const Node& entry) {
    std::vector<std::string> shown;
    for (const std::string& application : members_of(entry, "application")) {
        for (const std::string& service : members_of(entry, "service")) {
            if (shown.size() < services_shown_max) {
                const std::string port = service == "application-default" ? "app-default" : service;
                shown.push_back(fmt::format("{}:{}/any/any/{}", shown.size(), application, port));
            }
        }
    }
    return shown.empty() ? std::vector<std::string>{"0:any/any/any/any"} : shown;
}

std::string rule_in_full(const Verdict& verdict) {
    static const Node none("entry", "");
    const Node& entry = verdict.entry ? *verdict.entry : none;
    const auto list = [&entry](std::string_view name) { return members_of(entry, name); };
    const bool unreachable = entry.text_of("icmp-unreachable") == "yes";
    return fmt::format(
        "<entry name=\"{}\">{}{}{}<source-region>none</source-region>{}{}<destination-region>none</destination-region>"
        "{}{}{}<action>{}</action><icmp-unreachable>{}</icmp-unreachable><terminal>yes</terminal></entry>",
        escaped_attribute(verdict.rule),
        verdict.index == 0 ? std::string{} : fmt::format("<index>{}</index>", verdict.index),
        field("from", list("from")), field("source", list("source")), field("to", list("to")),
        field("destination", list("destination")), field("user", list("source-user")),
        field("category", list("category")), field("application_service", application_services(entry)),
        escaped_text(verdict.action), unreachable ? "yes" : "no");
}

std::string rule_before_9_0(const Verdict& verdict) {
    return verdict.index == 0 ? fmt::format("<entry>{}</entry>", escaped_text(verdict.rule))
                              : fmt::format("<entry>{}; index: {}</entry>", escaped_text(verdict.rule), verdict.index);
}

Reply test_policy_match(const OperationCall& call) {
    for (const std::string_view required : {"source", "destination", "protocol"}) {
        if (call.command.text_of(required).empty()) {
            return error(17, {fmt::format(" test -> security-policy-match -> {} is missing", required),
                              " test -> security-policy-match is invalid"});
        }
    }
    const auto flow = flow_of(call, "security-policy-match");
    if (!flow) {
        return flow.error();
    }
    std::vector<Verdict> found = call.machine.compiled().matches(*flow, call.machine.surroundings());
    if (call.command.text_of("show-all") != "yes" && found.size() > 1) {
        found.resize(1);
    }
    const bool zones = !flow->from_zone.empty() && !flow->to_zone.empty();
    std::string rules;
    for (const Verdict& verdict : found) {
        if (verdict.index == 0 && !zones) {
            continue;  // whether the default rule is that within a zone or that between zones is not known
        }
        rules += call.machine.version.at_least(9, 0) ? rule_in_full(verdict) : rule_before_9_0(verdict);
    }
    Reply reply = result(rules.empty() ? std::string{} : "<rules>" + rules + "</rules>");
    reply.body.insert(std::string_view("<response").size(), " cmd=\"status\"");
    return reply;
}

// ---- the rules in force, URLs ---------------------------------------------------------------------------------------

std::string running_rule(std::string_view name, std::size_t index, const Node& entry, std::string_view action) {
    const auto side = [&entry](std::string_view list, std::string_view negation) {
        return bracketed(members_of(entry, list)) + (entry.text_of(negation) == "yes" ? "(negate)" : "");
    };
    const std::vector<std::string> services = application_services(entry);
    std::string together = services.front();
    if (services.size() > 1) {
        together = '[';
        for (const std::string& each : services) {
            together += each + ' ';
        }
        together += ']';
    }
    return fmt::format(
        "\"{}; index: {}\" {{\n        from {};\n        source {};\n        source-region none;\n        to {};\n"
        "        destination {};\n        destination-region none;\n        user {};\n        category {};\n"
        "        application/service {};\n        action {};\n        icmp-unreachable: {}\n        terminal "
        "yes;\n}}\n\n",
        name, index, bracketed(members_of(entry, "from")), side("source", "negate-source"),
        bracketed(members_of(entry, "to")), side("destination", "negate-destination"),
        bracketed(members_of(entry, "source-user")), bracketed(members_of(entry, "category")), together, action,
        entry.text_of("icmp-unreachable") == "yes" ? "yes" : "no");
}

// The rules in force, pushed ones too, with the default ones behind them.
Reply show_running_policy(const OperationCall& call) {
    static const Node none("entry", "");
    std::string out;
    for (const Scope& scope : scopes_of(call.machine.enforced_configuration())) {
        if (scope.shared() || (!call.session.vsys.empty() && scope.vsys() != call.session.vsys)) {
            continue;
        }
        std::size_t index = 0;
        if (const NodePtr rules = node_at(scope.node, container_steps(Kind::security_rule))) {
            rules->children().each([&](const Child& rule) {
                if (rule.node->text_of("disabled") != "yes") {
                    out += running_rule(rule.node->value(), ++index, *rule.node, rule.node->text_of("action"));
                }
                return true;
            });
        }
        const Node* const overridden = [&scope]() -> const Node* {
            const Node* const base = scope.node->child("rulebase");
            const Node* const defaults = base == nullptr ? nullptr : base->child("default-security-rules");
            return defaults == nullptr ? nullptr : defaults->child("rules");
        }();
        for (const auto& [name, action] : {std::pair{"intrazone-default", "allow"}, {"interzone-default", "deny"}}) {
            const Node* const own = overridden == nullptr ? nullptr : overridden->child("entry", name);
            const std::string_view said = own == nullptr ? std::string_view{} : own->text_of("action");
            out += running_rule(name, ++index, none, said.empty() ? action : said);
        }
    }
    return result("<member>" + escaped_text(out) + "</member>");
}

// The mock has no URL database and no cloud: what a device without them says.
Reply test_url(const OperationCall& call) {
    const std::string& url = call.command.text;
    if (url.empty() || url.find('*') != std::string::npos) {
        return error(17, {" test -> url is invalid"});
    }
    return result(fmt::format("{0} not-resolved (Base db) expires in 0 seconds\n{0} cloud-unavailable (Cloud db)\n",
                              escaped_text(url)));
}

// demisto/content looks for this sentence, in a success.
Reply test_url_in_cloud(const OperationCall& call) {
    if (call.command.text.empty()) {
        return error(17, {" test -> url-info-cloud is invalid"});
    }
    return result("Failed to query the cloud\n");
}

Reply test_url_in_cache(const OperationCall& call) {
    if (call.command.text.empty()) {
        return error(17, {" test -> url-info-host is invalid"});
    }
    return result(escaped_text(fmt::format("{}: not found in the management plane's cache\n", call.command.text)));
}

std::string to_interface_of(const NodePtr& configuration, std::string_view vsys, std::string_view base,
                            std::string_view rule) {
    for (const Scope& scope : scopes_of(configuration)) {
        if (!scope.shared() && scope.vsys() == vsys) {
            const NodePtr rules = node_at(scope.node, std::vector<std::string>{"rulebase", std::string(base), "rules"});
            const Node* const entry = rules ? rules->child("entry", rule) : nullptr;
            return entry == nullptr ? std::string{} : std::string(entry->text_of("to-interface"));
        }
    }
    return {};
}

// The first rule of another rulebase that the flow meets, by its name alone. Of NAT rules the interface that the flow
// leaves by counts too, when the question names one.
Reply test_other_match(const OperationCall& call) {
    const std::string& command = call.command.name;
    const std::string base = command.substr(0, command.find("-policy-match"));
    const auto flow = flow_of(call, command);
    if (!flow) {
        return flow.error();
    }
    const NodePtr& enforced = call.machine.enforced_configuration();
    const std::string leaves = call.command.text_of("to-interface");
    for (const Verdict& verdict :
         Policy::compile(as_security_rules(enforced, base))->matches(*flow, call.machine.surroundings())) {
        if (verdict.index == 0) {
            break;
        }
        const std::string only = to_interface_of(enforced, flow->vsys, base, verdict.rule);
        if (leaves.empty() || only.empty() || only == "any" || only == leaves) {
            return result(fmt::format("<rules>\n\t<entry>{}</entry>\n</rules>", escaped_text(verdict.rule)));
        }
    }
    return result("");
}

// ---- rule-hit-count -------------------------------------------------------------------------------------------------

struct AskedRules {
    std::string vsys;
    std::string base;                // "security", "nat", ...
    const Element* rules = nullptr;  // <all/>, <list><member>.. or <rule-name><entry name=..>
};

// <vsys><vsys-name><entry name=".."><rule-base><entry name=".."><rules>..
std::optional<AskedRules> asked_rules(const Element& command) {
    AskedRules asked;
    const Element* at = &command;
    for (const std::string_view step : {"vsys", "vsys-name", "entry", "rule-base", "entry", "rules"}) {
        at = at->child(step);
        if (at == nullptr) {
            return std::nullopt;
        }
        if (step == "entry") {
            (asked.vsys.empty() ? asked.vsys : asked.base) = std::string(at->attribute("name"));
        }
    }
    asked.rules = at;
    const bool known = at->children.size() == 1 && (at->child("all") != nullptr || at->child("list") != nullptr ||
                                                    at->child("rule-name") != nullptr);
    return known && !asked.vsys.empty() && !asked.base.empty() ? std::optional(asked) : std::nullopt;
}

std::vector<std::string> rule_names(const NodePtr& running, const AskedRules& asked) {
    std::vector<std::string> names;
    for (const Scope& scope : scopes_of(running)) {
        if (scope.shared() || scope.vsys() != asked.vsys) {
            continue;
        }
        if (const NodePtr rules = node_at(scope.node, std::vector<std::string>{"rulebase", asked.base, "rules"})) {
            rules->children().each([&names](const Child& child) {
                names.push_back(child.node->value());
                return true;
            });
        }
        if (asked.base == "security") {
            names.insert(names.end(), {"intrazone-default", "interzone-default"});
        }
    }
    if (asked.rules->child("all") != nullptr) {
        return names;
    }
    std::vector<std::string> wanted;
    const Element* list = asked.rules->child("list");
    for (const Element& each : (list != nullptr ? list : asked.rules->child("rule-name"))->children) {
        wanted.push_back(list != nullptr ? each.text : std::string(each.attribute("name")));
    }
    std::erase_if(names, [&wanted](const std::string& name) {
        return std::find(wanted.begin(), wanted.end(), name) == wanted.end();
    });
    return names;
}

std::int64_t seconds(const std::optional<Instant>& at) {
    return at ? std::chrono::floor<std::chrono::seconds>(*at).time_since_epoch().count() : 0;
}

// The rules of a rulebase by whether traffic met them; from 8.1 on what is asked stands in <highlight>: pan-os-php.
Reply show_rule_use(const OperationCall& call) {
    const bool wrapped = call.machine.version.at_least(8, 1);
    const Element* const asked = wrapped ? call.command.child("highlight") : &call.command;
    if (asked == nullptr || (!wrapped && call.command.child("highlight") != nullptr)) {
        return error(17, unexpected_lines({"show", "running", "rule-use",
                                           asked == nullptr && !call.command.children.empty()
                                               ? call.command.children.front().name
                                               : "highlight"}));
    }
    const std::string type = asked->text_of("type");
    if (type != "used" && type != "unused") {
        return error(
            17, {fmt::format(" show -> running -> rule-use -> type '{}' is not an allowed keyword", escaped_line(type)),
                 " show -> running -> rule-use is invalid"});
    }
    Element all;
    all.children.emplace_back().name = "all";
    const AskedRules rules{asked->text_of("vsys"), asked->text_of("rule-base"), &all};
    std::string out;
    for (const std::string& name : rule_names(call.machine.configuration.running(), rules)) {
        const bool used = rules.base == "security" && call.machine.hits.of(rules.vsys, name).count > 0;
        if (used == (type == "used") && name != "intrazone-default" && name != "interzone-default") {
            out += "<entry>" + escaped_text(name) + "</entry>";
        }
    }
    return result(out.empty() ? "<rules/>" : "<rules>" + out + "</rules>");
}

Reply bad_rules(std::string_view verb) {
    return error(17, {fmt::format(" {} -> rule-hit-count -> vsys is invalid", verb),
                      fmt::format(" {} -> rule-hit-count  is unexpected", verb)});
}

Reply show_hits(const OperationCall& call) {
    const auto asked = asked_rules(call.command);
    if (!asked || !call.machine.version.at_least(8, 1)) {
        return asked ? error(17, unexpected_lines({"show", "rule-hit-count"})) : bad_rules("show");
    }
    std::string out;
    for (const std::string& name : rule_names(call.machine.configuration.running(), *asked)) {
        const RuleHit hit = asked->base == "security" ? call.machine.hits.of(asked->vsys, name) : RuleHit{};
        out += fmt::format(
            "<entry name=\"{}\"><latest>yes</latest><hit-count>{}</hit-count><last-hit-timestamp>{}"
            "</last-hit-timestamp><last-reset-timestamp>{}</last-reset-timestamp><first-hit-timestamp>{}"
            "</first-hit-timestamp><rule-creation-timestamp>{}</rule-creation-timestamp>"
            "<rule-modification-timestamp>{}</rule-modification-timestamp></entry>",
            escaped_attribute(name), hit.count, seconds(hit.last), seconds(hit.reset), seconds(hit.first),
            seconds(hit.created), seconds(hit.modified));
    }
    return result(
        fmt::format("<rule-hit-count><vsys><entry name=\"{}\"><rule-base><entry name=\"{}\"><rules>{}</rules></entry>"
                    "</rule-base></entry></vsys></rule-hit-count>",
                    escaped_attribute(asked->vsys), escaped_attribute(asked->base), out));
}

Reply clear_hits(const OperationCall& call) {
    const auto asked = asked_rules(call.command);
    if (!asked || !call.machine.version.at_least(8, 1)) {
        return asked ? error(17, unexpected_lines({"clear", "rule-hit-count"})) : bad_rules("clear");
    }
    for (const std::string& name : rule_names(call.machine.configuration.running(), *asked)) {
        call.machine.hits.reset(asked->vsys, name, call.session.now);
    }
    return result("Succeeded to reset rule hit count for specified rules");
}

constexpr std::string_view match_arguments =
    "source destination destination-port protocol from to application source-user category show-all";
constexpr std::string_view other_arguments =
    "source destination destination-port source-port protocol from to application source-user category "
    "ha-device-id to-interface from-interface codepoint-type codepoint-value url-category";

constexpr Operation policy_commands[] = {
    {"test security-policy-match", match_arguments, test_policy_match},
    {"test nat-policy-match", other_arguments, test_other_match},
    {"test qos-policy-match", other_arguments, test_other_match},
    {"test pbf-policy-match", other_arguments, test_other_match},
    {"test decryption-policy-match", other_arguments, test_other_match},
    {"test authentication-policy-match", other_arguments, test_other_match},
    {"test dos-policy-match", other_arguments, test_other_match},
    {"show running security-policy", "", show_running_policy, Has::firewall},
    {"show running rule-use", "rule-base type vsys highlight", show_rule_use, Has::firewall},
    {"test url", "", test_url, Has::firewall},
    {"test url-info-cloud", "", test_url_in_cloud, Has::firewall},
    {"test url-info-host", "", test_url_in_cache, Has::firewall},
    {"show rule-hit-count", "vsys", show_hits},
    {"clear rule-hit-count", "vsys", clear_hits},
};

}  // namespace

std::span<const Operation> policy_operations() {
    return policy_commands;
}

}  // namespace sim::panos
