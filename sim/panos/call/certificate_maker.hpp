// Makes key pairs with their certificate, or with a request for one. Knows OpenSSL, and nothing of the device.
#pragma once

#include <chrono>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/panos/call/certificate_file.hpp"
#include "sim/panos/machine/key_kind.hpp"

namespace sim::panos {

struct CertificateWish {
    std::vector<std::pair<std::string, std::string>> subject;  // by OpenSSL's short names: {"CN", "fw.example"}, ...
    std::vector<std::string> alternatives;                     // "DNS:fw.example", "IP:192.0.2.1", "email:a@b.example"
    KeyKind key{};
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

/// PEM, not encrypted: a secret; empty when there is no such key. Takes as long as it takes; any thread.
std::string make_key(const KeyKind& kind);

/// `signer` counts for SignedBy::signer: an authority's certificate and key. `now` in seconds since 1970, `serial` is
/// that of the certificate. `made_key`: of make_key(); empty: one is made here. Errors: what OpenSSL can't make, such
/// as a country of three letters.
tl::expected<MadeCertificate, std::string> make_certificate(const CertificateWish& wish, SignedBy by,
                                                            const CertificateFile& signer, std::chrono::seconds now,
                                                            std::uint64_t serial, const std::string& made_key = {});

}  // namespace sim::panos
