// Watches a mock firewall during a run: when each block is staged, when a commit that takes it along is asked for, and
// when traffic to it is denied. It asks the device model itself, by the same verdict that packets get; what the
// blocking program believes plays no part.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/load/measurement.hpp"
#include "sim/panos/device.hpp"

namespace sim::load {

/// All calls on the thread of the device.
class FirewallWatch {
public:
    /// Attacker i is due at due[i]; both must outlive the watch. `user` is the administrator of the blocking program.
    FirewallWatch(std::string name, const std::vector<std::string>& attackers, const Schedule& due, std::string user,
                  Mode mode);

    /// The run begins at `start`: what was there before does not count.
    void begin(const panos::Device& device, panos::Instant start);

    /// To be called after every call that the device has answered and after every end of a job.
    void look(const panos::Device& device, panos::Instant now);

    /// How many attackers are denied.
    std::size_t enforced() const noexcept { return enforced_; }

    /// For the report, at the end.
    FirewallSeen seen(const panos::Device& device) const;

private:
    void look_at_calls(const panos::Device& device, Micros now);
    void look_at_candidate(const panos::Device& device, Micros now);
    void note_members(const panos::NodePtr& addresses, const panos::Node* before, const panos::Node* after, Micros now);
    /// A list has been fetched since the last look.
    bool lists_changed(const panos::Device& device);
    void look_at_commits(const panos::Device& device, Micros now);
    /// Which of those that are due are denied now, by the commit of that index.
    void look_at_verdicts(const panos::Device& device, Micros now, std::uint32_t commit);
    void stage(std::string_view address, Micros now);
    Micros since_start(panos::Instant at) const;

    std::string user_;
    Mode mode_;
    const std::vector<std::string>& attackers_;
    const Schedule& due_;
    panos::Instant start_{};
    FirewallSeen seen_;
    std::unordered_map<std::string, std::uint32_t> by_address_;
    std::map<std::string, panos::NodePtr> groups_;  // of the candidate as it was looked at last, by scope and name
    std::vector<std::uint32_t> open_;               // due, and not denied when it was looked last
    std::vector<std::uint32_t> staged_;             // and no commit asked for since
    std::size_t due_seen_ = 0;                      // alerts that are in open_ or were
    std::size_t enforced_ = 0;
    std::map<std::string, panos::Instant> fetched_;  // by list, when it was fetched last
    std::uint64_t calls_seen_ = 0;                   // including those that the device has forgotten
    std::size_t commits_before_ = 0;
    std::size_t commits_ended_ = 0;  // all before this index have finished
};

}  // namespace sim::load
