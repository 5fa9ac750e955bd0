// The bridge's log: one line per happening on standard error, as text or as JSON. Where standard error is systemd's
// journal, text goes there directly, with its fields.
#pragma once

#include <memory>

#include "bridge/engine/engine.hpp"
#include "bridge/operate/config/config.hpp"

namespace bridge::operate {

class Log {
public:
    Log(LogLevel level, LogFormat format);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    /// From now on.
    void set(LogLevel level, LogFormat format);

    void write(const engine::Happening& happening);

private:
    struct Sink;
    std::unique_ptr<Sink> sink_;
};

}  // namespace bridge::operate
