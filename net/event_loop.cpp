#include "net/event_loop.hpp"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <system_error>
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

void listen_for_signals(asio::posix::stream_descriptor& signals,
                        const std::shared_ptr<std::function<void(int)>>& task) {
    signals.async_wait(asio::posix::stream_descriptor::wait_read, [&signals, task](const error_code& error) {
        if (error) {
            return;
        }
        signalfd_siginfo signal{};
        const bool came = read(signals.native_handle(), &signal, sizeof(signal)) == ssize_t{sizeof(signal)};
        listen_for_signals(signals, task);
        if (came) {
            (*task)(static_cast<int>(signal.ssi_signo));
        }
    });
}

sigset_t set_of(std::initializer_list<int> signals) {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : signals) {
        sigaddset(&set, number);
    }
    return set;
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

void EventLoop::hold_signals(std::initializer_list<int> signals) {
    const sigset_t set = set_of(signals);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void EventLoop::on_signals(std::initializer_list<int> signals, std::function<void(int)> task) {
    hold_signals(signals);
    const sigset_t set = set_of(signals);
    const int descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (descriptor < 0) {
        throw std::system_error(errno, std::generic_category(), "signalfd");
    }
    auto& signals_descriptor = context_->signals.emplace(context_->io, descriptor);
    listen_for_signals(signals_descriptor, std::make_shared<std::function<void(int)>>(std::move(task)));
}

}  // namespace net
