// Time as the engine is given it: the process's clocks in production, a scheduler's in a simulation.
#pragma once

#include <functional>
#include <memory>

#include "bridge/domain/value/time.hpp"

namespace bridge::engine {

/// Ends the wait when it goes; it may go while its own task runs.
class Alarm {
public:
    virtual ~Alarm() = default;
};

class Clock {
public:
    virtual ~Clock() = default;

    virtual domain::WallTime wall() const = 0;
    virtual domain::Instant now() const = 0;

    /// Runs `task` on the engine's thread at or after `when`, unless the alarm goes before.
    virtual std::unique_ptr<Alarm> at(domain::Instant when, std::function<void()> task) = 0;

    /// Runs `task` on the engine's thread, after what is running now. Any thread.
    virtual void post(std::function<void()> task) = 0;
};

}  // namespace bridge::engine
