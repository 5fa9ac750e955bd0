#include "net/detail/tls_context.hpp"

#include <openssl/err.h>

#include <string_view>

namespace net::detail {
namespace {

tl::unexpected<std::string> failure(std::string_view what, const std::string& file, std::string_view mend) {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    std::string text(what);
    text.append(" ").append(file).append(": ").append(reason != nullptr ? reason : "unreadable");
    text.append("; ").append(mend);
    ERR_clear_error();
    return tl::unexpected(std::move(text));
}

// A key with a passphrase must not make a daemon ask on its terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

}  // namespace

Result<SslContext> make_tls_context(const TlsIdentity& identity) {
    ERR_clear_error();
    SslContext context(SSL_CTX_new(TLS_server_method()));
    if (!context) {
        return tl::unexpected(std::string("TLS: OpenSSL gives no context"));
    }
    SSL_CTX* const tls = context.get();
    SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(tls,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_default_passwd_cb(tls, no_passphrase);

    if (SSL_CTX_use_certificate_chain_file(tls, identity.certificate_file.c_str()) != 1) {
        return failure("TLS certificate", identity.certificate_file, "give a PEM file, the server's certificate first");
    }
    if (SSL_CTX_use_PrivateKey_file(tls, identity.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        return failure("TLS key", identity.key_file,
                       "give the PEM key of the certificate, readable and without a passphrase");
    }
    if (SSL_CTX_check_private_key(tls) != 1) {
        return failure("TLS key", identity.key_file, "it does not belong to " + identity.certificate_file);
    }
    if (!identity.client_ca_file.empty()) {
        STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(identity.client_ca_file.c_str());
        if (names == nullptr || SSL_CTX_load_verify_locations(tls, identity.client_ca_file.c_str(), nullptr) != 1) {
            sk_X509_NAME_pop_free(names, X509_NAME_free);
            return failure("TLS client CA", identity.client_ca_file, "give a PEM file of CA certificates");
        }
        SSL_CTX_set_client_CA_list(tls, names);
        SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        // Sessions of one listener must not be resumed at another, which may trust other clients; OpenSSL refuses to
        // resume at all when clients are verified and this is unset.
        constexpr std::string_view scope = "firebreak";
        SSL_CTX_set_session_id_context(tls, reinterpret_cast<const unsigned char*>(scope.data()),
                                       static_cast<unsigned>(scope.size()));
    }
    return context;
}

}  // namespace net::detail
