// A mock firewall that stands, and what the bridge's configuration says of it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "sim/lab/real/loop_thread.hpp"
#include "sim/lab/real/real_firewall.hpp"
#include "sim/lab/world/bridge_yaml.hpp"

namespace sim::load::stage {

struct RaisedFirewall {
    std::unique_ptr<lab::RealFirewall> firewall;  // touched, and let go, on the loop's thread
    lab::TargetFiles files;
};

/// On a port of its own, with its files, and the key of `bridge_user`, in `directory`. `on_change` is called on the
/// loop's thread. Not from that thread. Errors name the firewall, or the file.
tl::expected<RaisedFirewall, std::string> raise_firewall(lab::LoopThread& loop, panos::DeviceOptions device,
                                                         const std::string& name, const std::string& directory,
                                                         std::function<void()> on_change);

}  // namespace sim::load::stage
