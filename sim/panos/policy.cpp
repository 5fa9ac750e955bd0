#include "sim/panos/policy.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "sim/panos/address.hpp"
#include "sim/panos/place.hpp"

namespace sim::panos {
namespace {

struct IpHash {
    std::size_t operator()(const Ip& ip) const noexcept {
        std::uint64_t hash = ip.v6 ? 1469598103934665603ULL : 14695981039346656037ULL;
        for (const std::uint8_t byte : ip.bytes) {
            hash = (hash ^ byte) * 1099511628211ULL;
        }
        return static_cast<std::size_t>(hash);
    }
};

/// An end of a flow as the rules look at it.
struct End {
    std::optional<Ip> ip;
    std::string name;  // lower case, when it is no address

    explicit End(std::string_view text) : ip(parse_ip(text)) {
        if (!ip) {
            name = lower_case(text);
        }
    }
};

/// All addresses that one member of a rule stands for, each with the way by which it got in.
struct AddressSet {
    std::unordered_map<Ip, std::string, IpHash> hosts;
    std::vector<std::pair<IpRange, std::string>> ranges;
    std::vector<std::pair<IpWildcard, std::string>> wildcards;
    std::unordered_map<std::string, std::string> names;

    void add(const IpRange& range, const std::string& way) {
        if (range.first == range.last) {
            hosts.emplace(range.first, way);
        } else {
            ranges.emplace_back(range, way);
        }
    }

    void add_object(const Node& object, const std::string& way) {
        if (const auto range = parse_netmask(object.text_of("ip-netmask"))) {
            add(*range, way);
        } else if (const auto ends = parse_range(object.text_of("ip-range"))) {
            add(*ends, way);
        } else if (const auto wildcard = parse_wildcard(object.text_of("ip-wildcard"))) {
            wildcards.emplace_back(*wildcard, way);
        } else if (const std::string_view name = object.text_of("fqdn"); !name.empty()) {
            names.emplace(lower_case(name), way);
        }
    }

    const std::string* find(const End& end) const {
        if (!end.ip) {
            const auto at = names.find(end.name);
            return at == names.end() ? nullptr : &at->second;
        }
        if (const auto at = hosts.find(*end.ip); at != hosts.end()) {
            return &at->second;
        }
        for (const auto& [range, way] : ranges) {
            if (range.contains(*end.ip)) {
                return &way;
            }
        }
        for (const auto& [wildcard, way] : wildcards) {
            if (wildcard.contains(*end.ip)) {
                return &way;
            }
        }
        return nullptr;
    }
};

using SetPtr = std::shared_ptr<const AddressSet>;

struct Side {
    bool any = false;
    bool negated = false;
    std::vector<SetPtr> members;

    /// What the end matched, or nothing.
    std::optional<std::string> match(const End& end) const {
        if (any) {
            return "any";
        }
        for (const SetPtr& member : members) {
            if (const std::string* way = member->find(end)) {
                return negated ? std::nullopt : std::optional(*way);
            }
        }
        return negated && (end.ip || !end.name.empty()) ? std::optional<std::string>("negated") : std::nullopt;
    }
};

struct PortRange {
    std::uint16_t first = 0;
    std::uint16_t last = 0;
};

struct Services {
    bool any = false;
    std::vector<std::pair<std::string, PortRange>> ports;  // protocol and destination ports

    bool match(const Flow& flow) const {
        return any || (flow.port && std::any_of(ports.begin(), ports.end(), [&flow](const auto& each) {
                           return each.first == flow.protocol && each.second.first <= *flow.port &&
                                  *flow.port <= each.second.last;
                       }));
    }
};

struct Rule {
    std::string name;
    std::string action;
    std::set<std::string> from;
    std::set<std::string> to;
    Side source;
    Side destination;
    Services services;
    std::set<std::string> applications;

    bool zones_match(const Flow& flow) const {
        return (from.contains("any") || from.contains(flow.from_zone)) &&
               (to.contains("any") || to.contains(flow.to_zone));
    }
    bool any_application() const { return applications.contains("any"); }
    bool allows() const { return action == "allow"; }
};

std::set<std::string> members_of(const Node& object, std::string_view list) {
    std::set<std::string> members;
    if (const Node* node = object.child(list)) {
        node->children().each([&members](const Child& child) { return members.insert(child.node->value()), true; });
    }
    return members;
}

/// Builds the rules of one scope.
class Compiler {
public:
    Compiler(NodePtr scope, NodePtr shared) : scope_(std::move(scope)), shared_(std::move(shared)) {}

    std::vector<Rule> rules() {
        std::vector<Rule> out;
        const NodePtr container = node_at(scope_, container_steps(Kind::security_rule));
        if (!container) {
            return out;
        }
        container->children().each([&](const Child& child) {
            if (child.node->is_entry() && child.node->text_of("disabled") != "yes") {
                out.push_back(rule(*child.node));
            }
            return true;
        });
        return out;
    }

private:
    NodePtr scope_;
    NodePtr shared_;
    std::map<std::string, SetPtr> groups_;

    const Node* find(Kind kind, std::string_view name) const {
        for (const NodePtr& scope : {scope_, shared_}) {
            const Node* container = scope ? scope->child(kind_name(kind)) : nullptr;
            const Node* found = container == nullptr ? nullptr : container->child("entry", name);
            if (found != nullptr) {
                return found;
            }
        }
        return nullptr;
    }

    Rule rule(const Node& entry) {
        Rule rule;
        rule.name = entry.value();
        rule.action = std::string(entry.text_of("action"));
        rule.from = members_of(entry, "from");
        rule.to = members_of(entry, "to");
        rule.source = side(entry, "source", "negate-source");
        rule.destination = side(entry, "destination", "negate-destination");
        rule.services = services(entry);
        rule.applications = members_of(entry, "application");
        return rule;
    }

    Side side(const Node& entry, std::string_view list, std::string_view negation) {
        Side side;
        side.negated = entry.text_of(negation) == "yes";
        for (const std::string& name : members_of(entry, list)) {
            if (name == "any") {
                side.any = true;
            } else {
                side.members.push_back(member(name));
            }
        }
        return side;
    }

    SetPtr member(const std::string& name) {
        if (const auto at = groups_.find(name); at != groups_.end()) {
            return at->second;
        }
        auto set = std::make_shared<AddressSet>();
        std::set<std::string> seen;
        add(*set, name, "", seen);
        groups_.emplace(name, set);
        return set;
    }

    void add(AddressSet& set, const std::string& name, const std::string& through, std::set<std::string>& seen) {
        const std::string way = through.empty() ? name : through + " -> " + name;
        if (const Node* object = find(Kind::address, name)) {
            set.add_object(*object, way);
            return;
        }
        if (const Node* group = find(Kind::address_group, name)) {
            const Node* list = group->child("static");
            if (list == nullptr || !seen.insert(name).second) {
                return;
            }
            list->children().each([&](const Child& child) {
                add(set, child.node->value(), way, seen);
                return true;
            });
            return;
        }
        if (const auto range = parse_netmask(name)) {
            set.add(*range, way);
        } else if (const auto ends = parse_range(name)) {
            set.add(*ends, way);
        }
    }

    Services services(const Node& entry) {
        Services services;
        std::set<std::string> seen;
        for (const std::string& name : members_of(entry, "service")) {
            add_service(services, name, seen);
        }
        return services;
    }

    void add_service(Services& services, const std::string& name, std::set<std::string>& seen) {
        if (name == "any" || name == "application-default") {
            services.any = true;
        } else if (name == "service-http") {
            services.ports.push_back({"tcp", {80, 80}});
            services.ports.push_back({"tcp", {8080, 8080}});
        } else if (name == "service-https") {
            services.ports.push_back({"tcp", {443, 443}});
        } else if (const Node* group = find(Kind::service_group, name); group != nullptr && seen.insert(name).second) {
            for (const std::string& member : members_of(*group, "members")) {
                add_service(services, member, seen);
            }
        } else if (const Node* service = find(Kind::service, name)) {
            add_ports(services, *service);
        }
    }

    static void add_ports(Services& services, const Node& service) {
        const Node* protocols = service.child("protocol");
        if (protocols == nullptr) {
            return;
        }
        protocols->children().each([&services](const Child& child) {
            std::string_view left = child.node->text_of("port");
            while (!left.empty()) {
                const std::string_view part = left.substr(0, left.find(','));
                left.remove_prefix(std::min(left.size(), part.size() + 1));
                const std::size_t dash = part.find('-');
                const auto first = port(part.substr(0, dash));
                const auto last = dash == std::string_view::npos ? first : port(part.substr(dash + 1));
                if (first && last) {
                    services.ports.push_back({child.node->tag(), {*first, *last}});
                }
            }
            return true;
        });
    }

    static std::optional<std::uint16_t> port(std::string_view text) {
        std::uint16_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return error == std::errc{} && end == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                         : std::nullopt;
    }
};

class Compiled final : public Policy {
public:
    explicit Compiled(const NodePtr& configuration) {
        const NodePtr shared = configuration->child_ptr("shared");
        for (const Scope& scope : scopes_of(configuration)) {
            if (!scope.shared()) {
                rules_.emplace(scope.vsys(), Compiler(scope.node, shared).rules());
            }
        }
    }

    Verdict verdict(const Flow& flow) const override {
        const End from(flow.from);
        const End to(flow.to);
        for (const Rule& rule : rules_of(flow.vsys)) {
            const bool application = rule.any_application() || rule.applications.contains(flow.application);
            if (!rule.zones_match(flow) || !application || !rule.services.match(flow)) {
                continue;
            }
            const auto source = rule.source.match(from);
            const auto destination = source ? rule.destination.match(to) : std::nullopt;
            if (destination) {
                return Verdict{rule.allows(), rule.name, rule.action, *destination == "any" ? *source : *destination};
            }
        }
        const bool inside = flow.from_zone == flow.to_zone;
        return Verdict{inside, inside ? "intrazone-default" : "interzone-default", inside ? "allow" : "deny", ""};
    }

    bool blocks(std::string_view indicator) const override {
        Flow flow;
        const End to(indicator);
        for (const Rule& rule : rules_of(flow.vsys)) {
            if (!rule.zones_match(flow)) {
                continue;
            }
            const auto destination = rule.destination.match(to);
            if (!destination) {
                continue;
            }
            const bool everyone = rule.source.any && rule.services.any && rule.any_application();
            if (everyone || rule.allows()) {
                return !rule.allows() && *destination != "any" && *destination != "negated";
            }
        }
        return false;
    }

private:
    std::map<std::string, std::vector<Rule>, std::less<>> rules_;

    const std::vector<Rule>& rules_of(std::string_view vsys) const {
        static const std::vector<Rule> none;
        const auto at = rules_.find(vsys);
        return at == rules_.end() ? none : at->second;
    }
};

}  // namespace

std::shared_ptr<const Policy> Policy::compile(const NodePtr& configuration) {
    return std::make_shared<const Compiled>(configuration);
}

}  // namespace sim::panos
