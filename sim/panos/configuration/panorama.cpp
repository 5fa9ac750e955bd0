#include "sim/panos/configuration/panorama.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <set>

#include "sim/panos/tree/place.hpp"

namespace sim::panos {
namespace {

constexpr std::string_view local_device = "localhost.localdomain";
constexpr std::size_t levels_max = 4;  // documented: up to four levels of device groups below shared
constexpr std::uint64_t first_group_id = 11;

std::vector<std::string> entries_of(const Node* container) {
    std::vector<std::string> names;
    if (container != nullptr) {
        container->children().each([&names](const Child& child) {
            if (child.node->is_entry()) {
                names.push_back(child.node->value());
            }
            return true;
        });
    }
    return names;
}

void append(Node& parent, NodePtr child) {
    parent.children().put(std::move(child), parent.children().last_place().value_or(0) + place_gap);
}

// Lets `change` alter a child that is made when missing.
void at_child(Node& parent, std::string_view tag, std::string_view identity, const std::function<void(Node&)>& change) {
    if (parent.child(tag, identity) == nullptr) {
        append(parent, std::make_shared<Node>(std::string(tag), std::string(identity)));
    }
    parent.children().modify(tag, identity, [&change](NodePtr& slot) { change(own(slot)); });
}

bool is_rulebase(std::string_view tag) {
    return tag == "pre-rulebase" || tag == "post-rulebase";
}

// What a device group holds that is no object of a firewall.
bool stays_on_panorama(std::string_view tag) {
    static constexpr std::array own_parts{"devices",           "description",          "reference-templates",
                                          "master-device",     "authorization-code",   "to-sw-version",
                                          "user-group-source", "cloud-services",       "device-serial-tags",
                                          "content-preview",   "master-user-id-domain"};
    return is_rulebase(tag) || std::find(own_parts.begin(), own_parts.end(), tag) != own_parts.end();
}

bool meant_for(const Node& rule, std::string_view serial) {
    if (rule.text_of("disabled") == "yes") {
        return false;
    }
    const Node* target = rule.child("target");
    const Node* devices = target == nullptr ? nullptr : target->child("devices");
    if (devices == nullptr || devices->children().empty()) {
        return true;
    }
    return (devices->child("entry", serial) != nullptr) != (target->text_of("negate") == "yes");
}

using Wanted = std::function<bool(const Node&)>;

// Adds the entries below `from` to the same places below `to`, each with its origin; what is there already stays.
void collect(Node& to, const Node& from, const std::string& origin, const Wanted& wanted) {
    from.children().each([&](const Child& child) {
        const Node& node = *child.node;
        if (node.is_entry()) {
            if (wanted(node) && to.child("entry", node.value()) == nullptr) {
                NodePtr copy = unmarked(child.node);
                Attributes attributes = copy->attributes();
                attributes.emplace_back("loc", origin);
                own(copy).set_attributes(std::move(attributes));
                append(to, std::move(copy));
            }
        } else if (!node.children().empty() && node.tag() != "member") {
            at_child(to, node.tag(), "", [&](Node& below) { collect(below, node, origin, wanted); });
            if (to.child(node.tag())->children().empty()) {
                to.children().erase(node.tag(), "");
            }
        }
        return true;
    });
}

struct Level {
    std::string name;  // of the device group, or "shared"
    NodePtr node;
};

// The device group first, shared last.
std::vector<Level> levels_of(const NodePtr& source, const std::string& group) {
    std::vector<Level> levels;
    for (const std::string& name : group_and_ancestors(*source, group)) {
        if (NodePtr node = node_at(source, Way{{"config", ""},
                                               {"devices", ""},
                                               {"entry", std::string(local_device)},
                                               {"device-group", ""},
                                               {"entry", name}})) {
            levels.push_back({name, std::move(node)});
        }
    }
    if (NodePtr shared = source->child_ptr("shared")) {
        levels.push_back({"shared", std::move(shared)});
    }
    return levels;
}

NodePtr policy_for(const Push& push, const std::string& group, const std::string& vsys) {
    auto out = std::make_shared<Node>("entry", vsys);
    std::vector<Level> levels = levels_of(push.source, group);
    const Wanted any = [](const Node&) { return true; };
    const Wanted ours = [&push](const Node& rule) { return meant_for(rule, push.serial); };
    for (const Level& level : levels) {
        level.node->children().each([&](const Child& child) {
            if (!stays_on_panorama(child.node->tag())) {
                at_child(*out, child.node->tag(), "", [&](Node& to) { collect(to, *child.node, level.name, any); });
                if (out->child(child.node->tag())->children().empty()) {
                    out->children().erase(child.node->tag(), "");
                }
            }
            return true;
        });
    }
    const auto rules = [&](std::string_view rulebase) {
        for (const Level& level : levels) {
            if (const Node* from = level.node->child(rulebase)) {
                at_child(*out, rulebase, "", [&](Node& to) { collect(to, *from, level.name, ours); });
            }
        }
    };
    rules("post-rulebase");
    std::reverse(levels.begin(), levels.end());
    rules("pre-rulebase");
    return out;
}

// `over` laid on `under`: what both have is the former's, lists and leaves whole. Costs by the size of `under`.
NodePtr overlaid(const NodePtr& under, const NodePtr& over) {
    NodePtr out = over;
    under->children().each([&](const Child& child) {
        const Node& below = *child.node;
        const Node* above = out->child(below.tag(), below.identity());
        if (above == nullptr) {
            if (below.tag() != "member" || out->children().empty()) {
                append(own(out), child.node);
            }
        } else if (!below.children().empty() && !above->children().empty()) {
            own(out).children().modify(below.tag(), below.identity(),
                                       [&](NodePtr& slot) { slot = overlaid(child.node, slot); });
        }
        return true;
    });
    return out;
}

NodePtr template_config(const Node& root, std::string_view kind, std::string_view name) {
    const Node* part = part_of(root, kind, name);
    NodePtr config = part == nullptr ? nullptr : part->child_ptr("config");
    return config ? config : std::make_shared<Node>("config", "");
}

NodePtr network_for(const Push& push) {
    const Node& root = push.network_source ? *push.network_source : *push.source;
    const std::string name = stack_of(root, push.serial);
    const Node* stack = part_of(root, "template-stack", name);
    if (stack == nullptr) {
        return template_config(root, "template", name);
    }
    NodePtr out = template_config(root, "template-stack", name);
    if (const Node* templates = stack->child("templates")) {
        templates->children().each([&](const Child& member) {
            out = overlaid(template_config(root, "template", member.node->value()), out);
            return true;
        });
    }
    return out;
}

// Which vsys of the firewall are in which device group; one that has no vsys named is in it as a whole.
std::vector<std::pair<std::string, std::string>> groups_by_vsys(const NodePtr& firewall, const Push& push) {
    std::vector<std::pair<std::string, std::string>> found;
    for (const std::string& group : parts_of(*push.source, "device-group")) {
        const Node* devices = part_of(*push.source, "device-group", group)->child("devices");
        const Node* entry = devices == nullptr ? nullptr : devices->child("entry", push.serial);
        if (entry == nullptr) {
            continue;
        }
        std::vector<std::string> named = entries_of(entry->child("vsys"));
        if (named.empty()) {
            for (const Scope& scope : scopes_of(firewall)) {
                if (!scope.shared()) {
                    named.push_back(scope.vsys());
                }
            }
        }
        for (std::string& vsys : named) {
            found.emplace_back(std::move(vsys), group);
        }
    }
    return found;
}

void add_objects(Node& vsys, const Node& pushed) {
    pushed.children().each([&vsys](const Child& container) {
        if (is_rulebase(container.node->tag())) {
            return true;
        }
        at_child(vsys, container.node->tag(), "", [&container](Node& to) {
            container.node->children().each([&to](const Child& child) {
                if (to.child(child.node->tag(), child.node->identity()) == nullptr) {
                    append(to, child.node);
                }
                return true;
            });
        });
        return true;
    });
}

void add_rules(Node& vsys, const Node& pushed) {
    std::set<std::string> bases;
    for (const std::string_view part : {"pre-rulebase", "post-rulebase"}) {
        if (const Node* rulebase = pushed.child(part)) {
            rulebase->children().each([&bases](const Child& base) { return bases.insert(base.node->tag()), true; });
        }
    }
    for (const std::string& base : bases) {
        auto rules = std::make_shared<Node>("rules", "");
        const auto add = [&](const Node& from, std::string_view rulebase) {
            const Node* node = from.child(rulebase);
            node = node == nullptr ? nullptr : node->child(base);
            node = node == nullptr ? nullptr : node->child("rules");
            if (node != nullptr) {
                node->children().each([&rules](const Child& rule) {
                    if (rules->child("entry", rule.node->value()) == nullptr) {
                        append(*rules, rule.node);
                    }
                    return true;
                });
            }
        };
        add(pushed, "pre-rulebase");
        add(vsys, "rulebase");
        add(pushed, "post-rulebase");
        at_child(vsys, "rulebase", "", [&](Node& rulebase) {
            at_child(rulebase, base, "", [&](Node& node) {
                const Child* old_one = node.children().find("rules", "");
                node.children().put(rules, old_one != nullptr ? old_one->place : place_gap);
            });
        });
    }
}

void twice(const Node* local, const Node* pushed, std::string_view kind, Lines& lines) {
    if (local == nullptr || pushed == nullptr) {
        return;
    }
    const bool local_is_shorter = local->children().size() < pushed->children().size();
    const Node& shorter = local_is_shorter ? *local : *pushed;
    const Node& longer = local_is_shorter ? *pushed : *local;
    shorter.children().each([&](const Child& child) {
        if (child.node->is_entry() && longer.child("entry", child.node->value()) != nullptr) {
            lines.push_back(quoted_line(
                fmt::format("{} -> {} '{}' is already in use", kind, child.node->value(), child.node->value())));
        }
        return lines.size() < 20;
    });
}

std::string group_path(std::string_view name) {
    return fmt::format("/config/readonly/devices/entry[@name='{}']/device-group/entry[@name='{}']", local_device, name);
}

const Node* numbered_groups(const Node& root) {
    const Node* devices = node_below(&root, {"readonly", "devices"});
    const Node* device = devices == nullptr ? nullptr : devices->child("entry", local_device);
    return device == nullptr ? nullptr : device->child("device-group");
}

std::uint64_t next_group_id(const Node& root) {
    std::uint64_t next = first_group_id;
    if (const Node* groups = numbered_groups(root)) {
        groups->children().each([&next](const Child& group) {
            const std::string_view text = group.node->text_of("id");
            std::uint64_t id = 0;
            if (std::from_chars(text.data(), text.data() + text.size(), id).ec == std::errc{}) {
                next = std::max(next, id + 1);
            }
            return true;
        });
    }
    return next;
}

Element leaf(std::string name, std::string text) {
    Element element;
    element.name = std::move(name);
    element.text = std::move(text);
    return element;
}

Outcome members_are_managed(const Node& root) {
    const auto managed = managed_serials(root);
    std::set<std::string> seen;  // "SERIAL" or "SERIAL vsysN"
    for (const std::string& group : parts_of(root, "device-group")) {
        const Node* devices = part_of(root, "device-group", group)->child("devices");
        for (const std::string& serial : entries_of(devices)) {
            const std::string path = fmt::format("device-group -> {} -> devices", group);
            if (std::find(managed.begin(), managed.end(), serial) == managed.end()) {
                return tl::make_unexpected(
                    Refusal{12,
                            {quoted_line(fmt::format("{} '{}' is not a valid reference", path, serial)),
                             quoted_line(path + " is invalid")}});
            }
            auto vsys = entries_of(devices->child("entry", serial)->child("vsys"));
            if (vsys.empty()) {
                vsys.emplace_back();
            }
            for (const std::string& each : vsys) {
                if (!seen.insert(serial + ' ' + each).second) {
                    return tl::make_unexpected(
                        Refusal{12,
                                {quoted_line(fmt::format("{} '{}' is already in use", path, serial)),
                                 quoted_line(path + " is invalid")}});
                }
            }
        }
    }
    return Applied::changed;
}

// A renamed group keeps its number, and those below it stay there.
Outcome follow_renamed_groups(Edit& edit) {
    const std::vector<JournalLine> journal = edit.journal();
    for (std::size_t i = 1; i < journal.size(); ++i) {
        const Way& way = journal[i].way;
        if (journal[i].action != "RENAME" || way.size() != 5 || way[3].tag != "device-group") {
            continue;
        }
        const std::string& old_name = journal[i - 1].way.back().identity;
        const std::string& new_name = way.back().identity;
        const Node* groups = numbered_groups(*edit.root());
        if (groups == nullptr || groups->child("entry", old_name) == nullptr) {
            continue;
        }
        if (Outcome done = edit.rename(group_path(old_name), new_name); !done) {
            return done;
        }
        for (const std::string& child : parts_of(*edit.root(), "device-group")) {
            if (parent_group(*edit.root(), child) == old_name) {
                if (Outcome done = edit.set(group_path(child), {leaf("parent-dg", new_name)}); !done) {
                    return done;
                }
            }
        }
    }
    return Applied::changed;
}

}  // namespace

std::vector<std::string> parts_of(const Node& root, std::string_view kind) {
    const NodePtr device = device_part(root);
    return entries_of(device == nullptr ? nullptr : device->child(kind));
}

const Node* part_of(const Node& root, std::string_view kind, std::string_view name) {
    const NodePtr device = device_part(root);
    const Node* all = device == nullptr ? nullptr : device->child(kind);
    return all == nullptr || name.empty() ? nullptr : all->child("entry", name);
}

std::vector<std::string> serials_in(const Node& root, std::string_view kind, std::string_view name) {
    const Node* part = part_of(root, kind, name);
    return entries_of(part == nullptr ? nullptr : part->child("devices"));
}

std::vector<std::string> managed_serials(const Node& root) {
    return entries_of(node_below(&root, {"mgt-config", "devices"}));
}

std::string group_of(const Node& root, std::string_view serial) {
    for (const std::string& group : parts_of(root, "device-group")) {
        const Node* devices = part_of(root, "device-group", group)->child("devices");
        if (devices != nullptr && devices->child("entry", serial) != nullptr) {
            return group;
        }
    }
    return {};
}

std::string stack_of(const Node& root, std::string_view serial) {
    for (const std::string_view kind : {"template-stack", "template"}) {
        for (const std::string& name : parts_of(root, kind)) {
            const Node* devices = part_of(root, kind, name)->child("devices");
            if (devices != nullptr && devices->child("entry", serial) != nullptr) {
                return name;
            }
        }
    }
    return {};
}

Outcome follow_device_groups(Edit& edit, const NodePtr& before) {
    const auto touches = [](const JournalLine& line) {
        return line.way.size() < 5 || (line.way[1].tag == "devices" && line.way[3].tag == "device-group" &&
                                       (line.way.size() == 5 || line.way[5].tag == "devices"));
    };
    if (std::none_of(edit.journal().begin(), edit.journal().end(), touches)) {
        return Applied::changed;
    }
    if (Outcome done = follow_renamed_groups(edit); !done) {
        return done;
    }
    const auto present = parts_of(*edit.root(), "device-group");
    const std::set<std::string> names(present.begin(), present.end());
    for (const std::string& name : present) {
        const Node* groups = numbered_groups(*edit.root());
        if (groups != nullptr && groups->child("entry", name) != nullptr) {
            continue;
        }
        const auto id = next_group_id(*edit.root());
        if (Outcome done = edit.set(group_path(name), {leaf("id", std::to_string(id))}); !done) {
            return done;
        }
    }
    for (const std::string& name : entries_of(numbered_groups(*edit.root()))) {
        if (names.contains(name)) {
            continue;
        }
        Lines users;
        for (const std::string& child : present) {
            if (parent_group(*before, child) == name) {
                users.push_back(escaped_line(fmt::format(" device-group -> {} -> parent-dg", child)));
            }
        }
        if (!users.empty()) {
            users.insert(users.begin(),
                         fmt::format(" {} cannot be deleted because of references from:", cdata(' ' + name)));
            return tl::make_unexpected(Refusal{10, std::move(users)});
        }
        if (Outcome done = edit.erase(group_path(name)); !done) {
            return done;
        }
    }
    return members_are_managed(*edit.root());
}

Outcome move_device_group(Edit& edit, const std::string& group, const std::string& new_parent) {
    const auto refuse = [](const std::string& line) -> Outcome {
        return tl::make_unexpected(Refusal{12, {quoted_line(line)}});
    };
    for (const std::string& name : {group, new_parent}) {
        if (!name.empty() && part_of(*edit.root(), "device-group", name) == nullptr) {
            return refuse(fmt::format("device-group '{}' is not a valid reference", name));
        }
    }
    if (!new_parent.empty()) {
        const auto chain = group_and_ancestors(*edit.root(), new_parent);
        if (std::find(chain.begin(), chain.end(), group) != chain.end()) {
            return refuse(fmt::format("device-group '{}' can't be moved below itself", group));
        }
        if (chain.size() >= levels_max) {
            return refuse(fmt::format("device-group '{}' would be deeper than {} levels", group, levels_max));
        }
        return edit.set(group_path(group), {leaf("parent-dg", new_parent)});
    }
    return edit.erase(group_path(group) + "/parent-dg");
}

NodePtr with_push(const NodePtr& firewall, const Push& push) {
    NodePtr root = firewall;
    at_child(own(root), "panorama", "", [&](Node& panorama) {
        if (push.policy) {
            for (const auto& [vsys, group] : groups_by_vsys(firewall, push)) {
                NodePtr policy = policy_for(push, group, vsys);
                at_child(panorama, "vsys", "", [&policy](Node& all) {
                    const Child* old_one = all.children().find("entry", policy->value());
                    const std::int64_t place =
                        old_one != nullptr ? old_one->place : all.children().last_place().value_or(0) + place_gap;
                    all.children().put(policy, place);
                });
            }
        }
        if (push.network) {
            at_child(panorama, "template", "", [&push](Node& node) {
                node.set_attributes(push.force_values ? Attributes{{"forced", "yes"}} : Attributes{});
                node.children().put(network_for(push), place_gap);
            });
        }
    });
    return root;
}

NodePtr effective(const NodePtr& firewall) {
    const Node* pushed = is_panorama(*firewall) ? nullptr : firewall->child("panorama");
    if (pushed == nullptr) {
        return firewall;
    }
    NodePtr root = firewall;
    own(root).children().erase("panorama", "");
    if (const Node* network = pushed->child("template")) {
        if (const NodePtr config = network->child_ptr("config")) {
            root = network->attributes().empty() ? overlaid(config, root) : overlaid(root, config);
            own(root).set_attributes(firewall->attributes());
        }
    }
    const Node* policies = pushed->child("vsys");
    if (policies == nullptr) {
        return root;
    }
    for (const Scope& scope : scopes_of(root)) {
        const Node* policy = scope.shared() ? nullptr : policies->child("entry", scope.vsys());
        if (policy == nullptr) {
            continue;
        }
        NodePtr vsys = scope.node;
        add_objects(own(vsys), *policy);
        add_rules(own(vsys), *policy);
        own(root).children().modify("devices", "", [&](NodePtr& devices) {
            own(devices).children().modify("entry", scope.way[2].identity, [&](NodePtr& device) {
                own(device).children().modify("vsys", "", [&](NodePtr& all) {
                    own(all).children().modify("entry", scope.vsys(), [&vsys](NodePtr& slot) { slot = vsys; });
                });
            });
        });
    }
    return root;
}

Lines push_conflicts(const NodePtr& firewall) {
    Lines lines;
    const Node* policies = is_panorama(*firewall) ? nullptr : node_below(firewall.get(), {"panorama", "vsys"});
    if (policies == nullptr) {
        return lines;
    }
    const Node* shared = firewall->child("shared");
    for (const Scope& scope : scopes_of(firewall)) {
        const Node* policy = scope.shared() ? nullptr : policies->child("entry", scope.vsys());
        if (policy == nullptr) {
            continue;
        }
        for (const Kind kind :
             {Kind::address, Kind::address_group, Kind::service, Kind::service_group, Kind::external_list, Kind::tag}) {
            for (const Node* local : {static_cast<const Node*>(scope.node.get()), shared}) {
                twice(local == nullptr ? nullptr : local->child(kind_name(kind)), policy->child(kind_name(kind)),
                      kind_name(kind), lines);
            }
        }
        const Node* rules = node_below(scope.node.get(), {"rulebase", "security", "rules"});
        for (const std::string_view rulebase : {"pre-rulebase", "post-rulebase"}) {
            twice(rules, node_below(policy, {rulebase, "security", "rules"}), "rules", lines);
        }
    }
    return lines;
}

std::string content_sum(const Node* node) {
    std::string text;
    if (node != nullptr) {
        Layout layout;
        layout.marks = false;
        layout.one_line = true;
        print(text, *node, layout);
    }
    std::uint64_t one = 14695981039346656037ULL;
    std::uint64_t two = 1469598103934665603ULL;
    for (const char c : text) {
        one = (one ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
        two = (two + static_cast<unsigned char>(c)) * 6364136223846793005ULL + 1442695040888963407ULL;
    }
    return fmt::format("{:016x}{:016x}", one, two);
}

void restore_origins(NodePtr& pushed, const Element& written) {
    if (const std::string_view origin = written.attribute("loc"); !origin.empty()) {
        Attributes attributes = pushed->attributes();
        attributes.emplace_back("loc", origin);
        own(pushed).set_attributes(std::move(attributes));
    }
    for (const Element& each : written.children) {
        const std::string value = each.name == "entry" ? std::string(each.attribute("name")) : each.text;
        own(pushed).children().modify(each.name, std::string(identity_of(each.name, value)),
                                      [&each](NodePtr& child) { restore_origins(child, each); });
    }
}

}  // namespace sim::panos
