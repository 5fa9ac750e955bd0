#include "bridge/engine/stopwatch.hpp"

namespace bridge::engine {

using namespace domain;

void Stopwatch::start(const std::string& target, const Indicator& indicator, Instant now) {
    started_.try_emplace({target, indicator}, now);
}

std::optional<std::chrono::milliseconds> Stopwatch::on_change(const BlockChange& change, Instant now) {
    if (change.state == BlockState::wanted || change.state == BlockState::pushed) {
        return std::nullopt;
    }
    const auto started = started_.extract({change.target, change.indicator});
    if (started.empty() || change.state != BlockState::enforced) {
        return std::nullopt;
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - started.mapped());
}

}  // namespace bridge::engine
