// The `load` of a scenario: alerts that keep coming beside the steps, by a schedule, and must all be blocked in time.
// So what a scenario expects is asked under load, and the load is judged by what it is measured for.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/lab/story/notifications.hpp"
#include "sim/lab/story/scenario.hpp"
#include "sim/load/firewall_watch.hpp"
#include "sim/load/measurement.hpp"

namespace sim::lab {

/// What leaves when, and what each firewall shows of it. Touched by one thread at a time.
class BackgroundLoad {
public:
    /// The alerts take their ids from `ids`, so that none is told twice. Errors: nothing arrives; what the appliance
    /// cannot send.
    static tl::expected<std::unique_ptr<BackgroundLoad>, std::string> make(const Scenario& scenario, AlertIds& ids,
                                                                           std::uint64_t seed);

    const std::vector<OutgoingNotification>& notifications() const noexcept { return notifications_; }
    std::vector<load::Sent>& sent() noexcept { return sent_; }
    /// How long after its beginning its last block is waited for.
    load::Micros patience() const { return due_.back() + within_; }

    /// The load begins now at this firewall; one that need not block is not watched.
    void begin(const std::string& firewall, const panos::Device& device, panos::Instant now);
    /// After each call and each end of a job there.
    void look(const std::string& firewall, const panos::Device& device, panos::Instant now);
    bool all_blocked() const;

    /// What was measured until `horizon`; `device` gives each watched firewall.
    load::Measurement measured(load::Micros horizon,
                               const std::function<const panos::Device&(const std::string&)>& device) const;

private:
    BackgroundLoad() = default;

    std::vector<OutgoingNotification> notifications_;
    std::vector<std::string> attackers_;
    load::Schedule due_;
    load::Micros within_{0};
    std::vector<load::Sent> sent_;
    std::map<std::string, std::unique_ptr<load::FirewallWatch>> watches_;
};

/// Why the load is not as the scenario wants it; nothing when it is.
tl::expected<void, std::string> judge(const LoadSetup& wanted, const load::Measurement& measured);

}  // namespace sim::lab
