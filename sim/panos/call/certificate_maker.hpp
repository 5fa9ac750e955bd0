// Makes key pairs with their certificate, or with a request for one. Knows OpenSSL, and nothing of the device.
#pragma once

#include <chrono>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/panos/call/certificate_file.hpp"

namespace sim::panos {

struct CertificateWish {
    std::vector<std::pair<std::string, std::string>> subject;  // by OpenSSL's short names: {"CN", "fw.example"}, ...
    std::vector<std::string> alternatives;                     // "DNS:fw.example", "IP:192.0.2.1", "email:a@b.example"
    bool elliptic = false;
    unsigned bits = 2048;
    std::string digest = "sha256";
    bool authority = false;
    unsigned days = 365;
};

struct MadeCertificate {
    std::string certificate;  // PEM; empty when it is to be signed elsewhere
    std::string request;      // PEM (PKCS10), then
    std::string key;          // PEM, not encrypted: a secret
};

enum class SignedBy { itself, signer, elsewhere };

/// `signer` counts for SignedBy::signer: an authority's certificate and key. `now` in seconds since 1970, `serial` is
/// that of the certificate. Errors: what OpenSSL can't make, such as a country of three letters.
tl::expected<MadeCertificate, std::string> make_certificate(const CertificateWish& wish, SignedBy by,
                                                            const CertificateFile& signer, std::chrono::seconds now,
                                                            std::uint64_t serial);

}  // namespace sim::panos
