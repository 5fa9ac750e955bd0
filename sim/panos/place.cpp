#include "sim/panos/place.hpp"

#include <array>

namespace sim::panos {
namespace {

struct Row {
    Kind kind;
    std::string_view container;
};

constexpr std::array rows{
    Row{Kind::address, "address"}, Row{Kind::address_group, "address-group"}, Row{Kind::tag, "tag"},
    Row{Kind::service, "service"}, Row{Kind::service_group, "service-group"}, Row{Kind::external_list, "external-list"},
    Row{Kind::zone, "zone"}};

}  // namespace

std::size_t scope_length(const Way& way) {
    if (way.size() >= 2 && way[0].tag == "config" && way[1].tag == "shared") {
        return 2;
    }
    if (way.size() >= 5 && way[1].tag == "devices" && way[2].tag == "entry" && way[3].tag == "vsys" &&
        way[4].tag == "entry") {
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
    if (way.size() >= scope + 3 && way[scope].tag == "rulebase" && way[scope + 1].tag == "security" &&
        way[scope + 2].tag == "rules") {
        place.kind = Kind::security_rule;
        place.container = scope + 3;
    } else {
        for (const Row& row : rows) {
            if (way[scope].tag == row.container) {
                place.kind = row.kind;
                place.container = scope + 1;
            }
        }
    }
    if (place.container == 0) {
        return std::nullopt;
    }
    place.entry = way.size() > place.container && way[place.container].tag == "entry";
    return place;
}

std::vector<std::string> container_steps(Kind kind) {
    if (kind == Kind::security_rule) {
        return {"rulebase", "security", "rules"};
    }
    return {std::string(kind_name(kind))};
}

std::string_view kind_name(Kind kind) {
    for (const Row& row : rows) {
        if (row.kind == kind) {
            return row.container;
        }
    }
    return kind == Kind::security_rule ? "rules" : "";
}

NodePtr node_at(const NodePtr& root, const Way& way) {
    if (way.empty() || root->tag() != way.front().tag) {
        return nullptr;
    }
    NodePtr at = root;
    for (std::size_t i = 1; at && i < way.size(); ++i) {
        at = at->child_ptr(way[i].tag, way[i].identity);
    }
    return at;
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
        const Node* all = device.node->child("vsys");
        if (all != nullptr) {
            all->children().each([&](const Child& vsys) {
                if (vsys.node->is_entry()) {
                    scopes.push_back({{{"config", ""},
                                       {"devices", ""},
                                       {"entry", device.node->value()},
                                       {"vsys", ""},
                                       {"entry", vsys.node->value()}},
                                      vsys.node});
                }
                return true;
            });
        }
        return true;
    });
    return scopes;
}

Section section_of(const Way& way) {
    if (way.size() < 2) {
        return Section::undecided;
    }
    if (way[1].tag == "shared") {
        return Section::shared;
    }
    if (way[1].tag != "devices") {
        return Section::device_and_network;
    }
    if (way.size() < 4) {
        return Section::undecided;
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
