#include "sim/panos/tree/place.hpp"

#include <algorithm>
#include <array>

namespace sim::panos {
using namespace std::string_view_literals;  // compared by length first: this is asked many times in a call

namespace {

struct Row {
    Kind kind;
    std::string_view container;
    std::string_view inside{};  // the container lies in it: "log-settings"
};

constexpr std::array rows{Row{Kind::address, "address"},
                          Row{Kind::address_group, "address-group"},
                          Row{Kind::tag, "tag"},
                          Row{Kind::service, "service"},
                          Row{Kind::service_group, "service-group"},
                          Row{Kind::external_list, "external-list"},
                          Row{Kind::zone, "zone"},
                          Row{Kind::application, "application"},
                          Row{Kind::application_group, "application-group"},
                          Row{Kind::application_filter, "application-filter"},
                          Row{Kind::schedule, "schedule"},
                          Row{Kind::profile_group, "profile-group"},
                          Row{Kind::log_profile, "profiles", "log-settings"},
                          Row{Kind::url_category, "custom-url-category", "profiles"}};

constexpr std::size_t groups_deep = 16;  // a Panorama takes four levels below shared; this ends a loop in a loaded file

bool holds_scopes(const Step& step) {
    return step.tag == "vsys"sv || step.tag == "device-group"sv;
}

Kind rule_kind(std::string_view rulebase) {
    return rulebase == "rulebase"        ? Kind::security_rule
           : rulebase == "pre-rulebase"  ? Kind::pre_rule
           : rulebase == "post-rulebase" ? Kind::post_rule
                                         : Kind::other;
}

}  // namespace

bool is_rule(Kind kind) {
    return kind == Kind::security_rule || kind == Kind::pre_rule || kind == Kind::post_rule;
}

std::size_t scope_length(const Way& way) {
    if (way.size() >= 2 && way[0].tag == "config"sv && way[1].tag == "shared"sv) {
        return 2;
    }
    if (way.size() >= 5 && way[1].tag == "devices"sv && way[2].tag == "entry"sv && holds_scopes(way[3]) &&
        way[4].tag == "entry"sv) {
        return 5;
    }
    return 0;
}

std::optional<ObjectPlace> object_place(const Way& way) {
    const std::size_t scope = scope_length(way);
    if (scope == 0 || way.size() <= scope) {
        return std::nullopt;
    }
    ObjectPlace place;
    if (way.size() >= scope + 3 && rule_kind(way[scope].tag) != Kind::other && way[scope + 1].tag == "security"sv &&
        way[scope + 2].tag == "rules"sv) {
        place.kind = rule_kind(way[scope].tag);
        place.container = scope + 3;
    } else {
        for (const Row& row : rows) {
            const std::size_t deeper = row.inside.empty() ? 0 : 1;
            if (way.size() > scope + deeper && way[scope + deeper].tag == row.container &&
                (deeper == 0 || way[scope].tag == row.inside)) {
                place.kind = row.kind;
                place.container = scope + deeper + 1;
            }
        }
    }
    if (place.container == 0) {
        return std::nullopt;
    }
    place.entry = way.size() > place.container && way[place.container].tag == "entry"sv;
    return place;
}

std::vector<std::string> container_steps(Kind kind) {
    if (is_rule(kind)) {
        return {kind == Kind::pre_rule    ? "pre-rulebase"
                : kind == Kind::post_rule ? "post-rulebase"
                                          : "rulebase",
                "security", "rules"};
    }
    for (const Row& row : rows) {
        if (row.kind == kind && !row.inside.empty()) {
            return {std::string(row.inside), std::string(row.container)};
        }
    }
    return {std::string(kind_name(kind))};
}

std::string_view kind_name(Kind kind) {
    for (const Row& row : rows) {
        if (row.kind == kind) {
            return row.container;
        }
    }
    return is_rule(kind) ? "rules" : "";
}

NodePtr node_at(const NodePtr& root, const Way& way) {
    if (way.empty() || root->tag() != way.front().tag) {
        return nullptr;
    }
    const NodePtr* at = &root;
    for (std::size_t i = 1; i < way.size(); ++i) {
        const Child* const below = (*at)->children().find(way[i].tag, way[i].identity);
        if (below == nullptr) {
            return nullptr;
        }
        at = &below->node;
    }
    return *at;
}

NodePtr node_at(const NodePtr& from, const std::vector<std::string>& tags) {
    NodePtr at = from;
    for (const std::string& tag : tags) {
        if (!at) {
            return nullptr;
        }
        at = at->child_ptr(tag);
    }
    return at;
}

const Node* node_below(const Node* from, std::initializer_list<std::string_view> tags) {
    for (const std::string_view tag : tags) {
        from = from == nullptr ? nullptr : from->child(tag);
    }
    return from;
}

std::string text_at(const NodePtr& from, const std::vector<std::string>& tags) {
    const NodePtr found = node_at(from, tags);
    return found ? found->value() : "";
}

NodePtr device_part(const Node& root) {
    NodePtr found;
    if (const Node* const devices = root.child("devices")) {
        devices->children().each([&found](const Child& child) {
            found = child.node;
            return false;
        });
    }
    return found;
}

std::vector<Scope> scopes_of(const NodePtr& root) {
    std::vector<Scope> scopes;
    if (NodePtr shared = root->child_ptr("shared")) {
        scopes.push_back({{{"config", ""}, {"shared", ""}}, std::move(shared)});
    }
    const Node* devices = root->child("devices");
    if (devices == nullptr) {
        return scopes;
    }
    devices->children().each([&scopes](const Child& device) {
        for (const std::string_view holder : {"vsys", "device-group"}) {
            const Node* all = device.node->child(holder);
            if (all == nullptr) {
                continue;
            }
            all->children().each([&](const Child& scope) {
                if (scope.node->is_entry()) {
                    scopes.push_back({{{"config", ""},
                                       {"devices", ""},
                                       {"entry", device.node->value()},
                                       {std::string(holder), ""},
                                       {"entry", scope.node->value()}},
                                      scope.node});
                }
                return true;
            });
        }
        return true;
    });
    return scopes;
}

bool is_panorama(const Node& root) {
    const Node* readonly = root.child("readonly");
    return readonly != nullptr && readonly->child("devices") != nullptr;
}

NodePtr local_part(const NodePtr& root) {
    if (is_panorama(*root) || root->child("panorama") == nullptr) {
        return root;
    }
    NodePtr local = root;
    own(local).children().erase("panorama", "");
    return local;
}

std::string parent_group(const Node& root, std::string_view group) {
    std::string parent;
    const Node* readonly = root.child("readonly");
    const Node* devices = readonly == nullptr ? nullptr : readonly->child("devices");
    if (devices != nullptr) {
        devices->children().each([&](const Child& device) {
            const Node* groups = device.node->child("device-group");
            const Node* entry = groups == nullptr ? nullptr : groups->child("entry", group);
            if (entry != nullptr) {
                parent = std::string(entry->text_of("parent-dg"));
            }
            return entry == nullptr;
        });
    }
    return parent;
}

std::vector<std::string> group_and_ancestors(const Node& root, const std::string& group) {
    std::vector<std::string> chain{group};
    while (chain.size() < groups_deep) {
        std::string parent = parent_group(root, chain.back());
        if (parent.empty()) {
            break;
        }
        chain.push_back(std::move(parent));
    }
    return chain;
}

std::vector<NodePtr> visible_scopes(const NodePtr& root, const Way& scope) {
    std::vector<NodePtr> visible;
    const auto add = [&visible](NodePtr node) {
        if (node) {
            visible.push_back(std::move(node));
        }
    };
    if (scope.size() == 5 && scope[3].tag == "device-group") {
        Way way = scope;
        for (const std::string& group : group_and_ancestors(*root, scope[4].identity)) {
            way[4].identity = group;
            add(node_at(root, way));
        }
    } else if (scope.size() == 5) {
        add(node_at(root, scope));
        if (root->child("panorama") != nullptr) {
            add(node_at(root, Way{scope[0], {"panorama", ""}, scope[3], scope[4]}));
            add(node_at(root, Way{scope[0],
                                  {"panorama", ""},
                                  {"template", ""},
                                  {"config", ""},
                                  scope[1],
                                  scope[2],
                                  scope[3],
                                  scope[4]}));
        }
    }
    add(root->child_ptr("shared"));
    return visible;
}

bool sees(const Node& root, const Way& user, const Way& scope) {
    if (scope.size() == 2 || user == scope) {
        return true;
    }
    if (user.size() != 5 || scope.size() != 5 || user[3].tag != "device-group" || scope[3].tag != "device-group") {
        return false;  // a vsys's objects are seen by this vsys only
    }
    const auto chain = group_and_ancestors(root, user[4].identity);
    return std::find(chain.begin(), chain.end(), scope[4].identity) != chain.end();
}

Section section_of(const Way& way) {
    if (way.size() < 2) {
        return Section::undecided;
    }
    if (way[1].tag == "shared") {
        return Section::shared;
    }
    if (way[1].tag == "readonly") {
        return Section::undecided;  // it follows the device groups
    }
    if (way[1].tag != "devices") {
        return Section::device_and_network;
    }
    if (way.size() < 4) {
        return Section::undecided;
    }
    if (way[3].tag == "device-group") {
        return way.size() < 5 ? Section::undecided : Section::policy_and_objects;
    }
    if (way[3].tag != "vsys") {
        return Section::device_and_network;
    }
    if (way.size() < 6) {
        return Section::undecided;
    }
    const std::string& part = way[5].tag;
    return part == "import" || part == "zone" || part == "setting" ? Section::device_and_network
                                                                   : Section::policy_and_objects;
}

}  // namespace sim::panos
