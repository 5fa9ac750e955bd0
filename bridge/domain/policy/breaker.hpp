// The circuit breaker: how many new blocks there may be within a minute, altogether and of one appliance, and how much
// a target's group may grow within an hour. What is over a limit is held for an operator.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "bridge/domain/value/time.hpp"

namespace bridge::domain {

struct BreakerLimits {  // 0: no limit
    std::uint32_t per_minute = 300;
    std::uint32_t per_minute_of_appliance = 0;
    std::uint32_t growth_per_hour = 0;  // of one target
};

class Breaker {
public:
    /// Why one more new indicator from this appliance may not be blocked now, on whatever target; empty if it may.
    std::string objection(const BreakerLimits& limits, const std::string& appliance, WallTime now);
    /// The same for one more block on the target.
    std::string growth_objection(const BreakerLimits& limits, const std::string& target, WallTime now);

    /// A new indicator was admitted; counts once, on however many targets.
    void count(const std::string& appliance, WallTime now);
    /// A new block was admitted on the target.
    void count_growth(const std::string& target, WallTime now);

    /// How many entries are kept in memory; of each window 3,601 at most, however many blocks fell into it.
    std::size_t remembered() const noexcept;

private:
    /// What was counted within the last `length`, a grain of up to length / 3600 longer: a storm of blocks must not
    /// cost memory for each for an hour. What a clock that was set back counted ahead counts no longer.
    class Window {
    public:
        explicit Window(std::chrono::milliseconds length) : length_(length), grain_(length / 3600) {}
        std::size_t size(WallTime now);
        /// Without a limit nobody asks for the size, so what is over is forgotten here too.
        void add(WallTime at);
        std::size_t remembered() const noexcept { return grains_.size(); }

    private:
        struct Grain {
            WallTime first;
            WallTime last;
            std::size_t count = 0;
        };
        std::chrono::milliseconds length_;
        std::chrono::milliseconds grain_;
        std::deque<Grain> grains_;
        std::size_t size_ = 0;  // of all grains
    };

    Window& of_appliance(const std::string& appliance, WallTime now);
    Window& of_target(const std::string& target);

    Window all_{std::chrono::minutes(1)};
    std::map<std::string, Window> appliances_;
    WallTime swept_{};  // when names without a block within the last minute were last forgotten
    std::map<std::string, Window> targets_;
};

}  // namespace bridge::domain
