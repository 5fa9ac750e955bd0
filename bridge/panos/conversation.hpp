// What a target's enforcer talks through: one device, or the active one of a pair.
#pragma once

#include <functional>
#include <string>

#include "bridge/domain/firewall/call.hpp"
#include "bridge/domain/firewall/reply.hpp"
#include "bridge/domain/value/failure.hpp"

namespace bridge::panos {

class Conversation {
public:
    using Done = std::function<void(domain::Result<domain::Reply>)>;

    virtual ~Conversation() = default;

    /// Performs one call; one at a time. Behind it there may be several requests.
    virtual void perform(const domain::Call& call, Done done) = 0;

    /// The device of a pair that calls go to; empty for a single device, and while none is known to be active.
    virtual std::string active() const { return {}; }
};

}  // namespace bridge::panos
