#include "net/http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "net/detail/context.hpp"
#include "net/detail/session.hpp"
#include "net/detail/tls_context.hpp"
#include "net/detail/unix_listener.hpp"

namespace net {
namespace asio = boost::asio;
using asio::generic::stream_protocol;
using boost::system::error_code;

namespace {

constexpr int accepts_per_turn_max = 64;
constexpr int waiters_looked_at = 64;
constexpr std::chrono::milliseconds pause_without_descriptors{100};

/// A socket address: IPv4, IPv6 or a Unix socket's.
struct Endpoint {
    sockaddr_storage storage{};
    socklen_t length = sizeof(sockaddr_storage);

    sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
    sockaddr_in& v4() { return reinterpret_cast<sockaddr_in&>(storage); }
    sockaddr_in6& v6() { return reinterpret_cast<sockaddr_in6&>(storage); }
    bool is_v6() const { return storage.ss_family == AF_INET6; }
    bool is_local() const { return storage.ss_family == AF_UNIX; }
    stream_protocol protocol() const { return {storage.ss_family, is_local() ? 0 : IPPROTO_TCP}; }
};

std::optional<Endpoint> parse_endpoint(const std::string& address, std::uint16_t port) {
    Endpoint endpoint;
    if (inet_pton(AF_INET, address.c_str(), &endpoint.v4().sin_addr) == 1) {
        endpoint.v4().sin_family = AF_INET;
        endpoint.v4().sin_port = htons(port);
        endpoint.length = sizeof(sockaddr_in);
        return endpoint;
    }
    if (inet_pton(AF_INET6, address.c_str(), &endpoint.v6().sin6_addr) == 1) {
        endpoint.v6().sin6_family = AF_INET6;
        endpoint.v6().sin6_port = htons(port);
        endpoint.length = sizeof(sockaddr_in6);
        return endpoint;
    }
    return std::nullopt;
}

/// Canonical text without the port; an IPv4 address that came in through an IPv6 socket is written as IPv4.
std::string address_text(Endpoint& endpoint) {
    if (endpoint.is_local()) {
        return "local";
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* address = &endpoint.v4().sin_addr;
    int family = AF_INET;
    if (endpoint.is_v6()) {
        const auto& v6 = endpoint.v6().sin6_addr;
        const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6);
        address = mapped ? static_cast<const void*>(&v6.s6_addr[12]) : &v6;
        family = mapped ? AF_INET : AF_INET6;
    }
    return inet_ntop(family, address, text.data(), text.size()) != nullptr ? text.data() : "unknown";
}

/// An IPv4 address that came in through an IPv6 socket is one too.
detail::Source source_of(Endpoint& endpoint) {
    if (!endpoint.is_v6()) {
        return detail::Source::of_v4(&endpoint.v4().sin_addr);
    }
    const auto& v6 = endpoint.v6().sin6_addr;
    return IN6_IS_ADDR_V4MAPPED(&v6) ? detail::Source::of_v4(&v6.s6_addr[12]) : detail::Source::of_v6(&v6.s6_addr[0]);
}

std::string system_text(int error) {
    return std::generic_category().message(error);
}

Result<int> open_listener(const ListenOptions& options) {
    const std::string name = options.address.find(':') == std::string::npos
                                 ? options.address + ":" + std::to_string(options.port)
                                 : "[" + options.address + "]:" + std::to_string(options.port);
    auto endpoint = parse_endpoint(options.address, options.port);
    if (!endpoint) {
        return tl::unexpected(name + ": not an IP address; give one of this host, 0.0.0.0 or ::");
    }
    const int listener = ::socket(endpoint->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
    const int on = 1;
    // Accepted sockets inherit TCP_NODELAY.
    if (listener < 0 || ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        ::setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        ::bind(listener, endpoint->raw(), endpoint->length) != 0 || ::listen(listener, SOMAXCONN) != 0) {
        const int error = errno;
        if (listener >= 0) {
            ::close(listener);
        }
        return tl::unexpected(name + ": " + system_text(error));
    }
    return listener;
}

/// The listening side. Held by the server and by callbacks under way.
class Core : public std::enable_shared_from_this<Core> {
public:
    Core(asio::io_context& io, ListenOptions options, HttpHandler& handler)
        : commons_(io, std::move(options), handler), acceptor_(io), pause_(io) {}

    Result<void> open() {
        if (commons_.options.tls) {
            auto context = detail::make_tls_context(*commons_.options.tls);
            if (!context) {
                return tl::unexpected(context.error());
            }
            commons_.tls = std::move(*context);
        }
        const auto& path = commons_.options.unix_socket;
        const auto listener = path ? detail::open_unix_listener(*path, file_) : open_listener(commons_.options);
        if (!listener) {
            return tl::unexpected(listener.error());
        }
        Endpoint bound;
        ::getsockname(*listener, bound.raw(), &bound.length);
        if (!bound.is_local()) {
            port_ = ntohs(bound.is_v6() ? bound.v6().sin6_port : bound.v4().sin_port);
        }
        error_code error;
        acceptor_.assign(bound.protocol(), *listener, error);
        if (error) {
            ::close(*listener);
            return tl::unexpected(commons_.options.address + ": " + error.message());
        }
        await_connections();
        return {};
    }

    void shut() {
        shut_ = true;
        close_acceptor();
        commons_.gate->shut();
        commons_.drained = nullptr;
        while (!commons_.sessions.empty()) {
            const auto session = commons_.sessions.begin()->second;
            session->close();
        }
    }

    void drain(std::function<void()> done) {
        close_acceptor();
        commons_.draining = true;
        commons_.drained = std::move(done);
        std::vector<std::shared_ptr<detail::Session>> all;
        for (const auto& [key, session] : commons_.sessions) {
            all.push_back(session);
        }
        for (const auto& session : all) {
            session->drain();
        }
        commons_.notice_drained();
    }

    Result<void> renew_identity(const TlsIdentity& identity) {
        if (!commons_.tls) {
            return tl::unexpected(std::string("this listener speaks plain HTTP"));
        }
        auto context = detail::make_tls_context(identity);
        if (!context) {
            return tl::unexpected(std::move(context.error()));
        }
        commons_.tls = std::move(*context);
        return {};
    }

    std::optional<ShownCertificate> certificate() const {
        return commons_.tls ? std::optional(commons_.tls->certificate) : std::nullopt;
    }

    std::uint16_t port() const { return port_; }
    std::size_t connections() const { return commons_.sessions.size(); }

private:
    void close_acceptor() {
        pause_.cancel();
        error_code ignored;  // it is closed either way
        acceptor_.close(ignored);
        file_.remove();
    }

    void await_connections() {
        acceptor_.async_wait(asio::socket_base::wait_read, [self = shared_from_this()](const error_code& error) {
            if (!error && self->acceptor_.is_open()) {
                self->accept_some();
            }
        });
    }

    void accept_some() {
        for (int i = 0; i < accepts_per_turn_max; ++i) {
            Endpoint peer;
            const int socket = ::accept4(acceptor_.native_handle(), peer.raw(), &peer.length, SOCK_CLOEXEC);
            if (socket >= 0) {
                welcome(socket, peer);
                if (shut_ || !acceptor_.is_open()) {
                    return;  // by a handler that was told of it
                }
                continue;
            }
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
                // The listener stays readable, so waiting for it would spin.
                commons_.turned_away(Turned::too_many_connections, "", "accept: " + system_text(errno));
                pause_.expires_after(pause_without_descriptors);
                pause_.async_wait([self = shared_from_this()](const error_code& error) {
                    if (!error && self->acceptor_.is_open()) {
                        self->await_connections();
                    }
                });
                return;
            }
            if (errno == EAGAIN || errno == EWOULDBLOCK) {
                break;
            }
            // Others concern the one connection (accept(2)): it is gone already.
        }
        await_connections();
    }

    void welcome(int socket, Endpoint& peer) {
        auto address = address_text(peer);
        const auto source = source_of(peer);
        const auto refused = reason_against(address, source);
        if (refused || (commons_.sessions.size() >= commons_.options.connections_max && !make_room(source))) {
            ::close(socket);
            if (!refused || !refused->empty()) {
                commons_.turned_away(
                    Turned::too_many_connections, address,
                    refused ? *refused
                            : "more than " + std::to_string(commons_.options.connections_max) + " connections");
            }
            return;
        }
        if (shut_ || !acceptor_.is_open()) {
            ::close(socket);  // by a handler that was told of one that gave way
            return;
        }
        std::shared_ptr<detail::Session> session;
        try {
            session = std::make_shared<detail::Session>(commons_, peer.protocol(), socket, std::move(address), source);
        } catch (const std::exception& error) {
            ::close(socket);
            commons_.handler_failed(std::string("connection not taken: ") + error.what());
            return;
        }
        commons_.sessions.emplace(session.get(), session);
        ++commons_.of_source[source];
        session->start();
    }

    /// Why a connection is not taken whatever room there is. Empty: the handler does not want it, and knows why.
    std::optional<std::string> reason_against(const std::string& address, const detail::Source& source) {
        const std::size_t limit = commons_.options.connections_per_source_max;
        if (limit > 0 && commons_.count_of(source) >= limit) {
            return "more than " + std::to_string(limit) + " connections from there";
        }
        bool wanted = true;
        try {
            wanted = commons_.handler.on_connection(address);
        } catch (const std::exception& error) {
            commons_.handler_failed(error.what());
            wanted = false;
        }
        return wanted ? std::nullopt : std::optional<std::string>(std::string());
    }

    /// Whoever holds every place without asking for anything does not keep the others out. Of those who have waited
    /// longest, one whose source holds most gives way, so that sources fight for places with their likes: a crowd that
    /// comes again and again throws out its own, and not the one connection of an appliance. A source that would then
    /// hold more than that gets no place.
    bool make_room(const detail::Source& source) {
        detail::Session* most = nullptr;
        std::size_t held_by_most = 0;
        int looked_at = 0;
        for (auto it = commons_.waiters.begin(); it != commons_.waiters.end() && looked_at < waiters_looked_at; ++it) {
            auto& session = static_cast<detail::Session&>(*it);
            const std::size_t held = commons_.count_of(session.source()) + (session.source() == source ? 1 : 0);
            if (held > held_by_most) {
                most = &session;
                held_by_most = held;
            }
            ++looked_at;
        }
        if (most == nullptr || held_by_most < commons_.count_of(source) + 1) {
            return false;
        }
        most->give_way();
        return true;
    }

    detail::Commons commons_;
    asio::basic_socket_acceptor<stream_protocol> acceptor_;
    detail::SocketFile file_;
    asio::steady_timer pause_;
    std::uint16_t port_ = 0;
    bool shut_ = false;
};

class Server final : public HttpServer {
public:
    explicit Server(std::shared_ptr<Core> core) : core_(std::move(core)) {}
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() override { core_->shut(); }

    std::uint16_t port() const override { return core_->port(); }
    std::size_t connections() const override { return core_->connections(); }
    Result<void> renew_identity(const TlsIdentity& identity) override { return core_->renew_identity(identity); }
    std::optional<ShownCertificate> certificate() const override { return core_->certificate(); }
    void drain(std::function<void()> done) override { core_->drain(std::move(done)); }

private:
    std::shared_ptr<Core> core_;
};

}  // namespace

Result<ShownCertificate> look_at(const TlsIdentity& identity) {
    return detail::make_tls_context(identity).map([](const auto& context) { return context->certificate; });
}

bool HttpHandler::on_connection(const std::string&) {
    return true;
}

std::function<void(Verdict)> HttpHandler::on_header_later(const HttpRequest&) {
    return {};
}

void HttpHandler::on_handler_failed(const std::string& detail) {
    std::fprintf(stderr, "http handler failed: %s\n", detail.c_str());
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(EventLoop& loop, ListenOptions options, HttpHandler& handler) {
    auto core = std::make_shared<Core>(loop.context().io, std::move(options), handler);
    if (const auto opened = core->open(); !opened) {
        return tl::unexpected(opened.error());
    }
    return std::make_unique<Server>(std::move(core));
}

}  // namespace net
