// Certificates and keys in PEM, by OpenSSL: its objects with an owner, text in and out.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace sim::panos::pem {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* what) const {
        Free(what);
    }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

/// Reads from the text, which must outlive it; of a longer one the first 16 MiB.
Bio reading(const std::string& text);
Bio writing();
/// What was written so far.
std::string written(const Bio& bio);

// Null where the text holds none, or the passphrase is wrong. A passphrase is never asked for.
Certificate certificate_of(const std::string& text);
Key key_of(const std::string& text, std::string passphrase);

std::string text_of(X509* certificate);
/// Not encrypted: a secret.
std::string text_of(EVP_PKEY* key);

}  // namespace sim::panos::pem
