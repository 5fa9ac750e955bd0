// What an administrator may do: the built-in roles and those of admin-role profiles, as the configuration or an option
// gives them, and what a call gets that goes beyond them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/panos/tree/node.hpp"
#include "sim/panos/web/reply.hpp"
#include "sim/panos/web/request.hpp"

namespace sim::panos {

enum class Right { none, read, write };

enum class RoleKind { superuser, superreader, device_admin, device_reader, vsys_admin, vsys_reader, custom, none };

struct Role {
    RoleKind kind = RoleKind::superuser;
    std::string profile;                                // of custom
    std::set<std::string> vsys;                         // where alone it counts; empty: everywhere
    std::map<std::string, Right, std::less<>> xmlapi;   // of custom: "config", "op", "user-id", ...
    std::map<std::string, Right, std::less<>> restapi;  // of custom: "objects/addresses", ...

    /// For calls of that type; keygen and version are everybody's.
    Right xmlapi_right(std::string_view type) const;
    /// For a resource of the REST API, in lower case: "objects/addresses", "policies/security-rules".
    Right restapi_right(std::string_view resource) const;
    bool superuser() const { return kind == RoleKind::superuser; }
    bool everywhere() const { return vsys.empty(); }
};

/// "superuser", "superreader", "deviceadmin", "devicereader", "vsysadmin:vsys1,vsys2", "vsysreader:vsys1",
/// "custom:PROFILE" (the profile's rights are looked up in `running`). Errors list what there is.
tl::expected<Role, std::string> read_role(std::string_view text, const NodePtr& running);

/// The text is a role's name, alone or with what follows its colon; it need not be readable.
bool names_a_role(std::string_view text);

/// The role that /config/mgt-config/users/entry gives; kind none when it gives none.
Role role_of(const Node& user, const NodePtr& running);
/// "superuser", "custom:PROFILE", ...
std::string role_name(const Role& role);
/// <role-based>...</role-based>, as the configuration has it.
std::string role_xml(const Role& role);

/// What the device says instead of carrying out a call of that type that the role has no right to.
/// Source: `Type [op] not authorized for user role.` with HTTP 403: pango's tests; code 16: a SOAR connector.
std::optional<Reply> refusal_by_role(const Role& role, std::string_view type, const Parameters& parameters);

/// <response status="unauth" code="16">...
Reply unauthorised();

}  // namespace sim::panos
