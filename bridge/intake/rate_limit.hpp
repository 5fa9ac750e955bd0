// So many at once, and after that so many a second: a token bucket.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>

namespace bridge::intake {

using Instant = std::chrono::steady_clock::time_point;

struct Rate {
    double per_s = 0;  // 0: no limit
    double burst = 1;  // at once, when nothing came before

    bool limits() const noexcept { return per_s > 0; }
};

class Bucket {
public:
    /// Whether one more may pass.
    bool take(const Rate& rate, Instant now) {
        const double passed_s = fresh_ ? 0 : std::chrono::duration<double>(now - since_).count();
        left_ = fresh_ ? rate.burst : std::min(rate.burst, left_ + std::max(0.0, passed_s) * rate.per_s);
        fresh_ = false;
        since_ = now;
        if (left_ < 1) {
            return false;
        }
        left_ -= 1;
        return true;
    }

    /// Until the next one may pass, at least a second: what Retry-After tells.
    std::chrono::seconds wait(const Rate& rate) const {
        const double wait_s = std::ceil((1 - left_) / rate.per_s);
        return std::chrono::seconds(static_cast<long long>(std::clamp(wait_s, 1.0, 86'400.0)));
    }

private:
    double left_ = 0;
    Instant since_{};
    bool fresh_ = true;
};

}  // namespace bridge::intake
