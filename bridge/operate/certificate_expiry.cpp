#include "bridge/operate/certificate_expiry.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>
#include <vector>

namespace bridge::operate {

namespace {

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
};

std::vector<domain::WallTime> expiries(const std::string& pem_file) {
    std::vector<domain::WallTime> all;
    const std::unique_ptr<BIO, Free> file(BIO_new_file(pem_file.c_str(), "r"));
    while (file) {
        const std::unique_ptr<X509, Free> certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
        std::tm parts{};
        if (!certificate) {
            break;
        }
        if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &parts) == 1) {
            all.emplace_back(std::chrono::seconds(timegm(&parts)));
        }
    }
    ERR_clear_error();  // the end of the file is one
    return all;
}

}  // namespace

std::optional<domain::WallTime> earliest_expiry(const std::string& pem_file) {
    std::optional<domain::WallTime> earliest;
    for (const domain::WallTime each : expiries(pem_file)) {
        earliest = earliest ? std::min(*earliest, each) : each;
    }
    return earliest;
}

std::optional<domain::WallTime> leaf_expiry(const std::string& pem_file) {
    const auto all = expiries(pem_file);
    return all.empty() ? std::nullopt : std::optional(all.front());
}

}  // namespace bridge::operate
