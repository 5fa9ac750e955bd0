#include "sim/panos/policy/policy.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "sim/panos/policy/application_port.hpp"
#include "sim/panos/policy/external_list.hpp"
#include "sim/panos/policy/registration.hpp"
#include "sim/panos/policy/rule_schedule.hpp"
#include "sim/panos/policy/scope_objects.hpp"
#include "sim/panos/policy/security_rule.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/whole_number.hpp"

namespace sim::panos {
namespace {

constexpr int group_depth_max = 64;  // of groups in groups; deeper ones are not looked into

using SeenGroups = std::unordered_set<const Node*>;

bool has_tag(const Node& object, std::string_view tag) {
    const Node* tags = object.child("tag");
    return tags != nullptr && tags->child("member", tag) != nullptr;
}

/// An address object that an end of the flow is one of.
struct Seen {
    const Node* object = nullptr;
    bool shared = false;
};

/// An end of a flow as the rules look at it.
struct End {
    std::optional<Ip> ip;
    std::string name;  // lower case, when it is no address
    std::vector<Seen> objects;

    bool known() const { return ip || !name.empty(); }
};

}  // namespace

// ---- the policy -----------------------------------------------------------------------------------------------------

struct Policy::Inside {
    struct Vsys {
        ScopeObjects own;
        NodePtr rules;
        NodePtr defaults;
        std::vector<std::shared_ptr<const SecurityRule>> all;
        std::unordered_map<const Node*, std::shared_ptr<const SecurityRule>> by_entry;
    };

    NodePtr root;
    ScopeObjects shared;
    std::map<std::string, Vsys, std::less<>> vsys;
    std::size_t rules_read = 0;

    void follow(const NodePtr& configuration) {
        if (configuration == root) {
            return;
        }
        root = configuration;
        std::set<std::string> present;
        NodePtr common;
        for (const Scope& scope : scopes_of(root)) {
            if (scope.shared()) {
                common = scope.node;
            } else {
                present.insert(scope.vsys());
                Vsys& each = vsys[scope.vsys()];
                each.own.follow(scope.node);
                follow_rules(each, node_at(scope.node, container_steps(Kind::security_rule)));
                each.defaults =
                    node_at(scope.node, std::vector<std::string>{"rulebase", "default-security-rules", "rules"});
            }
        }
        shared.follow(common);
        std::erase_if(vsys, [&present](const auto& each) { return !present.contains(each.first); });
    }

    void follow_rules(Vsys& into, const NodePtr& rules) {
        if (rules == into.rules) {
            return;
        }
        into.rules = rules;
        into.all.clear();
        std::unordered_map<const Node*, std::shared_ptr<const SecurityRule>> kept;
        if (rules) {
            rules->children().each([&](const Child& child) {
                if (!child.node->is_entry()) {
                    return true;
                }
                const auto at = into.by_entry.find(child.node.get());
                std::shared_ptr<const SecurityRule> rule = at == into.by_entry.end() ? nullptr : at->second;
                if (!rule) {
                    rule = std::make_shared<const SecurityRule>(child.node);
                    ++rules_read;
                }
                kept.emplace(child.node.get(), rule);
                into.all.push_back(std::move(rule));
                return true;
            });
        }
        into.by_entry = std::move(kept);
    }
};

namespace {

/// One question to the policy, in one vsys.
class Question {
public:
    Question(ScopeObjects& own, ScopeObjects& shared, std::string_view vsys, const Surroundings& around)
        : own_(own), shared_(shared), vsys_(vsys), around_(around) {}

    End end(std::string_view text) const {
        End end;
        end.ip = parse_ip(text);
        if (!end.ip) {
            end.name = lower_case(text);
        }
        for (const bool shared : {false, true}) {
            const ObjectIndex& index = (shared ? shared_ : own_).objects();
            for (const Node* object : end.ip ? index.holding(*end.ip, around_.names) : index.named(end.name)) {
                end.objects.push_back({object, shared});
            }
        }
        return end;
    }

    /// What the end matched, or nothing.
    std::optional<std::string> match(const RuleSide& side, const End& end) {
        if (side.any) {
            return "any";
        }
        for (const RuleSide::Member& member : side.members) {
            if (auto way = match(member, end)) {
                return side.negated ? std::nullopt : way;
            }
        }
        return side.negated && end.known() ? std::optional<std::string>("negated") : std::nullopt;
    }

    bool in_force(const SecurityRule& rule) const {
        if (rule.disabled || rule.asks_hosts) {
            return false;
        }
        if (rule.schedule.empty()) {
            return true;
        }
        const Node* schedule = find("schedule", rule.schedule);
        return schedule != nullptr && around_.now && schedule_holds(*schedule, *around_.now);
    }

    bool services_match(const SecurityRule& rule, const Flow& flow) const {
        std::set<const Node*> seen;
        return std::any_of(rule.services.begin(), rule.services.end(),
                           [&](const std::string& name) { return service_matches(name, flow, seen); });
    }

    bool user_matches(const SecurityRule& rule, const Flow& flow) const {
        if (restricts_nothing(rule.users)) {
            return true;
        }
        std::optional<std::string> user;
        if (!flow.user.empty()) {
            user = flow.user;
        } else if (around_.registration != nullptr) {
            user = around_.registration->user_at(vsys_, flow.from);
        }
        return std::any_of(rule.users.begin(), rule.users.end(), [&](const std::string& wanted) {
            if (wanted == "unknown" || wanted == "known-user") {
                return user.has_value() == (wanted == "known-user");
            }
            if (!user) {
                return false;
            }
            const std::string name = lower_case(*user);
            if (lower_case(wanted) == name || around_.registration == nullptr) {
                return lower_case(wanted) == name;
            }
            const std::vector<std::string> group = around_.registration->members(vsys_, wanted);
            return std::any_of(group.begin(), group.end(),
                               [&name](const std::string& each) { return lower_case(each) == name; });
        });
    }

    bool category_matches(const SecurityRule& rule, const Flow& flow) const {
        if (restricts_nothing(rule.categories)) {
            return true;
        }
        return std::any_of(rule.categories.begin(), rule.categories.end(), [&](const std::string& name) {
            if (name == flow.category) {
                return true;
            }
            const ExternalList* list = around_.lists == nullptr ? nullptr : around_.lists->seen_from(vsys_, name);
            return list != nullptr && list->kind == ListKind::url && !flow.url.empty() &&
                   list->holds(flow.url) != nullptr;
        });
    }

    /// The dynamic groups that the name leads to.
    void collect(const std::string& name, std::set<std::pair<bool, const Node*>>& into) {
        const auto [group, shared] = group_seen(name, false);
        if (group != nullptr) {
            SeenGroups seen;
            collect(*group, shared, into, seen, 0);
        }
    }

    bool takes(const TagFilter& filter, const Node& object) const {
        return filter.matches([&object](std::string_view tag) { return has_tag(object, tag); });
    }
    bool takes(const TagFilter& filter, const RegisteredAddress& address) const {
        return filter.matches([&address](std::string_view tag) { return address.has(tag); });
    }

private:
    ScopeObjects& own_;
    ScopeObjects& shared_;
    std::string_view vsys_;
    const Surroundings& around_;

    // A group and whether it is a shared one; shared groups see shared names only.
    std::pair<const Node*, bool> group_seen(std::string_view name, bool from_shared) const {
        if (!from_shared) {
            if (const Node* group = own_.group(name)) {
                return {group, false};
            }
            if (own_.has_name(name)) {
                return {nullptr, false};
            }
        }
        return {shared_.group(name), true};
    }

    bool visible(const Seen& seen, bool from_shared) const {
        return seen.shared ? from_shared || !own_.has_name(seen.object->value()) : !from_shared;
    }

    const Node* find(std::string_view container, std::string_view name) const {
        const Node* own = own_.find(container, name);
        return own != nullptr ? own : shared_.find(container, name);
    }

    std::optional<std::string> match(const RuleSide::Member& member, const End& end) {
        for (const Seen& seen : end.objects) {
            if (seen.object->value() == member.name && visible(seen, false)) {
                return member.name;
            }
        }
        const auto [group, shared] = group_seen(member.name, false);
        if (group != nullptr) {
            SeenGroups seen;
            const auto way = match(*group, shared, end, seen, 0);
            return way ? std::optional(member.name + " -> " + *way) : std::nullopt;
        }
        if (!end.ip) {
            return std::nullopt;
        }
        if (member.literal) {
            const bool named = own_.has_name(member.name) || shared_.has_name(member.name);
            return !named && member.literal->contains(*end.ip) ? std::optional(member.name) : std::nullopt;
        }
        const ExternalList* list = around_.lists == nullptr ? nullptr : around_.lists->seen_from(vsys_, member.name);
        const std::string* entry = list == nullptr ? nullptr : list->holds(*end.ip);
        return entry == nullptr ? std::nullopt : std::optional(member.name + " -> " + *entry);
    }

    // The way from the group to what the end is, without the group's own name.
    std::optional<std::string> match(const Node& group, bool shared, const End& end, SeenGroups& seen, int depth) {
        if (depth > group_depth_max || !seen.insert(&group).second) {
            return std::nullopt;
        }
        if (const Node* list = group.child("static")) {
            for (const Seen& each : end.objects) {
                if (list->child("member", each.object->value()) != nullptr && visible(each, shared)) {
                    return each.object->value();
                }
            }
            for (const std::string& name : nested(group, shared)) {
                const auto [inner, inner_shared] = group_seen(name, shared);
                const auto way = inner == nullptr ? std::nullopt : match(*inner, inner_shared, end, seen, depth + 1);
                if (way) {
                    return name + " -> " + *way;
                }
            }
            return std::nullopt;
        }
        return match_dynamic(group, shared, end);
    }

    const std::vector<std::string>& nested(const Node& group, bool shared) {
        return shared ? shared_.nested(group, nullptr) : own_.nested(group, &shared_);
    }

    std::optional<std::string> match_dynamic(const Node& group, bool shared, const End& end) {
        const TagFilter* filter = (shared ? shared_ : own_).filter(group);
        if (filter == nullptr) {
            return std::nullopt;
        }
        for (const Seen& each : end.objects) {
            if (visible(each, shared) && takes(*filter, *each.object)) {
                return each.object->value();
            }
        }
        std::optional<std::string> found;
        if (end.ip && around_.registration != nullptr) {
            around_.registration->each_covering(vsys_, *end.ip, [&](const RegisteredAddress& address) {
                if (takes(*filter, address)) {
                    found = address.text;
                }
                return !found;
            });
        }
        return found;
    }

    void collect(const Node& group, bool shared, std::set<std::pair<bool, const Node*>>& into, SeenGroups& seen,
                 int depth) {
        if (depth > group_depth_max || !seen.insert(&group).second) {
            return;
        }
        if (group.child("static") == nullptr) {
            into.emplace(shared, &group);
            return;
        }
        for (const std::string& name : nested(group, shared)) {
            const auto [inner, inner_shared] = group_seen(name, shared);
            if (inner != nullptr) {
                collect(*inner, inner_shared, into, seen, depth + 1);
            }
        }
    }

    bool service_matches(const std::string& name, const Flow& flow, std::set<const Node*>& seen) const {
        const auto is = [&flow](std::string_view protocol, std::uint16_t first, std::uint16_t last) {
            return flow.port && flow.protocol == protocol && first <= *flow.port && *flow.port <= last;
        };
        if (name == "any") {
            return true;
        }
        if (name == "application-default") {
            return on_default_port(flow);
        }
        if (const Node* group = find(kind_name(Kind::service_group), name)) {
            const std::vector<std::string> members = members_of(*group, "members");
            return seen.insert(group).second && std::any_of(members.begin(), members.end(), [&](const auto& member) {
                       return service_matches(member, flow, seen);
                   });
        }
        if (const Node* service = find(kind_name(Kind::service), name)) {
            return service_holds(*service, is);
        }
        return (name == "service-http" && (is("tcp", 80, 80) || is("tcp", 8080, 8080))) ||
               (name == "service-https" && is("tcp", 443, 443));
    }

    // What is not known of the flow or the application excludes nothing.
    static bool on_default_port(const Flow& flow) {
        if (!flow.port || !application_is_known(flow.application)) {
            return true;
        }
        const auto ports = default_ports(flow.application);
        return std::any_of(ports.begin(), ports.end(), [&flow](const ApplicationPort& each) {
            return each.port == *flow.port && (flow.protocol.empty() || flow.protocol == each.protocol);
        });
    }

    template <class Is>
    static bool service_holds(const Node& service, const Is& is) {
        const Node* protocols = service.child("protocol");
        bool holds = false;
        if (protocols != nullptr) {
            protocols->children().each([&](const Child& child) {
                std::string_view left = child.node->text_of("port");
                while (!left.empty() && !holds) {
                    const std::string_view part = left.substr(0, left.find(','));
                    left.remove_prefix(std::min(left.size(), part.size() + 1));
                    const std::size_t dash = part.find('-');
                    const auto first = port(part.substr(0, dash));
                    const auto last = dash == std::string_view::npos ? first : port(part.substr(dash + 1));
                    holds = first && last && is(child.node->tag(), *first, *last);
                }
                return !holds;
            });
        }
        return holds;
    }

    static std::optional<std::uint16_t> port(std::string_view text) {
        const auto value = whole_number(text, 65535);
        return value ? std::optional(static_cast<std::uint16_t>(*value)) : std::nullopt;
    }
};

Verdict default_verdict(const Flow& flow, const NodePtr& overrides) {
    const bool inside = flow.from_zone == flow.to_zone;
    const std::string name = inside ? "intrazone-default" : "interzone-default";
    Verdict verdict{inside, name, inside ? "allow" : "deny", ""};
    if (const NodePtr entry = overrides ? overrides->child_ptr("entry", name) : nullptr) {
        verdict.entry = entry;
        if (const std::string_view action = entry->text_of("action"); !action.empty()) {
            verdict.action = std::string(action);
            verdict.allowed = action == "allow";
        }
    }
    return verdict;
}

// Calls tell(verdict) for the rules that match, in order, and for the default rule; false from it ends the walk.
template <class Vsys, class Tell>
void each_match(Vsys& in, Question& question, const Flow& flow, Tell tell) {
    const End from = question.end(flow.from);
    const End to = question.end(flow.to);
    std::size_t index = 0;
    for (const auto& rule : in.all) {
        ++index;
        const bool application =
            has_member(rule->applications, "any") || has_member(rule->applications, flow.application);
        if (!application || !rule->zones_match(flow) || !question.in_force(*rule) ||
            !question.services_match(*rule, flow)) {
            continue;
        }
        const auto source = question.match(rule->source, from);
        const auto destination = source ? question.match(rule->destination, to) : std::nullopt;
        if (!destination || !question.user_matches(*rule, flow) || !question.category_matches(*rule, flow)) {
            continue;
        }
        if (!tell(Verdict{rule->allows(), rule->name, rule->action, *destination == "any" ? *source : *destination,
                          index, rule->entry})) {
            return;
        }
    }
    tell(default_verdict(flow, in.defaults));
}

}  // namespace

Policy::Policy() : inside_(std::make_unique<Inside>()) {}
Policy::~Policy() = default;

std::shared_ptr<Policy> Policy::compile(const NodePtr& configuration) {
    auto policy = std::make_shared<Policy>();
    policy->follow(configuration);
    return policy;
}

void Policy::follow(const NodePtr& configuration) {
    inside_->follow(configuration);
}

std::vector<Verdict> Policy::matches(const Flow& flow, const Surroundings& around) const {
    std::vector<Verdict> all;
    const auto at = inside_->vsys.find(flow.vsys);
    if (at == inside_->vsys.end()) {
        return {default_verdict(flow, nullptr)};
    }
    Question question(at->second.own, inside_->shared, flow.vsys, around);
    each_match(at->second, question, flow, [&all](Verdict verdict) {
        all.push_back(std::move(verdict));
        return true;
    });
    return all;
}

Verdict Policy::verdict(const Flow& flow, const Surroundings& around) const {
    const auto at = inside_->vsys.find(flow.vsys);
    if (at == inside_->vsys.end()) {
        return default_verdict(flow, nullptr);
    }
    Verdict found;
    Question question(at->second.own, inside_->shared, flow.vsys, around);
    each_match(at->second, question, flow, [&found](Verdict verdict) {
        found = std::move(verdict);
        return false;
    });
    return found;
}

bool Policy::blocks(std::string_view indicator, const Surroundings& around) const {
    const Flow flow;
    const auto at = inside_->vsys.find(flow.vsys);
    if (at == inside_->vsys.end()) {
        return false;
    }
    Question question(at->second.own, inside_->shared, flow.vsys, around);
    const End to = question.end(indicator);
    for (const auto& rule : at->second.all) {
        if (!rule->zones_match(flow) || !question.in_force(*rule)) {
            continue;
        }
        const auto destination = question.match(rule->destination, to);
        if (destination && (rule->everybody() || rule->allows())) {
            return !rule->allows() && *destination != "any" && *destination != "negated";
        }
    }
    return false;
}

std::vector<DynamicGroup> Policy::dynamic_groups(std::string_view vsys, const Surroundings& around) const {
    std::vector<DynamicGroup> groups;
    std::set<const Node*> shared_done;
    std::vector<DynamicGroup> shared;
    for (auto& [name, in] : inside_->vsys) {
        if (!vsys.empty() && name != vsys) {
            continue;
        }
        Question question(in.own, inside_->shared, name, around);
        std::set<std::pair<bool, const Node*>> used;
        for (const auto& rule : in.all) {
            for (const RuleSide* side : {&rule->source, &rule->destination}) {
                for (const RuleSide::Member& member : side->members) {
                    question.collect(member.name, used);
                }
            }
        }
        std::map<std::pair<bool, std::string>, const Node*> by_name;
        for (const auto& [common, group] : used) {
            by_name[{common, group->value()}] = group;
        }
        for (const auto& [key, group] : by_name) {
            const bool common = key.first;
            if (common && !shared_done.insert(group).second) {
                continue;
            }
            ScopeObjects& scope = common ? inside_->shared : in.own;
            const Node* dynamic = group->child("dynamic");
            DynamicGroup made;
            made.vsys = common ? "" : name;
            made.name = group->value();
            made.filter = dynamic == nullptr ? "" : std::string(dynamic->text_of("filter"));
            if (const TagFilter* filter = scope.filter(*group)) {
                for (const ScopeObjects* objects : {common ? nullptr : &in.own, &inside_->shared}) {
                    if (objects == nullptr || !objects->objects().container()) {
                        continue;
                    }
                    objects->objects().container()->children().each([&](const Child& child) {
                        const bool hidden =
                            !common && objects == &inside_->shared && in.own.has_name(child.node->value());
                        if (!hidden && question.takes(*filter, *child.node)) {
                            made.objects.push_back(child.node->value());
                        }
                        return true;
                    });
                }
                if (around.registration != nullptr) {
                    for (const RegisteredAddress* address : around.registration->followed(name)) {
                        if (question.takes(*filter, *address)) {
                            made.registered.push_back(address->text);
                        }
                    }
                }
            }
            (common ? shared : groups).push_back(std::move(made));
        }
    }
    groups.insert(groups.end(), std::make_move_iterator(shared.begin()), std::make_move_iterator(shared.end()));
    return groups;
}

Policy::Work Policy::work() const {
    Work work;
    work.objects = inside_->shared.objects().read();
    work.groups = inside_->shared.groups_read();
    for (const auto& [name, in] : inside_->vsys) {
        work.objects += in.own.objects().read();
        work.groups += in.own.groups_read();
    }
    work.rules = inside_->rules_read;
    return work;
}

}  // namespace sim::panos
