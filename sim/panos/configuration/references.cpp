#include "sim/panos/configuration/references.hpp"

#include "sim/panos/configuration/check.hpp"
#include "sim/panos/tree/difference_walk.hpp"
#include "sim/panos/tree/splitmix.hpp"

namespace sim::panos {
namespace {

// Kinds whose names are looked for in the same fields share a number.
std::uint64_t group_of(Kind kind) {
    switch (kind) {
        case Kind::address:
        case Kind::address_group:
        case Kind::external_list:
            return 1;
        case Kind::service:
        case Kind::service_group:
            return 2;
        case Kind::application:
        case Kind::application_group:
        case Kind::application_filter:
            return 3;
        case Kind::tag:
            return 4;
        case Kind::zone:
            return 5;
        case Kind::schedule:
            return 6;
        case Kind::profile_group:
            return 7;
        case Kind::log_profile:
            return 8;
        case Kind::url_category:
            return 9;
        case Kind::security_rule:
        case Kind::pre_rule:
        case Kind::post_rule:
        case Kind::other:
            break;
    }
    return 0;
}

std::uint64_t hash_of_scope(const Way& way, std::size_t length) {
    std::uint64_t hash = 0;
    for (std::size_t i = 1; i < length; ++i) {
        hash = scrambled(hash ^ std::hash<std::string_view>{}(way[i].tag)) +
               std::hash<std::string_view>{}(way[i].identity);
    }
    return hash;
}

std::uint64_t key_of(std::uint64_t scope, std::uint64_t group, std::string_view name) {
    return scrambled(scope ^ scrambled(group)) ^ std::hash<std::string_view>{}(name);
}

// The groups of names that a field can hold; categories can be external lists too.
void each_group(Field field, const std::function<void(std::uint64_t)>& tell) {
    for (const Kind kind : {Kind::address, Kind::service, Kind::application, Kind::tag, Kind::zone, Kind::schedule,
                            Kind::profile_group, Kind::log_profile, Kind::url_category}) {
        if (can_name(field, kind)) {
            tell(group_of(kind));
        }
    }
    if (!can_name(field, Kind::address) && can_name(field, Kind::external_list)) {
        tell(group_of(Kind::external_list));
    }
}

}  // namespace

void References::change(Kind kind, const Way& way, const NodePtr& before, const NodePtr& after) {
    const std::uint64_t scope = hash_of_scope(way, scope_length(way));
    const auto count = [this, scope](Field field, const std::string& name, bool more) {
        each_group(field, [&](std::uint64_t group) {
            const std::uint64_t key = key_of(scope, group, name);
            if (more) {
                ++counts_[key];
                return;
            }
            const auto at = counts_.find(key);
            if (at != counts_.end() && --at->second == 0) {
                counts_.erase(at);
            }
        });
    };
    struct Side {
        Field field;
        NodePtr before;
        NodePtr after;
    };
    static const Children none;
    std::vector<Side> sides;
    if (before) {
        each_reference(kind, before, [&sides](Field field, const NodePtr& node) {
            sides.push_back({field, node, nullptr});
        });
    }
    if (after) {
        each_reference(kind, after, [&sides](Field field, const NodePtr& node) {
            for (Side& side : sides) {
                if (side.field == field && side.before && side.before->tag() == node->tag()) {
                    side.after = node;
                    return;
                }
            }
            sides.push_back({field, nullptr, node});
        });
    }
    for (const Side& side : sides) {
        if (!is_list(side.field)) {
            if (side.before && !side.before->value().empty()) {
                count(side.field, side.before->value(), false);
            }
            if (side.after && !side.after->value().empty()) {
                count(side.field, side.after->value(), true);
            }
            continue;
        }
        Children::differences(side.before ? side.before->children() : none, side.after ? side.after->children() : none,
                              [&](const NodePtr& was, const NodePtr& is) {
                                  if (was && !is) {
                                      count(side.field, was->value(), false);
                                  } else if (is && !was) {
                                      count(side.field, is->value(), true);
                                  }
                              });
    }
}

void References::follow(const NodePtr& root) {
    if (root == root_) {
        return;
    }
    each_change(root_, root, [this](Kind kind, const Way& way, const NodePtr& before, const NodePtr& after) {
        change(kind, way, before, after);
    });
    root_ = root;
}

void References::follow(const NodePtr& before, const NodePtr& root, const Way& object) {
    const auto place = object_place(object);
    if (!root_ || root_ != before || !place) {
        follow(root);
        return;
    }
    change(place->kind, object, node_at(root_, object), node_at(root, object));
    root_ = root;
}

bool References::some(const Way& user, Kind kind, std::string_view name) const {
    return counts_.contains(key_of(hash_of_scope(user, user.size()), group_of(kind), name));
}

}  // namespace sim::panos
