// The modes edl and edl-refresh of a load run: for each firewall a target whose pages that firewall fetches as its
// external dynamic lists.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "sim/lab/world/bridge_yaml.hpp"
#include "sim/load/stage/setup.hpp"
#include "sim/panos/device.hpp"

namespace sim::load::stage {

/// The lists of firewall i, at `lists_url` ("http://192.0.2.3:8444"); in another mode none.
void prepare_lists(panos::DeviceOptions& device, const Setup& setup, std::size_t i, const std::string& lists_url);

/// The bridge's tokens for these pages, in `directory`, and where it serves them; in another mode none.
tl::expected<void, std::string> write_tokens(const Setup& setup, const std::string& directory,
                                             const std::string& listen, lab::BridgeFiles& files);

}  // namespace sim::load::stage
