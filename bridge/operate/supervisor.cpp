#include "bridge/operate/supervisor.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

namespace bridge::operate {

namespace {

constexpr std::chrono::seconds status_period{5};

/// As sd_notify(3) does, but without waiting for a service manager that takes nothing: it is nothing that the bridge
/// could mend, or should stand still for.
void tell(const std::string& text) {
    const char* const path = std::getenv("NOTIFY_SOCKET");
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    const std::size_t length = path == nullptr ? 0 : std::strlen(path);
    if (length == 0 || length >= sizeof to.sun_path) {
        return;
    }
    std::memcpy(to.sun_path, path, length);
    if (path[0] == '@') {
        to.sun_path[0] = '\0';  // in the abstract namespace
    }
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) {
        return;
    }
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    ::sendto(socket, text.data(), text.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), size);
    ::close(socket);
}

std::uint64_t monotonic_microseconds() {
    std::timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000U + static_cast<std::uint64_t>(now.tv_nsec) / 1000U;
}

}  // namespace

Supervisor::Supervisor(net::EventLoop& loop, std::function<std::string()> status)
    : loop_(loop), status_(std::move(status)), supervised_(std::getenv("NOTIFY_SOCKET") != nullptr) {
    std::uint64_t period = 0;
    if (supervised_ && ::sd_watchdog_enabled(0, &period) > 0) {
        // Half of it, as systemd advises.
        watchdog_ = std::max(std::chrono::milliseconds(1), std::chrono::milliseconds(period / 2000));
    }
}

void Supervisor::ready() {
    if (!supervised_) {
        return;
    }
    told_ = status_();
    tell(fmt::format("READY=1\nSTATUS={}", told_));
    if (watchdog_.count() > 0 && !watchdog_timer_) {
        feed_watchdog();
    }
    if (!status_timer_) {
        status_timer_ = loop_.after(status_period, [this] { tell_status(); });
    }
}

void Supervisor::reloading() {
    if (supervised_) {
        tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_microseconds()));
    }
}

void Supervisor::stopping() {
    if (supervised_) {
        status_timer_.reset();
        tell("STOPPING=1\nSTATUS=stopping: taking no more notifications");
    }
}

void Supervisor::feed_watchdog() {
    tell("WATCHDOG=1");
    watchdog_timer_ = loop_.after(watchdog_, [this] { feed_watchdog(); });
}

void Supervisor::tell_status() {
    if (std::string now = status_(); now != told_) {
        told_ = std::move(now);
        tell("STATUS=" + told_);
    }
    status_timer_ = loop_.after(status_period, [this] { tell_status(); });
}

}  // namespace bridge::operate
