// A mock firewall behind a socket, in a scenario: it can stop listening and come back at the same port with the same
// configuration, as a device does whose line was cut.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "net/event_loop.hpp"
#include "sim/panos/device.hpp"

namespace sim::lab {

/// Every function on the loop's thread, but for url and ca_file.
class RealFirewall {
public:
    virtual ~RealFirewall() = default;

    /// Files begin with `stem`. `on_change` is called on the loop's thread after each call and each job's end.
    static tl::expected<std::unique_ptr<RealFirewall>, std::string> make(net::EventLoop& loop,
                                                                         panos::DeviceOptions options,
                                                                         const std::string& stem,
                                                                         std::function<void()> on_change);

    virtual const std::string& url() const = 0;
    virtual const std::string& ca_file() const = 0;

    virtual void stop_listening() = 0;
    virtual tl::expected<void, std::string> listen() = 0;

    /// After something was done to the device otherwise than by its API.
    virtual void changed() = 0;

    /// Looks at, or acts on, the device at the time it is there.
    virtual void at_device(const std::function<void(panos::Device&, panos::Instant)>& act) = 0;
};

}  // namespace sim::lab
