// What the service manager is told: that the bridge is ready, reloads, stops, what it is doing, and that its loop still
// turns. Without $NOTIFY_SOCKET nothing is said. Source: sd_notify(3), sd_watchdog_enabled(3).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "net/event_loop.hpp"

namespace bridge::operate {

class Supervisor {
public:
    /// `status` gives one line for `systemctl status`; it is asked every few seconds once the bridge is ready. The loop
    /// must outlive the supervisor.
    Supervisor(net::EventLoop& loop, std::function<std::string()> status);

    /// READY=1: after the start, and when a reload is over, however it ended. From the first time on the watchdog is
    /// fed from the loop, so that a loop that hangs is noticed.
    void ready();
    /// RELOADING=1, with the time that Type=notify-reload wants.
    void reloading();
    void stopping();

private:
    void feed_watchdog();
    void tell_status();

    net::EventLoop& loop_;
    std::function<std::string()> status_;
    bool supervised_ = false;
    std::string told_;
    std::chrono::milliseconds watchdog_{0};  // 0: none
    std::unique_ptr<net::Timer> watchdog_timer_;
    std::unique_ptr<net::Timer> status_timer_;
};

}  // namespace bridge::operate
