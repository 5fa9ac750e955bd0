// What the two of an HA pair keep in step: the configuration by a job of the peer, other things as they are done.
#pragma once

#include <functional>

#include "sim/panos/machine/machine.hpp"

namespace sim::panos {

/// Nothing stands between the two on the control link: neither has failed as a whole, and where one of them encrypts
/// it, each has imported the other's HA key. (States of the pair don't depend on the keys: the heartbeat backup over
/// the management ports, assumed.)
bool hear_each_other(const Machine& device, const Machine& peer);

/// A job of `peer`, running or waiting, takes over the configuration of the device that it is the peer of.
bool synchronises_now(const Machine& peer);
/// Starts such a job, unless one waits, which will take the newest.
void synchronise_to(Machine& peer, Instant now);

/// The running configuration of `device` has changed by a commit of its own: the peer gets it, if there is one.
void synchronise_after_commit(const Machine& device, Instant at);

/// Carries out on the HA peer what was done on `device` and is kept in step without a commit (registered addresses).
/// Nothing when there is no peer, or it is down.
void at_peer(const Machine& device, const std::function<void(Machine& peer)>& change);

}  // namespace sim::panos
