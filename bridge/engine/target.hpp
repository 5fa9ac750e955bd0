// One target as the configuration has it, and which enforcer drives it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bridge/domain/enforcement/enforcer.hpp"
#include "bridge/domain/enforcement/group_enforcer.hpp"
#include "bridge/domain/enforcement/list_enforcer.hpp"
#include "bridge/domain/enforcement/registration_enforcer.hpp"
#include "bridge/domain/ledger/ledger.hpp"
#include "bridge/panos/conversation.hpp"
#include "bridge/panos/session.hpp"

namespace bridge::engine {

/// How a target blocks, which decides which of the settings below are its own.
enum class Way { group, registration, list };

/// One PAN-OS firewall or Panorama, or an HA pair of them, and how to reach and drive it; or a list that firewalls
/// fetch, and those that may be asked.
struct TargetSettings {
    std::string name;  // in the configuration: "hq"
    Way way = Way::group;
    domain::GroupSettings group{};
    domain::RegistrationSettings registration{};
    domain::ListSettings list{};
    panos::Place place;
    panos::Credentials credentials;
    std::vector<std::string> devices{};   // what people call the devices of an HA pair: two; else none
    std::vector<TargetSettings> asked{};  // of a list: its firewalls, in the order of list.firewalls
    std::string fingerprint{};  // of all that its configuration says, files included: a reload leaves the target alone
                                // whose fingerprint is the same
};

/// Makes the way to a device of the target: 0, or 1 for the second one of an HA pair.
using TransportMaker = std::function<std::unique_ptr<panos::Transport>(const TargetSettings&, std::size_t device)>;

/// What the target's enforcer talks through. It uses the transports, which must outlive it.
struct Line {
    std::vector<std::unique_ptr<panos::Transport>> transports;
    std::unique_ptr<panos::Conversation> conversation;
};
Line make_line(const TargetSettings& settings, const TransportMaker& transports);

/// The enforcer for the target's way to block, which knows what the ledger has for it. The seed decides the jitter.
std::unique_ptr<domain::Enforcer> make_enforcer(const TargetSettings& settings, const domain::Ledger& ledger,
                                                std::uint64_t seed);

}  // namespace bridge::engine
