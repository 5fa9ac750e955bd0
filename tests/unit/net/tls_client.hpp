// Identities in files of their own, and a TLS client that speaks to a server under test.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "net/certificate.hpp"
#include "server_under_test.hpp"
#include "temporary_folder.hpp"

namespace net::test {

class Directory : public ::test::TemporaryFolder {
public:
    std::string file(const std::string& name) const { return *this / name; }
    std::string write(const std::string& name, const std::string& text) const { return keep(name, text); }
    TlsIdentity identity(const std::string& name) const {
        const auto pair = make_self_signed({.common_name = name, .alternative_names = {"127.0.0.1"}});
        REQUIRE(pair);
        return {write(name + ".pem", pair->certificate), write(name + ".key", pair->key), ""};
    }
};

inline ListenOptions with_tls(TlsIdentity identity) {
    ListenOptions options;
    options.tls = std::move(identity);
    return options;
}

struct SslFreed {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};

/// A TLS client over a plain one.
class TlsClient {
public:
    TlsClient(std::uint16_t port, const std::string& trusted, const std::optional<TlsIdentity>& own = {})
        : client_(port), context_(SSL_CTX_new(TLS_client_method())) {
        SSL_CTX_load_verify_locations(context_.get(), trusted.c_str(), nullptr);
        SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
        if (own) {
            SSL_CTX_use_certificate_chain_file(context_.get(), own->certificate_file.c_str());
            SSL_CTX_use_PrivateKey_file(context_.get(), own->key_file.c_str(), SSL_FILETYPE_PEM);
        }
    }

    void only(int version) {
        SSL_CTX_set_min_proto_version(context_.get(), version);
        SSL_CTX_set_max_proto_version(context_.get(), version);
    }

    /// What a client of OpenSSL 0.9.8 can do; `ciphers` as OpenSSL names them.
    void as_old(int version, const char* ciphers) {
        SSL_CTX_set_security_level(context_.get(), 0);
        REQUIRE(SSL_CTX_set_cipher_list(context_.get(), ciphers) == 1);
        only(version);
    }

    /// Begins with what another client's connection left behind.
    void resume(SSL_SESSION* session) { session_ = session; }
    bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
    SSL_SESSION* session() const { return SSL_get1_session(ssl_.get()); }
    SSL* ssl() const { return ssl_.get(); }
    Client& plain() { return client_; }

    bool connect() {
        ssl_.reset(SSL_new(context_.get()));
        if (session_ != nullptr) {
            SSL_set_session(ssl_.get(), session_);
        }
        SSL_set_fd(ssl_.get(), client_.socket());
        return SSL_connect(ssl_.get()) == 1;
    }

    bool send(std::string_view text) {
        return SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) == static_cast<int>(text.size());
    }

    /// All up to the close; `clean` when the server said goodbye.
    std::string rest() {
        std::string all;
        char bytes[4096];
        while (true) {
            const int got = SSL_read(ssl_.get(), bytes, sizeof bytes);
            if (got <= 0) {
                clean = SSL_get_error(ssl_.get(), got) == SSL_ERROR_ZERO_RETURN;
                return all;
            }
            all.append(bytes, static_cast<std::size_t>(got));
        }
    }

    std::string ask(const std::string& body) {
        send(post(body, "Connection: close\r\n"));
        return rest();
    }

    bool clean = false;

private:
    SSL_SESSION* session_ = nullptr;
    Client client_;
    std::unique_ptr<SSL_CTX, SslFreed> context_;
    std::unique_ptr<SSL, SslFreed> ssl_;
};

}  // namespace net::test
