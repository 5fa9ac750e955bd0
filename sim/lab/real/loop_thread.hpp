// An event loop on a thread of its own, with a way to do something there and have its result.
#pragma once

#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "net/event_loop.hpp"

namespace sim::lab {

class LoopThread {
public:
    LoopThread() : thread_([this] { loop_.run(); }) {}
    ~LoopThread() {
        loop_.stop();
        thread_.join();
    }
    LoopThread(const LoopThread&) = delete;
    LoopThread& operator=(const LoopThread&) = delete;

    net::EventLoop& loop() noexcept { return loop_; }

    /// Runs `task` on the loop's thread and waits for what it returns. Not from that thread.
    template <class Task>
    auto run(Task task) -> decltype(task()) {
        std::packaged_task<decltype(task())()> packaged(std::move(task));
        auto result = packaged.get_future();
        loop_.post([&packaged] { packaged(); });
        return result.get();
    }

private:
    net::EventLoop loop_;
    std::thread thread_;
};

}  // namespace sim::lab
