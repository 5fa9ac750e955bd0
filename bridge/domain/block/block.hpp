// A Block: the decision that an indicator be blocked on a target, with its reason and its fate so far.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bridge/domain/value/indicator.hpp"
#include "bridge/domain/value/time.hpp"

namespace bridge::domain {

enum class BlockState {
    wanted,    // to be pushed
    pushed,    // in the target's candidate configuration, as far as we know
    enforced,  // seen in the target's running configuration
    expired,   // its time is over or an operator unblocked it: still to be taken off the target
    removed,   // the running configuration shows that it is gone
    refused,   // the target, or a limit, says no; `reason` tells why
    held,      // the circuit breaker stopped it; an operator decides
};

std::string_view name_of(BlockState state);
/// Inverse of name_of; an unknown name (a newer store) is `refused`, which blocks nothing.
BlockState block_state_of(std::string_view name);

/// Whether the target ought to have it.
constexpr bool is_desired(BlockState state) {
    return state == BlockState::wanted || state == BlockState::pushed || state == BlockState::enforced;
}

/// Whether its time runs: a block that nobody releases is not held for ever.
constexpr bool is_timed(BlockState state) {
    return is_desired(state) || state == BlockState::held;
}

struct Block {
    std::string target;
    Indicator indicator;
    BlockState state = BlockState::wanted;
    std::string reason;  // why it is in this state: "malware-callback 2001 from nx1", or why it was refused or held
    std::string alert;   // identity of the alert that led to it
    WallTime since;      // from when it is this block: of its first alert, or of its release
    WallTime expires;    // of the last alert plus the policy's time
    std::uint32_t repeats = 0;  // alerts after the first that named the same indicator
    std::string appliance{};    // whose alert led to it; empty: an operator's own
};

/// Begins the reason of a block that was refused because the target is full. Such a block goes out by itself when room
/// comes, and ends when its time is over.
inline constexpr std::string_view no_room = "no room: ";

bool waits_for_room(BlockState state, std::string_view reason);

/// It is on the target, or will be without anybody's doing.
bool is_alive(const Block& block);

/// A new state of a block that the ledger has.
struct BlockChange {
    std::string target;
    Indicator indicator;
    BlockState state;
    std::string reason;  // empty: as it was
    // How it came about, for the audit trail: "commit job 7".
    std::string via{};
    // Of a block that begins anew: from when, and until when.
    std::optional<WallTime> since{};
    std::optional<WallTime> expires{};
};

}  // namespace bridge::domain
