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
#include <vector>

#include "net/event_loop.hpp"
#include "net/http.hpp"

namespace net {

/// What went wrong, for people: names the thing, the place and the mend.
template <class T>
using Result = tl::expected<T, std::string>;

struct TlsIdentity {
    std::string certificate_file;             // PEM, may hold a chain
    std::string key_file;                     // PEM
    std::string client_ca_file{};             // PEM; when set, clients must show a certificate that it signed
    std::vector<std::string> client_names{};  // when set, one that bears one of these: a subject (RFC 2253), a common
                                              // name or an alternative name; "*.example.com" stands for one label more
    bool old_clients = false;                 // TLS 1.0 and 1.1, RSA key exchange and CBC ciphers too, for what is
                                              // older than TLS 1.2
};

/// The certificate that a listener shows.
struct ShownCertificate {
    std::string subject;  // RFC 2253
    std::chrono::system_clock::time_point ends;
    bool rsa = false;  // what clients without elliptic curves need
};

/// Reads the files as a listener would. Errors name the file, what is wrong with it and the mend.
Result<ShownCertificate> look_at(const TlsIdentity& identity);

/// A listener on a path of this host, for which the file's owner and mode are the authorisation. Its folder must exist.
struct UnixListener {
    std::string path;      // at most 107 bytes (sockaddr_un)
    std::string group{};   // the socket is given to it; empty: the process's own
    unsigned mode = 0660;  // set before anyone can connect
};

struct ListenOptions {
    std::string address = "127.0.0.1";
    std::optional<UnixListener> unix_socket{};  // instead of address and port
    std::uint16_t port = 0;                     // 0: any free one
    std::optional<TlsIdentity> tls{};
    std::size_t body_bytes_max = 16U << 20U;
    std::size_t header_bytes_max = 16U << 10U;
    std::chrono::milliseconds read_timeout{30'000};    // from the first byte of a request to its last
    std::chrono::milliseconds header_timeout{10'000};  // TLS handshake; from there, and from the first byte of a
                                                       // request, to its header's end; never more than read_timeout
    std::size_t body_rate_min = 0;                     // bytes a second that a body must make after 5 s; 0: any
    std::chrono::milliseconds idle_timeout{60'000};    // kept-alive connection without a request
    std::size_t connections_max = 1024;          // for a further one the longest without a whole header gives way,
                                                 // when there is none such, the new one is closed, and counted
    std::size_t connections_per_source_max = 0;  // of one IPv4 address or IPv6 /64; 0: no limit
    bool lenient_targets = false;                // take raw < > ' [ ] in the request line, as PAN-OS does
    bool strict_requests = false;                // refuse with 400 what the standard allows, appliances never send,
                                                 // and peers read differently: chunk extensions, a target that is
                                                 // no path, codings but chunked, a second Authorization
    std::string server_header{};                 // value of Server:, empty for none
};

/// Gives the answer to one request; call it once, from any thread. A connection whose `Respond` is destroyed
/// uncalled gets a 500.
using Respond = std::function<void(HttpResponse)>;

/// Gives the verdict on a header later: nullopt lets the request in, an answer refuses it. As `Respond` otherwise.
using Verdict = std::function<void(std::optional<HttpResponse>)>;

/// Why the server itself answered, or closed, before a handler saw a whole request.
enum class Turned {
    header_too_large,
    body_too_large,
    malformed,
    timed_out,
    handshake_failed,
    too_many_connections,
    gave_way  // an idle or slow connection, closed for a new one
};

class HttpHandler {
public:
    virtual ~HttpHandler() = default;

    /// Called on the loop's thread when a connection comes in, before its TLS handshake. False closes it unheard.
    virtual bool on_connection(const std::string& peer);

    /// Called on the loop's thread when the header is complete and before the body is read (`head.body` is empty).
    /// An answer here refuses the request unread: wrong credentials, wrong source, a Content-Length over the limit.
    /// With nullopt the server sends `100 Continue` if it was asked for one, and reads the body.
    virtual std::optional<HttpResponse> on_header(const HttpRequest& head) = 0;

    /// Called right after `on_header` gave nullopt for the same `head`, for a handler whose verdict takes long. A
    /// function that it returns is called at once with the way to tell the verdict; until that comes, nothing more of
    /// the request is read. An empty one: the verdict stands.
    virtual std::function<void(Verdict)> on_header_later(const HttpRequest& head);

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
    /// A Unix socket that a dead process left is replaced, and unlinked when the server goes.
    /// `handler` and `loop` must outlive the server. Create and destroy on the loop's thread, or while it does not run.
    static Result<std::unique_ptr<HttpServer>> listen(EventLoop& loop, ListenOptions options, HttpHandler& handler);

    virtual std::uint16_t port() const = 0;
    virtual std::size_t connections() const = 0;

    /// Connections from now on are served with this identity; those there are keep theirs, and no session of the old
    /// one is resumed. On an error (a file that is missing or does not fit) the old identity stays. Loop's thread only.
    virtual Result<void> renew_identity(const TlsIdentity& identity) = 0;

    /// Of the identity in use; nullopt without TLS. Loop's thread only.
    virtual std::optional<ShownCertificate> certificate() const = 0;

    /// Takes no new connection, lets requests under way finish, closes idle ones; `done` runs when none is left.
    virtual void drain(std::function<void()> done) = 0;
};

}  // namespace net
