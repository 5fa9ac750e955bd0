// Which alerts a bridge's journal holds, by the ids that the appliance gave them.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace sim::soak {

/// For ids from `first` to `first + count`: how often each is there. The file is opened read-only. Errors name the
/// file.
tl::expected<std::vector<std::uint8_t>, std::string> journal_alerts(const std::string& path, std::uint64_t first,
                                                                    std::size_t count);

}  // namespace sim::soak
