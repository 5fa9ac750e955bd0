#include "bridge/domain/enforcement/job_watch.hpp"

#include <algorithm>

namespace bridge::domain {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// Polling faster than every 2 s can make the job itself take longer (pango's authors), so that is where an unknown
// device starts.
constexpr milliseconds first_look{2000};
constexpr milliseconds pause_min{250};
constexpr milliseconds pause_max{10'000};
constexpr milliseconds unknown_pause_min{500};
constexpr milliseconds guessed_pause_min{1000};

constexpr unsigned close_looks = 4;
constexpr int nearly_over = 99;

}  // namespace

void JobWatch::begin(Instant now) {
    *this = JobWatch();
    begun_ = now;
}

void JobWatch::unfinished(int progress, Instant now) {
    ++looks_;
    progress_ = progress;
    unfinished_after_ = elapsed(now);
    if (progress >= nearly_over && !nearly_over_since_) {
        nearly_over_since_ = now;
    }
}

milliseconds JobWatch::elapsed(Instant now) const {
    return duration_cast<milliseconds>(now - begun_);
}

milliseconds JobWatch::pause(std::optional<milliseconds> takes, Instant now) const {
    if (looks_ == 0) {
        return takes ? std::max(pause_min, *takes) : first_look;
    }
    if (!takes) {
        return pause_by_progress(now);
    }
    return looks_ <= close_looks ? std::clamp(*takes / 32, pause_min, first_look)
                                 : std::clamp(*takes / 8, pause_min, pause_max);
}

milliseconds JobWatch::pause_by_progress(Instant now) const {
    const milliseconds so_far = elapsed(now);
    const milliseconds blind = std::clamp(so_far / 4, unknown_pause_min, pause_max);
    if (progress_ >= nearly_over) {
        // A fortieth of the time so far is what the end is seen late by; a job that stands there for long, or that was
        // there from the first look on, is asked ever more seldom all the same.
        const auto stands = duration_cast<milliseconds>(now - *nearly_over_since_);
        return std::min(blind, std::max({unknown_pause_min, so_far / 40, stands / 6}));
    }
    if (progress_ > 5 && so_far.count() > 0) {
        return std::clamp(so_far * (100 - progress_) / progress_, guessed_pause_min, pause_max);
    }
    return blind;
}

/// It ended between two looks; when there was only one, the next is a little earlier, or each late look would make the
/// next one later. The device tells times in whole seconds (`tdeq`, `tfin`), so its word is good to a second either
/// way.
milliseconds JobWatch::took(Instant now, std::optional<std::chrono::seconds> told) const {
    const milliseconds seen_after = elapsed(now);
    milliseconds took = unfinished_after_ ? (*unfinished_after_ + seen_after) / 2 : seen_after - seen_after / 25;
    if (told) {
        constexpr milliseconds grain{1000};
        took = std::clamp<milliseconds>(took, *told - grain, *told + grain);
    }
    return std::min(took, seen_after);
}

}  // namespace bridge::domain
