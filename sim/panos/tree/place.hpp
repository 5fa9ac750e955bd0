// Where things are in the configuration tree: which scope (shared, a vsys, or a device group of a Panorama) a way lies
// in, which named object (an address, a group, a tag, a rule, ...) it leads to or into, and which scopes see which.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/panos/tree/xpath.hpp"

namespace sim::panos {

enum class Kind {
    address,
    address_group,
    tag,
    service,
    service_group,
    external_list,
    zone,
    security_rule,
    pre_rule,   // of a Panorama: before the firewall's own
    post_rule,  // after them
    application,
    application_group,
    application_filter,
    schedule,
    profile_group,
    log_profile,
    url_category,
    other
};
bool is_rule(Kind kind);

/// Steps of the scope that `way` lies in ("/config/shared", "/config/devices/entry/vsys/entry",
/// "/config/devices/entry/device-group/entry"); 0 for none.
std::size_t scope_length(const Way& way);

struct ObjectPlace {
    Kind kind = Kind::other;
    std::size_t container = 0;  // steps down to and with the container ("address", "rules")
    bool entry = false;         // the way goes on to an entry of it
};

/// The container of named objects that the way reaches or passes.
std::optional<ObjectPlace> object_place(const Way& way);

/// The container's own way below its scope.
std::vector<std::string> container_steps(Kind kind);
std::string_view kind_name(Kind kind);

/// Node at the end of the way, or null.
NodePtr node_at(const NodePtr& root, const Way& way);
/// `from` may be null.
NodePtr node_at(const NodePtr& from, const std::vector<std::string>& tags);
/// The same for a look, without a share in it.
const Node* node_below(const Node* from, std::initializer_list<std::string_view> tags);
/// The text there; empty when there is none.
std::string text_at(const NodePtr& from, const std::vector<std::string>& tags);

/// The scopes of a tree: shared first, then each vsys and each device group.
struct Scope {
    Way way;
    NodePtr node;

    bool shared() const { return way.size() == 2; }
    bool device_group() const { return way.size() == 5 && way[3].tag == "device-group"; }
    const std::string& vsys() const { return way.back().identity; }  // or the device group's name
};
std::vector<Scope> scopes_of(const NodePtr& root);

/// The configuration without what a Panorama pushed, as `show config running` and an export give it.
NodePtr local_part(const NodePtr& root);
/// The tree is a Panorama's: it keeps its device groups' numbers and parents under /config/readonly/devices.
bool is_panorama(const Node& root);
/// The device group that `group` lies under; empty when that is shared.
std::string parent_group(const Node& root, std::string_view group);
/// The device group itself, its parent, and so on up to the one below shared.
std::vector<std::string> group_and_ancestors(const Node& root, const std::string& group);

/// The scopes in which a name used in `scope` is looked up, in that order: its own, a device group's ancestors, what a
/// Panorama has pushed to the vsys (and its template's), shared.
std::vector<NodePtr> visible_scopes(const NodePtr& root, const Way& scope);
/// What is defined in `scope` can be named in `user`.
bool sees(const Node& root, const Way& user, const Way& scope);

/// The parts that a partial commit can leave out.
enum class Section { undecided, shared, device_and_network, policy_and_objects };
Section section_of(const Way& way);

/// The device's own part of a configuration, the one entry of /config/devices; null when there is none.
NodePtr device_part(const Node& root);

}  // namespace sim::panos
