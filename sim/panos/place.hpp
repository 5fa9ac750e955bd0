// Where things are in the configuration tree: which scope (shared or a vsys) a way lies in, and which named object
// (an address, a group, a tag, a rule, ...) it leads to or into.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/panos/xpath.hpp"

namespace sim::panos {

enum class Kind { address, address_group, tag, service, service_group, external_list, zone, security_rule, other };

/// Steps of the scope that `way` lies in ("/config/shared", "/config/devices/entry/vsys/entry"); 0 for none.
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
NodePtr node_at(const NodePtr& from, const std::vector<std::string>& tags);

/// The scopes of a tree: shared first, then each vsys.
struct Scope {
    Way way;
    NodePtr node;

    bool shared() const { return way.size() == 2; }
    const std::string& vsys() const { return way.back().identity; }
};
std::vector<Scope> scopes_of(const NodePtr& root);

/// The parts that a partial commit can leave out.
enum class Section { undecided, shared, device_and_network, policy_and_objects };
Section section_of(const Way& way);

}  // namespace sim::panos
