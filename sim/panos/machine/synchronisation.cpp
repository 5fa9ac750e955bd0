#include "sim/panos/machine/synchronisation.hpp"

#include <algorithm>

#include "sim/panos/configuration/check.hpp"
#include "sim/panos/configuration/panorama.hpp"
#include "sim/panos/machine/ha_key.hpp"

namespace sim::panos {
namespace {

Machine* peer_of(const Machine& machine) {
    return machine.neighbours == nullptr ? nullptr : machine.neighbours->peer_of(machine);
}

constexpr std::string_view synchronisation = "HA-Sync";

class Synchronisation final : public JobTask {
public:
    std::string_view name() const override { return synchronisation; }
    bool commits() const override { return true; }

    std::vector<std::string> begin(Machine& machine, Job& job, Instant /*at*/) override {
        // The peer's newest: commits that came while this waited need no job of their own.
        const Machine* peer = peer_of(machine);
        if (peer == nullptr) {
            return {"HA peer is not connected"};
        }
        from_ = peer->configuration.running();
        job.base = machine.configuration.running();
        job.outcome = synchronised(job.base, from_);
        job.changes = std::make_shared<const Differences>(differences(effective(job.base), effective(job.outcome)));
        // An administrator who holds the lock keeps the peer's configuration out, too.
        if (machine.locks.in_the_way(LockKind::commit, "", "shared") != nullptr) {
            return {"Other administrators are holding device wide commit locks."};
        }
        return check_configuration(*job.changes, effective(job.outcome), machine.limits);
    }

    void end(Machine& machine, Job& job, Instant /*at*/) override {
        if (job.result == JobResult::ok) {
            machine.configuration.load_both(synchronised(machine.configuration.running(), from_));
            if (const Machine* peer = peer_of(machine)) {
                // Certificates come with the configuration, their keys beside it.
                for (const auto& [sealed, key] : peer->private_keys) {
                    machine.private_keys.insert_or_assign(sealed, key);
                }
            }
            machine.running_changed();
            job.details = {"Configuration committed successfully"};
        }
    }

private:
    NodePtr from_;
};

}  // namespace

bool hear_each_other(const Machine& device, const Machine& peer) {
    if (device.high_availability.silent || peer.high_availability.silent) {
        return false;
    }
    const bool encrypted = ha1_encrypted(device.configuration.running()) || ha1_encrypted(peer.configuration.running());
    return !encrypted ||
           (device.high_availability.peer_key == ha_key(peer) && peer.high_availability.peer_key == ha_key(device));
}

bool synchronises_now(const Machine& peer) {
    const auto& jobs = peer.jobs.all();
    return std::any_of(jobs.rbegin(), jobs.rend(), [](const Job& job) {
        return job.status != JobStatus::finished && job.task && job.task->name() == synchronisation;
    });
}

void synchronise_to(Machine& peer, Instant now) {
    const auto& jobs = peer.jobs.all();
    const bool waits = std::any_of(jobs.rbegin(), jobs.rend(), [](const Job& job) {
        return job.status == JobStatus::pending && job.task && job.task->name() == synchronisation;
    });
    if (waits) {
        return;
    }
    Job job;
    job.type = JobType::task;
    job.task = std::make_shared<Synchronisation>();
    job.duration = peer.options.commit_time;
    peer.enqueue(std::move(job), now);
}

void synchronise_after_commit(const Machine& device, Instant at) {
    Machine* peer = peer_of(device);
    if (peer != nullptr && device.high_availability.synchronises && hear_each_other(device, *peer)) {
        synchronise_to(*peer, at);
    }
}

void at_peer(const Machine& device, const std::function<void(Machine& peer)>& change) {
    Machine* peer = peer_of(device);
    if (peer != nullptr && hear_each_other(device, *peer)) {
        change(*peer);
    }
}

}  // namespace sim::panos
