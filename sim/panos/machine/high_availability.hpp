// A firewall's side of an HA pair (active/passive): its state, why it has it, and what is kept in step with the peer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

enum class HaState { active, passive, suspended, non_functional };
inline constexpr std::array ha_states{HaState::active, HaState::passive, HaState::suspended, HaState::non_functional};

struct HighAvailability {
    bool enabled = false;
    bool synchronises = true;  // a commit here sends the configuration to the peer
    HaState state = HaState::active;
    Instant since{};
    int priority = 100;                    // where the configuration says none; the lower one is to be the active one
    bool silent = false;                   // it has failed as a whole, and its peer hears nothing of it
    std::optional<Instant> held_until{};   // a monitored failure keeps it out until then, whatever is up again
    std::optional<Instant> preempts_at{};  // it takes over from its peer then
    unsigned preemptions = 0;
    std::string peer_key{};  // the HA key that was imported, the peer's
    std::string last_error_state;
    std::string last_error_reason;
    std::array<std::uint64_t, ha_states.size()> entered{};  // how often each state was, by its number

    /// It takes part in elections.
    bool functional() const { return state == HaState::active || state == HaState::passive; }
    bool passive() const { return enabled && state == HaState::passive; }
    void become(HaState next, Instant now);
    /// Leaves the pair's traffic to the peer, for that reason.
    void leave(HaState next, std::string_view reason, Instant now);
};

std::string_view name_of(HaState state);
/// Its end of the control link (HA1), without the netmask. The mock's own, of the documentation range.
std::string_view control_address(const HighAvailability& device);

/// After one of the two has changed: when none is active the one that can becomes it, and there is never a second.
void elect(HighAvailability& changed, HighAvailability& other, Instant now);

/// A firewall's configuration with its peer's policies, objects, network and administrators in place of its own; what
/// belongs to the device alone (management address, host name, the pair's own settings, what Panorama pushed) stays.
NodePtr synchronised(const NodePtr& own_root, const NodePtr& peer_root);
/// Nothing that synchronised() would carry over differs.
bool in_step(const NodePtr& one, const NodePtr& other);

}  // namespace sim::panos
