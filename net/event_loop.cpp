#include "net/event_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "net/detail/context.hpp"

namespace net {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

struct PendingTask {
    PendingTask(asio::io_context& io, std::function<void()> what) : timer(io), task(std::move(what)) {}

    asio::steady_timer timer;
    std::function<void()> task;  // empty once the owner is gone: the expiry may already be queued by then
};

class LoopTimer final : public Timer {
public:
    explicit LoopTimer(std::shared_ptr<PendingTask> pending) : pending_(std::move(pending)) {}
    LoopTimer(const LoopTimer&) = delete;
    LoopTimer& operator=(const LoopTimer&) = delete;
    ~LoopTimer() override {
        pending_->task = nullptr;
        pending_->timer.cancel();
    }

private:
    std::shared_ptr<PendingTask> pending_;
};

void listen_for_signals(asio::signal_set& signals, const std::shared_ptr<std::function<void(int)>>& task) {
    signals.async_wait([&signals, task](const error_code& error, int number) {
        if (error) {
            return;
        }
        listen_for_signals(signals, task);
        (*task)(number);
    });
}

}  // namespace

EventLoop::EventLoop() : context_(std::make_unique<Context>()) {}

EventLoop::~EventLoop() = default;

void EventLoop::run() {
    auto stay = asio::make_work_guard(context_->io);
    context_->io.run();
    stay.reset();            // without work left, this stops the context once more
    context_->io.restart();  // afterwards and not before, so that a `stop` that came early still counts
}

void EventLoop::stop() {
    context_->io.stop();
}

void EventLoop::post(std::function<void()> task) {
    asio::post(context_->io, std::move(task));
}

std::unique_ptr<Timer> EventLoop::after(std::chrono::milliseconds delay, std::function<void()> task) {
    auto pending = std::make_shared<PendingTask>(context_->io, std::move(task));
    pending->timer.expires_after(delay);
    pending->timer.async_wait([pending](const error_code& error) {
        if (!error && pending->task) {
            const auto due = std::exchange(pending->task, nullptr);  // the task may destroy its own timer
            due();
        }
    });
    return std::make_unique<LoopTimer>(std::move(pending));
}

void EventLoop::on_signals(std::initializer_list<int> signals, std::function<void(int)> task) {
    auto& set = context_->signals.emplace(context_->io);
    for (const int number : signals) {
        set.add(number);
    }
    listen_for_signals(set, std::make_shared<std::function<void(int)>>(std::move(task)));
}

}  // namespace net
