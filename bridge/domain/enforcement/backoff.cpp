#include "bridge/domain/enforcement/backoff.hpp"

#include <algorithm>

namespace bridge::domain {

std::chrono::milliseconds Backoff::pause(unsigned failures, std::chrono::milliseconds longest) {
    std::chrono::milliseconds pause = shortest_;
    for (unsigned i = 1; i < failures && pause < longest; ++i) {
        pause *= 2;
    }
    pause = std::min(pause, longest);
    // So that bridges, targets and firewalls that failed together do not come back together.
    std::uniform_int_distribution<std::int64_t> spread(-pause.count() / 5, pause.count() / 5);
    return pause + std::chrono::milliseconds(spread(jitter_));
}

}  // namespace bridge::domain
