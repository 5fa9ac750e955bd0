// Watches one job of a device, a commit or a push: when to look at it again, so that its end is seen soon and the
// device is asked seldom, and how long it took.
//
// How long the device's jobs take is learned from those before, and the first look is when this one should be over. Of
// a device's first one nothing is known: it is looked at after 2 s, and then by its own `progress`. That is no clock.
// It runs fast at first, stands at 99 % for the last part of the job, may jump, go back, or not be told at all (PAN-OS
// XML API, `show jobs id`): so it only says where the end is near, and looks come closer there.
#pragma once

#include <chrono>
#include <optional>

#include "bridge/domain/value/time.hpp"

namespace bridge::domain {

class JobWatch {
public:
    /// The job was started, or found, just now.
    void begin(Instant now);
    /// It was looked at, and is not over. `progress` is in percent as the device tells it; 0: it does not.
    void unfinished(int progress, Instant now);

    std::chrono::milliseconds elapsed(Instant now) const;

    /// From now until the next look. `takes`: about how long such a job takes, if that is known. Once it has begun,
    /// never less than 250 ms, or 500 ms of a job of which nothing is known; never more than 10 s but to the first look
    /// at a job that takes longer.
    std::chrono::milliseconds pause(std::optional<std::chrono::milliseconds> takes, Instant now) const;

    /// About how long it took, when it is seen to be over now. `told` is the device's word, in whole seconds.
    std::chrono::milliseconds took(Instant now, std::optional<std::chrono::seconds> told) const;

private:
    std::chrono::milliseconds pause_by_progress(Instant now) const;

    Instant begun_{};
    unsigned looks_ = 0;
    int progress_ = 0;
    std::optional<std::chrono::milliseconds> unfinished_after_;  // lastly
    std::optional<Instant> nearly_over_since_;                   // first seen at 99 %
};

}  // namespace bridge::domain
