// One thread's loop: what is posted runs in order, timers fire, sockets are served. It hides Asio, so that only
// this room pays for compiling it.
#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>

namespace net {

/// Ends the timer when it goes, unless it has fired.
class Timer {
public:
    virtual ~Timer() = default;
};

class EventLoop {
public:
    EventLoop();
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// Runs until `stop`, on the calling thread. Everything handed to the loop runs on this thread.
    void run();

    /// Makes `run` return once what is running now is done. Any thread.
    void stop();

    /// Runs `task` on the loop's thread, after what is already waiting. Any thread.
    void post(std::function<void()> task);

    /// Runs `task` on the loop's thread after `delay`, unless the timer is destroyed before. Loop's thread only.
    [[nodiscard]] std::unique_ptr<Timer> after(std::chrono::milliseconds delay, std::function<void()> task);

    /// Keeps `signals` from the calling thread and from every thread that it starts from now on: what comes waits until
    /// `on_signals` takes it. A program calls this before its first other thread, since one thread that does not hold
    /// them is enough for them to end the process.
    static void hold_signals(std::initializer_list<int> signals);

    /// Calls `task` with the signal's number whenever the process gets one of `signals`, on the loop's thread and as
    /// any other task: they are held and read from a signalfd, so no handler interrupts anything. Once per loop.
    void on_signals(std::initializer_list<int> signals, std::function<void(int)> task);

    /// The io_context, for this room's own sources.
    struct Context;
    Context& context() noexcept { return *context_; }

private:
    std::unique_ptr<Context> context_;
};

}  // namespace net
