// What the log is told of a store in trouble: when it begins, what it costs, and when it is over; a line of each kind a
// minute at most, however many notifications are turned away.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "bridge/engine/clock.hpp"

namespace bridge::engine {

inline constexpr std::chrono::minutes store_notice_pause{1};

class StoreNotice {
public:
    enum class Tone { warning, news };
    using Tell = std::function<void(Tone, std::string)>;

    /// `clock` must outlive the notice.
    StoreNotice(Clock& clock, Tell tell) : clock_(clock), tell_(std::move(tell)) {}

    /// A notification was answered 503.
    void refused(const std::string& peer, const std::string& why);
    /// A notification was stored.
    void stored();
    /// Why writes fail, or empty when they succeed again, with or without a notification.
    void trouble(const std::string& why);

private:
    void look();
    void look_at(domain::Instant when);
    void warn();
    void tell_end();

    Clock& clock_;
    Tell tell_;
    std::string why_;
    std::string peer_;
    bool failing_ = false;
    std::uint64_t refused_ = 0;              // since the last line
    std::uint64_t refused_all_ = 0;          // since the trouble began
    std::optional<domain::WallTime> since_;  // there was trouble whose end was not told
    std::optional<domain::Instant> last_warning_;
    std::optional<domain::Instant> last_end_;
    std::optional<domain::Instant> looks_at_;
    std::unique_ptr<Alarm> alarm_;
};

}  // namespace bridge::engine
