// Who is turned away by the thousand fills no log: so many lines for one peer, so many in all, and the others are
// counted in the next line.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "bridge/intake/rate_limit.hpp"
#include "bridge/intake/recent.hpp"

namespace bridge::intake {

class LineBudget {
public:
    /// Whether this peer is worth a line now; if so, how many lines were left out since the last one of anybody.
    std::optional<std::uint64_t> spend(const std::string& peer, Instant now);

private:
    static constexpr Rate per_peer{.per_s = 0.2, .burst = 10};
    static constexpr Rate in_all{.per_s = 5, .burst = 100};
    static constexpr std::size_t peers_max = 1024;

    Recent<std::string, Bucket, std::hash<std::string>> peers_{peers_max};
    Bucket all_;
    std::uint64_t left_out_ = 0;
};

}  // namespace bridge::intake
