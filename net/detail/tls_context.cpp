#include "net/detail/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <string_view>

#include "net/detail/certificate_names.hpp"

namespace net::detail {
namespace {

// TLS 1.2 suites of Mozilla's "intermediate" list (Server Side TLS 5.7) but for the DHE ones: who speaks TLS 1.2 has
// elliptic curves, and a finite-field exchange costs the server more than the client. TLS 1.3 has its own list, all
// good.
constexpr const char* modern_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
// For OpenSSL 0.9.8 and its time: no curves, no GCM. No 3DES and no RC4, since all of them have AES.
constexpr const char* old_ciphers =
    ":ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:AES128-GCM-SHA256:"
    "AES256-GCM-SHA384:AES128-SHA256:AES256-SHA256:AES128-SHA:AES256-SHA";
constexpr const char* curves = "X25519:P-256:P-384";
// 112 bits: RSA keys of 2048 bits, no SHA-1 in signatures (SSL_CTX_set_security_level(3)). TLS below 1.2 signs with
// SHA-1 and MD5, which only level 0 lets pass.
constexpr int modern_security_level = 2;
constexpr int old_security_level = 0;

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

/// OpenSSL's verdict on each certificate of a client's chain; the client's own must bear a name that is let in.
int judge_client(int trusted, X509_STORE_CTX* chain) {
    auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto& stream = *static_cast<Stream*>(SSL_get_app_data(ssl));
    const X509* const certificate = X509_STORE_CTX_get_current_cert(chain);
    const std::string subject = certificate == nullptr ? std::string() : subject_of(*certificate);
    if (trusted == 0) {
        stream.object_to_client(subject + ": " + X509_verify_cert_error_string(X509_STORE_CTX_get_error(chain)));
        return 0;
    }
    const auto& wanted = stream.context().client_names;
    if (wanted.empty() || X509_STORE_CTX_get_error_depth(chain) > 0) {
        return 1;
    }
    const auto names = names_of(*certificate);
    const bool known = std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) {
        return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return is_name(one, name); });
    });
    if (!known) {
        stream.object_to_client(subject + ": none of its names is let in");
        X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
    }
    return known ? 1 : 0;
}

Result<void> ask_clients(SSL_CTX* tls, const std::string& authority_file) {
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(authority_file.c_str());
    if (names == nullptr || SSL_CTX_load_verify_locations(tls, authority_file.c_str(), nullptr) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return failure("TLS client CA", authority_file, "give a PEM file of CA certificates");
    }
    SSL_CTX_set_client_CA_list(tls, names);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, judge_client);
    return {};
}

/// Appliances open a connection for each notification, and a resumed one costs a tenth of a new one. By tickets alone,
/// so that a crowd of strangers fills no memory here. Their keys are the context's: a renewed identity, which may trust
/// other clients, takes none of the old tickets.
void resume_by_tickets(SSL_CTX* tls) {
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(tls, 1);
    // Where clients are verified, OpenSSL refuses to resume while this is unset.
    constexpr std::string_view scope = "firebreak";
    SSL_CTX_set_session_id_context(tls, reinterpret_cast<const unsigned char*>(scope.data()),
                                   static_cast<unsigned>(scope.size()));
}

bool set_strength(SSL_CTX* tls, bool old_clients) {
    SSL_CTX_set_security_level(tls, old_clients ? old_security_level : modern_security_level);
    const std::string ciphers = std::string(modern_ciphers) + (old_clients ? old_ciphers : "");
    return SSL_CTX_set_min_proto_version(tls, old_clients ? TLS1_VERSION : TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(tls, ciphers.c_str()) == 1 && SSL_CTX_set1_groups_list(tls, curves) == 1;
}

ShownCertificate shown(const SSL_CTX* tls) {
    ShownCertificate shown;
    const X509* const certificate = SSL_CTX_get0_certificate(tls);
    std::tm ends{};
    if (certificate != nullptr && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &ends) == 1) {
        shown.ends = std::chrono::system_clock::from_time_t(timegm(&ends));
        shown.subject = subject_of(*certificate);
        shown.rsa = EVP_PKEY_is_a(X509_get0_pubkey(certificate), "RSA") == 1;
    }
    return shown;
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> make_tls_context(const TlsIdentity& identity) {
    ERR_clear_error();
    auto context = std::make_shared<TlsContext>();
    context->ssl.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX* const tls = context->ssl.get();
    if (tls == nullptr || !set_strength(tls, identity.old_clients)) {
        return tl::unexpected(std::string("TLS: OpenSSL gives no context"));
    }
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(tls,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_default_passwd_cb(tls, no_passphrase);
    resume_by_tickets(tls);

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
        if (auto asked = ask_clients(tls, identity.client_ca_file); !asked) {
            return tl::unexpected(std::move(asked.error()));
        }
    }
    context->client_names = identity.client_names;
    context->certificate = shown(tls);
    return context;
}

}  // namespace net::detail
