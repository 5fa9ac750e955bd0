#include "bridge/engine/stopwatch.hpp"

#include <numeric>

namespace bridge::engine {

using namespace domain;

void Stopwatch::start(const std::string& target, const Indicator& indicator, Instant now) {
    started_[target].try_emplace(indicator, now);
}

std::optional<std::chrono::milliseconds> Stopwatch::on_change(const BlockChange& change, Instant now) {
    if (change.state == BlockState::wanted || change.state == BlockState::pushed) {
        return std::nullopt;
    }
    const auto of_target = started_.find(change.target);
    if (of_target == started_.end()) {
        return std::nullopt;
    }
    const auto started = of_target->second.extract(change.indicator);
    if (of_target->second.empty()) {
        started_.erase(of_target);
    }
    if (started.empty() || change.state != BlockState::enforced) {
        return std::nullopt;
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - started.mapped());
}

std::size_t Stopwatch::under_way() const noexcept {
    return std::accumulate(started_.begin(), started_.end(), std::size_t{0},
                           [](std::size_t sum, const auto& of_target) { return sum + of_target.second.size(); });
}

}  // namespace bridge::engine
