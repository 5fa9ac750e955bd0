// A mock firewall in the virtual world: the device model, whose jobs end by the scheduler, and the way to it, on which
// requests take a moment, arrive or do not, and are answered or not.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "bridge/panos/transport.hpp"
#include "sim/lab/virtual/scheduler.hpp"
#include "sim/panos/device.hpp"

namespace sim::lab {

class VirtualFirewall {
public:
    /// `on_change` is called after each request and each job's end. The scheduler must outlive it.
    static tl::expected<std::unique_ptr<VirtualFirewall>, std::string> make(Scheduler& scheduler,
                                                                            panos::DeviceOptions options,
                                                                            std::uint64_t seed,
                                                                            std::function<void()> on_change);

    panos::Device& device() noexcept { return *device_; }
    panos::Instant now() const { return scheduler_.wall(); }

    /// Down: connections are refused.
    void set_up(bool up) noexcept { up_ = up; }

    /// The way to it for one life of the bridge; `alive` ends with that life, and with it every answer under way.
    std::unique_ptr<bridge::panos::Transport> transport(std::weak_ptr<void> alive);

    /// After something was done to the device from outside.
    void look_again();

private:
    class Way;

    VirtualFirewall(Scheduler& scheduler, std::unique_ptr<panos::Device> device, std::uint64_t seed,
                    std::function<void()> on_change);

    void arm();
    std::chrono::milliseconds travel_time();

    Scheduler& scheduler_;
    std::unique_ptr<panos::Device> device_;
    std::minstd_rand random_;
    std::function<void()> on_change_;
    bool up_ = true;
    std::optional<panos::Instant> armed_;
};

}  // namespace sim::lab
