// A FirewallHandle over the device model, the same for both worlds.
#pragma once

#include <string>
#include <vector>

#include "sim/lab/world/firewall_handle.hpp"
#include "sim/lab/world/timeline.hpp"
#include "sim/panos/device.hpp"

namespace sim::lab {

class DeviceHandle final : public FirewallHandle {
public:
    /// Lives for one look or act, at the time `now`. `bridge_user` is the administrator that the bridge is.
    DeviceHandle(panos::Device& device, std::string bridge_user, panos::Instant now)
        : device_(device), bridge_user_(std::move(bridge_user)), now_(now) {}

    PacketVerdict verdict(const Traffic& traffic) override;
    bool blocks(const std::string& indicator) override;
    std::vector<CommitSeen> commits() override;
    bool committing() override;
    std::vector<CallSeen> calls() override;
    tl::expected<std::vector<std::string>, std::string> look(bool running, const std::string& xpath) override;
    bool has_pending_changes(const std::string& administrator) override;

    void add_fault(const SetFault& fault) override { device_.faults().add(fault.fault); }
    void clear_faults() override { device_.faults().lift_all(); }
    tl::expected<void, std::string> lock(const Lock& lock) override;
    tl::expected<void, std::string> edit(const Edit& edit) override;
    tl::expected<void, std::string> commit_by(const std::string& administrator) override;
    tl::expected<void, std::string> happen(const FleetEvent& event) override;
    tl::expected<void, std::string> load(const std::string& file) override;
    void reboot() override { device_.reboot(now_); }
    tl::expected<void, std::string> register_by(const RegisterBy& what) override;
    tl::expected<void, std::string> refresh_by(const RefreshBy& what) override;

private:
    /// A call of the API with that administrator's key; what the device answers when it refuses.
    tl::expected<void, std::string> call_as(const std::string& administrator, const std::string& type,
                                            const std::string& cmd);

    panos::Device& device_;
    std::string bridge_user_;
    panos::Instant now_;
};

/// The device that a scenario asks for. `target` is the bridge's that leads there; its administrators are those of the
/// scenario, the bridge's, and "admin".
tl::expected<panos::DeviceOptions, std::string> device_options(const Scenario& scenario, const FirewallSetup& setup,
                                                               const TargetSetup& target, std::uint64_t seed);

/// Adds what the firewall's administrator prepares for the ways in which the scenario's bridge blocks: a dynamic group
/// instead of a static one, external lists with pages of the bridge at `lists_url`.
void prepare_ways(panos::DeviceOptions& options, const Scenario& scenario, const FirewallSetup& setup,
                  const std::string& lists_url, std::uint64_t seed);

/// The token of a target of kind edl, made for the scenario.
std::string list_token(const std::string& target, std::uint64_t seed);

/// What the device remembers, as entries of the timeline; `origin` is when the scenario began.
void tell(const panos::Device& device, const std::string& name, panos::Instant origin,
          std::vector<TimelineEntry>& into);

}  // namespace sim::lab
