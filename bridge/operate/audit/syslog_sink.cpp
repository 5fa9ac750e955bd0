#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include "bridge/operate/audit/audit_sink.hpp"

namespace bridge::operate {

namespace {

constexpr int patience_ms = 3000;
// A refusal on this host or this network is back by then; a server further away is not waited for.
constexpr int refusal_ms = 100;

std::string system_text(int error) {
    return std::generic_category().message(error);
}

class SyslogSink final : public AuditSink {
public:
    SyslogSink(SyslogAddress address, SyslogOrigin origin) : address_(std::move(address)), origin_(std::move(origin)) {}
    ~SyslogSink() override { hang_up(); }
    SyslogSink(const SyslogSink&) = delete;
    SyslogSink& operator=(const SyslogSink&) = delete;

    std::string name() const override { return "syslog"; }

    void reopen() override { hang_up(); }

    tl::expected<void, std::string> deliver(const AuditEvent& event) override {
        if (socket_ >= 0 && address_.kind == SyslogAddress::Kind::tcp && peer_has_left()) {
            hang_up();
        }
        if (socket_ < 0) {
            if (const auto connected = connect(); !connected) {
                return connected;
            }
            fresh_ = true;
        }
        std::string message = syslog_message(event, origin_);
        if (address_.kind == SyslogAddress::Kind::tcp) {
            message = fmt::format("{} {}", message.size(), message);  // RFC 6587, section 3.4.1
        }
        // The kernel tells of a datagram that was refused with the next one: both are sent anew.
        auto sent = unheard_.empty() ? tl::expected<void, std::string>{} : send(unheard_);
        if (sent) {
            sent = send(message);
        }
        if (sent && fresh_ && address_.kind == SyslogAddress::Kind::udp) {
            sent = not_refused();
        }
        if (sent) {
            fresh_ = false;
            unheard_.clear();
            last_ = std::move(message);
            return sent;
        }
        if (!fresh_) {
            unheard_ = std::exchange(last_, {});
        }
        hang_up();
        return sent;
    }

private:
    std::string where() const {
        switch (address_.kind) {
            case SyslogAddress::Kind::udp:
                return fmt::format("syslog server udp://{}:{}", address_.host, address_.port);
            case SyslogAddress::Kind::tcp:
                return fmt::format("syslog server tcp://{}:{}", address_.host, address_.port);
            case SyslogAddress::Kind::unix_datagram:
                return address_.path;
        }
        return "syslog server";
    }

    tl::unexpected<std::string> failed(const std::string& why) const {
        return tl::unexpected(fmt::format("{}: {}", where(), why));
    }

    void hang_up() {
        if (socket_ >= 0) {
            ::close(std::exchange(socket_, -1));
        }
    }

    tl::expected<void, std::string> connect() {
        if (address_.kind == SyslogAddress::Kind::unix_datagram) {
            sockaddr_un to{};
            to.sun_family = AF_UNIX;
            std::memcpy(to.sun_path, address_.path.data(), std::min(address_.path.size(), sizeof to.sun_path - 1));
            socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
            if (socket_ < 0 || ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
                const int error = errno;
                hang_up();
                return failed(system_text(error));
            }
            return {};
        }
        addrinfo wanted{};
        wanted.ai_socktype = address_.kind == SyslogAddress::Kind::udp ? SOCK_DGRAM : SOCK_STREAM;
        addrinfo* found = nullptr;
        const int error = ::getaddrinfo(address_.host.c_str(), std::to_string(address_.port).c_str(), &wanted, &found);
        if (error != 0) {
            return failed(::gai_strerror(error));
        }
        const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, &::freeaddrinfo);
        std::string why = "no address";
        for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
            socket_ = ::socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, each->ai_protocol);
            if (socket_ >= 0 && (::connect(socket_, each->ai_addr, each->ai_addrlen) == 0 || comes_up())) {
                return {};
            }
            why = system_text(errno);
            hang_up();
        }
        return failed(why);
    }

    /// Waits for a connection that is being made; else leaves the reason in errno.
    bool comes_up() const {
        if (errno != EINPROGRESS) {
            return false;
        }
        pollfd wait{socket_, POLLOUT, 0};
        if (::poll(&wait, 1, patience_ms) <= 0) {
            errno = ETIMEDOUT;
            return false;
        }
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
        errno = error;
        return error == 0;
    }

    /// A syslog server never speaks; what can be read is the end.
    bool peer_has_left() const {
        char byte = 0;
        const ssize_t got = ::recv(socket_, &byte, 1, MSG_DONTWAIT);
        return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
    }

    /// The first datagram on a socket decides whether anybody is there at all.
    tl::expected<void, std::string> not_refused() const {
        pollfd wait{socket_, 0, 0};
        if (::poll(&wait, 1, refusal_ms) <= 0) {
            return {};
        }
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
        return error == 0 ? tl::expected<void, std::string>{} : failed(system_text(error));
    }

    tl::expected<void, std::string> send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent >= 0) {
                bytes.remove_prefix(static_cast<std::size_t>(sent));
                continue;
            }
            if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
                return failed(system_text(errno));
            }
            pollfd wait{socket_, POLLOUT, 0};
            if (::poll(&wait, 1, patience_ms) <= 0) {
                return failed("takes nothing more");
            }
        }
        return {};
    }

    SyslogAddress address_;
    SyslogOrigin origin_;
    int socket_ = -1;
    bool fresh_ = true;    // nothing has been sent on this socket yet
    std::string last_;     // what was sent last
    std::string unheard_;  // what was, and got no further than the kernel
};

}  // namespace

std::unique_ptr<AuditSink> make_syslog_sink(SyslogAddress address, SyslogOrigin origin) {
    return std::make_unique<SyslogSink>(std::move(address), std::move(origin));
}

}  // namespace bridge::operate
