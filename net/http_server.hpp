// An HTTP/1.1 server (plain or TLS) on an EventLoop, bounded in every direction. The intake of the bridge, its
// status listener and the mock firewalls are each one handler behind it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "net/event_loop.hpp"
#include "net/http.hpp"

namespace net {

/// What went wrong, for people: names the thing, the place and the mend.
template <class T>
using Result = tl::expected<T, std::string>;

struct TlsIdentity {
    std::string certificate_file;  // PEM, may hold a chain
    std::string key_file;          // PEM
    std::string client_ca_file{};  // PEM; when set, clients must show a certificate that it signed
};

struct ListenOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one
    std::optional<TlsIdentity> tls{};
    std::size_t body_bytes_max = 16U << 20U;
    std::size_t header_bytes_max = 16U << 10U;
    std::chrono::milliseconds read_timeout{30'000};  // from the first byte of a request to its last; TLS handshake too
    std::chrono::milliseconds idle_timeout{60'000};  // kept-alive connection without a request
    std::size_t connections_max = 1024;              // further ones are accepted and closed at once, and counted
    bool lenient_targets = false;                    // take raw < > ' [ ] in the request line, as PAN-OS does
    std::string server_header{};                     // value of Server:, empty for none
};

/// Gives the answer to one request; call it once, from any thread. A connection whose `Respond` is destroyed
/// uncalled gets a 500.
using Respond = std::function<void(HttpResponse)>;

/// Why the server itself answered, or closed, before a handler saw a whole request.
enum class Turned { header_too_large, body_too_large, malformed, timed_out, handshake_failed, too_many_connections };

class HttpHandler {
public:
    virtual ~HttpHandler() = default;

    /// Called on the loop's thread when the header is complete and before the body is read (`head.body` is empty).
    /// An answer here refuses the request unread: wrong credentials, wrong source, a Content-Length over the limit.
    /// With nullopt the server sends `100 Continue` if it was asked for one, and reads the body.
    virtual std::optional<HttpResponse> on_header(const HttpRequest& head) = 0;

    /// Called on the loop's thread with the whole request.
    virtual void on_request(HttpRequest request, Respond respond) = 0;

    /// The server answered by itself. `detail` is for the log, bounded and printable.
    virtual void on_turned_away(Turned why, const std::string& peer, const std::string& detail) = 0;

    /// One of the callbacks above threw; the peer got a 500. For the log; without an override, on standard error.
    virtual void on_handler_failed(const std::string& detail);
};

class HttpServer {
public:
    virtual ~HttpServer() = default;  // closes everything

    /// Binds and listens; errors name address, port and reason ("127.0.0.1:8443: Address already in use").
    /// `handler` and `loop` must outlive the server. Create and destroy on the loop's thread, or while it does not run.
    static Result<std::unique_ptr<HttpServer>> listen(EventLoop& loop, ListenOptions options, HttpHandler& handler);

    virtual std::uint16_t port() const = 0;
    virtual std::size_t connections() const = 0;

    /// Takes no new connection, lets requests under way finish, closes idle ones; `done` runs when none is left.
    virtual void drain(std::function<void()> done) = 0;
};

}  // namespace net
