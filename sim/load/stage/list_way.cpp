#include "sim/load/stage/list_way.hpp"

#include <fmt/format.h>

#include "sim/lab/world/device_handle.hpp"
#include "sim/lab/world/private_file.hpp"

namespace sim::load::stage {

void prepare_lists(panos::DeviceOptions& device, const Setup& setup, std::size_t i, const std::string& lists_url) {
    if (!fetches_lists(setup.mode)) {
        return;
    }
    const std::string name = firewall_name(i);
    for (const char* const kind : {"ip", "domain", "url"}) {
        device.prepare_lists.push_back({fmt::format("{}-{}", name, kind), kind,
                                        fmt::format("{}/{}/{}.txt", lists_url, name, kind), name,
                                        lab::list_token(name, setup.seed)});
    }
}

tl::expected<void, std::string> write_tokens(const Setup& setup, const std::string& directory,
                                             const std::string& listen, lab::BridgeFiles& files) {
    if (!fetches_lists(setup.mode)) {
        return {};
    }
    files.lists_listen = listen;
    for (std::size_t i = 0; i < setup.firewalls; ++i) {
        const std::string name = firewall_name(i);
        std::string& file = files.token_files[name];
        file = fmt::format("{}/{}.token", directory, name);
        if (const auto written = lab::write_private(file, lab::list_token(name, setup.seed) + "\n"); !written) {
            return written;
        }
    }
    return {};
}

}  // namespace sim::load::stage
