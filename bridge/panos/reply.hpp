// Reads what a PAN-OS device answers: typed replies, and errors sorted by what to do about them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridge/domain/firewall/call.hpp"
#include "bridge/domain/firewall/reply.hpp"
#include "bridge/domain/value/failure.hpp"
#include "bridge/domain/value/secret.hpp"
#include "bridge/panos/request.hpp"
#include "bridge/panos/transport.hpp"

namespace bridge::panos {

/// The answer to `call`.
///
/// Errors   key_rejected (HTTP 401 or 403, code 22), not_permitted (code 16), locked (somebody's config or commit
///          lock), busy (another commit, HTTP 5xx, internal errors 1-5, 11, 21), missing (a job that is not there),
///          not_active (the passive device of a pair), refused (everything else the device rejects), malformed (not
///          XML, no status, cut)
/// Source   PAN-OS XML API error codes; the texts of locks and busy answers as pan-os-python and others match them
domain::Result<domain::Reply> read_reply(const domain::Call& call, const ApiReply& reply, const Place& place);

/// The key out of a keygen's answer.
domain::Result<domain::Secret> read_key(const ApiReply& reply);

/// The administrator whose mark (`admin="..."`) stands on the entry that `form_of_own_marks` asked for.
domain::Result<std::string> read_mark(const ApiReply& reply);

/// What the limits say (/config/platform/limits), and how many entries an answer has.
domain::Result<domain::CapacitySeen> read_limits(const ApiReply& reply);
domain::Result<std::size_t> read_entry_count(const ApiReply& reply);

/// The device group and all below it, out of `show dg-hierarchy`; the group alone if it is not in the tree.
domain::Result<std::vector<std::string>> read_groups_below(const ApiReply& reply, const std::string& device_group);
/// The firewalls of those device groups, out of `show devicegroups`; of all groups if none is named.
domain::Result<domain::DevicesSeen> read_devices(const ApiReply& reply, const std::vector<std::string>& device_groups);

/// A device's side of a pair, out of `show high-availability state`.
struct HaState {
    bool enabled = false;
    std::string state;  // "active", "passive", "suspended", "primary-active" of a Panorama, ...
    bool peer_connected = false;

    bool active() const;
};
domain::Result<HaState> read_ha_state(const ApiReply& reply);

/// HTTP 401 or 403, or code 22 or 403: the key is no longer taken.
bool is_key_rejected(const ApiReply& reply);

/// "commit lock held by alice since 2026/11/24 02:00:00 (maintenance)", one for each lock, out of
/// `show commit-locks` or `show config-locks`; empty if there is none.
std::string read_lock_owners(const ApiReply& reply);

}  // namespace bridge::panos
