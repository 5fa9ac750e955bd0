// A connected socket, plain or TLS, read and written without waiting: each call does what can be done now and says
// what to wait for. So one session serves both, and only it knows the event loop.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_server.hpp"

namespace net::detail {

struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslDeleter>;

/// An identity, ready to serve connections; each connection holds the one that it began with.
struct TlsContext {
    SslContext ssl;
    std::vector<std::string> client_names;  // see TlsIdentity
    ShownCertificate certificate;
};

enum class Progress { done, want_read, want_write, end, failed };

struct Transfer {
    Progress progress;
    std::size_t bytes = 0;
};

class Stream {
public:
    /// Does not own `socket`. Plain when `context` is null.
    Stream(int socket, std::shared_ptr<const TlsContext> context);
    Stream(const Stream&) = delete;  // OpenSSL knows its address
    Stream& operator=(const Stream&) = delete;

    bool encrypted() const { return ssl_ != nullptr; }

    /// TLS only: call until it is done, ended or failed.
    Progress handshake();

    Transfer read(char* into, std::size_t size);

    /// `more`: another write follows at once, so that the kernel may fill its segment.
    Transfer write(std::string_view bytes, bool more);

    /// TLS: close_notify, as far as the socket takes it now.
    void say_goodbye();

    /// Whether the other end has sent anything at all. TLS only.
    bool heard_something() const;

    /// Why the last call failed, printable.
    const std::string& error() const { return error_; }

    /// Subject of the verified client certificate (RFC 2253), or empty.
    std::string client_subject() const;

    const TlsContext& context() const { return *context_; }
    /// Why the client's certificate is not taken; becomes `error` when the handshake fails.
    void object_to_client(std::string reason) { objection_ = std::move(reason); }

private:
    Progress judge(int result);

    int socket_;
    std::shared_ptr<const TlsContext> context_;
    std::unique_ptr<SSL, SslDeleter> ssl_;
    bool broken_ = false;
    std::string objection_;
    std::string error_;
};

}  // namespace net::detail
