#include "sim/load/stage/raised_firewall.hpp"

#include <fmt/format.h>

#include <utility>

#include "sim/lab/world/private_file.hpp"
#include "sim/load/stage/setup.hpp"

namespace sim::load::stage {

tl::expected<RaisedFirewall, std::string> raise_firewall(lab::LoopThread& loop, panos::DeviceOptions device,
                                                         const std::string& name, const std::string& directory,
                                                         std::function<void()> on_change) {
    const std::string stem = directory + "/" + name;
    auto made =
        loop.run([&] { return lab::RealFirewall::make(loop.loop(), std::move(device), stem, std::move(on_change)); });
    if (!made) {
        return tl::unexpected(fmt::format("{}: {}", name, made.error()));
    }
    RaisedFirewall raised;
    raised.firewall = std::move(*made);
    raised.files = {raised.firewall->url(), raised.firewall->ca_file(), stem + ".key"};
    std::string key;
    loop.run([&] {
        raised.firewall->at_device([&key](panos::Device& it, panos::Instant) { key = it.api_key(bridge_user); });
    });
    if (const auto written = lab::write_private(stem + ".key", key + "\n"); !written) {
        loop.run([&raised] { raised.firewall.reset(); });
        return tl::unexpected(written.error());
    }
    return raised;
}

}  // namespace sim::load::stage
