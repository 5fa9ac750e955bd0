// Self-signed certificates for mock firewalls and tests: made in process by OpenSSL, never by a shell.
#pragma once

#include <string>
#include <vector>

#include "net/http_server.hpp"

namespace net {

struct SelfSigned {
    std::string common_name = "localhost";
    std::vector<std::string> alternative_names{};  // DNS names and IP literals for subjectAltName
    int days = 397;                                // from now; negative: it is over since then
};

struct PemPair {
    std::string certificate;
    std::string key;
};

/// A fresh P-256 key and a certificate signed by it, usable as its own CA.
Result<PemPair> make_self_signed(const SelfSigned& subject);

}  // namespace net
