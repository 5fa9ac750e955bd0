// Reads what a PAN-OS device answers: typed replies, and errors sorted by what to do about them.
#pragma once

#include <string>
#include <string_view>

#include "bridge/domain/enforcer.hpp"
#include "bridge/panos/request.hpp"
#include "bridge/panos/transport.hpp"

namespace bridge::panos {

/// The answer to `call`.
///
/// Errors   key_rejected (HTTP 401 or 403, code 22), not_permitted (code 16), locked (somebody's config or commit
///          lock), busy (another commit, HTTP 5xx, internal errors 1-5, 11, 21), missing (a job that is not there),
///          refused (everything else the device rejects), malformed (not XML, no status, cut)
/// Source   PAN-OS XML API error codes; the texts of locks and busy answers as pan-os-python and others match them
domain::Result<domain::Reply> read_reply(const domain::Call& call, const ApiReply& reply, const Place& place);

/// The key out of a keygen's answer.
domain::Result<domain::Secret> read_key(const ApiReply& reply);

/// The administrator whose mark (`admin="..."`) stands on the entry that `form_of_own_marks` asked for.
domain::Result<std::string> read_mark(const ApiReply& reply);

/// "commit lock held by alice since 2026/11/24 02:00:00 (maintenance)", one for each lock, out of
/// `show commit-locks` or `show config-locks`; empty if there is none.
std::string read_lock_owners(const ApiReply& reply);

}  // namespace bridge::panos
