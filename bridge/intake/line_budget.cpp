#include "bridge/intake/line_budget.hpp"

#include <utility>

namespace bridge::intake {

std::optional<std::uint64_t> LineBudget::spend(const std::string& peer, Instant now) {
    if (!peers_.at(peer).take(per_peer, now) || !all_.take(in_all, now)) {
        ++left_out_;
        return std::nullopt;
    }
    return std::exchange(left_out_, 0);
}

}  // namespace bridge::intake
