#include "sim/panos/machine/failover.hpp"

#include <algorithm>

namespace sim::panos {
namespace {

// A monitored failure is there, or was: the device leaves the pair's traffic, or comes back as the passive one.
void follow_monitoring(Machine& device, Instant now) {
    HighAvailability& ha = device.high_availability;
    const std::string failure = monitoring_failure(device.configuration.running(), device.outages);
    if (!failure.empty() && ha.functional()) {
        ha.leave(HaState::non_functional, failure, now);
        ha.held_until = now + ha_election(device.configuration.running()).failure_hold;
        return;
    }
    if (ha.state != HaState::non_functional || ha.silent) {
        ha.held_until.reset();
        return;
    }
    if (ha.held_until && *ha.held_until <= now) {
        ha.held_until.reset();
    }
    if (!ha.held_until && failure.empty()) {
        ha.become(HaState::passive, now);
    }
}

bool may_preempt(const Machine& passive, const Machine& active) {
    return passive.high_availability.state == HaState::passive && active.high_availability.state == HaState::active &&
           ha_election(passive.configuration.running()).preemptive &&
           ha_election(active.configuration.running()).preemptive &&
           election_priority(passive) < election_priority(active);
}

void follow_preemption(Machine& device, Machine& other, Instant now) {
    HighAvailability& ha = device.high_availability;
    if (!may_preempt(device, other)) {
        ha.preempts_at.reset();
    } else if (!ha.preempts_at) {
        ha.preempts_at = now + ha_election(device.configuration.running()).preemption_hold;
    } else if (*ha.preempts_at <= now) {
        ha.preempts_at.reset();
        ++ha.preemptions;
        other.high_availability.become(HaState::passive, now);
        ha.become(HaState::active, now);
    }
}

}  // namespace

void follow_pair(Machine& device, Instant now) {
    HighAvailability& ha = device.high_availability;
    if (!ha.enabled) {
        return;
    }
    follow_monitoring(device, now);
    Machine* const peer = device.neighbours == nullptr ? nullptr : device.neighbours->peer_of(device);
    if (peer == nullptr) {
        ha.preempts_at.reset();
        return;
    }
    elect(ha, peer->high_availability, now);
    follow_preemption(device, *peer, now);
    follow_preemption(*peer, device, now);
}

std::optional<Instant> next_of_pair(const Machine& device) {
    const HighAvailability& ha = device.high_availability;
    if (!ha.held_until || !ha.preempts_at) {
        return ha.held_until ? ha.held_until : ha.preempts_at;
    }
    return std::min(*ha.held_until, *ha.preempts_at);
}

int election_priority(const Machine& device) {
    return ha_election(device.configuration.running()).priority.value_or(device.high_availability.priority);
}

}  // namespace sim::panos
