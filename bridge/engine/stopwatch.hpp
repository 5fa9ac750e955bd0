// How long blocks take from the acknowledgement of their alert until the target enforces them.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "bridge/domain/block/block.hpp"
#include "bridge/domain/value/time.hpp"

namespace bridge::engine {

/// Keeps those that are under way, and nothing of the others. A restart forgets: what an earlier process acknowledged
/// is not measured.
class Stopwatch {
public:
    void start(const std::string& target, const domain::Indicator& indicator, domain::Instant now);

    /// The time since `start`, when this change ends it with the block being enforced; it is over as well when the
    /// block is refused, held, expired or removed.
    std::optional<std::chrono::milliseconds> on_change(const domain::BlockChange& change, domain::Instant now);

    std::size_t under_way() const noexcept;

private:
    std::map<std::string, std::map<domain::Indicator, domain::Instant>> started_;  // by target
};

}  // namespace bridge::engine
