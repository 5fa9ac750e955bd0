#include "sim/panos/call/certificate_file.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>

#include "sim/panos/call/pem.hpp"
#include "sim/panos/machine/base64.hpp"

namespace sim::panos {
namespace {

using namespace pem;
using Archive = std::unique_ptr<PKCS12, Freed<PKCS12_free>>;

struct Read {
    Certificate certificate;
    Key key;
};

Read read_archive(const std::string& content, const std::string& passphrase) {
    Read read;
    const Archive archive(d2i_PKCS12_bio(reading(content).get(), nullptr));
    X509* certificate = nullptr;
    EVP_PKEY* key = nullptr;
    if (archive && PKCS12_parse(archive.get(), passphrase.c_str(), &key, &certificate, nullptr) == 1) {
        read.certificate.reset(certificate);
        read.key.reset(key);
    }
    return read;
}

std::string one_line(const X509_NAME* name) {
    std::array<char, 512> text{};
    X509_NAME_oneline(name, text.data(), static_cast<int>(text.size()));
    return text.data();
}

std::string common_name(X509_NAME* name) {
    std::array<char, 256> text{};
    const int size = X509_NAME_get_text_by_NID(name, NID_commonName, text.data(), static_cast<int>(text.size()));
    return size > 0 ? std::string(text.data()) : std::string{};
}

std::string time_text(const ASN1_TIME* time) {
    const Bio out = writing();
    ASN1_TIME_print(out.get(), time);
    return written(out);
}

std::int64_t epoch(const ASN1_TIME* time) {
    std::tm parts{};
    return ASN1_TIME_to_tm(time, &parts) == 1 ? static_cast<std::int64_t>(timegm(&parts)) : 0;
}

std::string serial_text(const X509* certificate) {
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(
        ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr), BN_free);
    char* const text = number ? BN_bn2hex(number.get()) : nullptr;
    const std::string out = text == nullptr ? "0" : text;
    OPENSSL_free(text);
    return out;
}

Element leaf(std::string name, std::string text) {
    Element element;
    element.name = std::move(name);
    element.text = std::move(text);
    return element;
}

}  // namespace

tl::expected<CertificateFile, std::string> read_certificate_file(const std::string& content, CertificateFormat format,
                                                                 const std::string& passphrase) {
    Read read;
    if (format == CertificateFormat::pkcs12) {
        read = read_archive(content, passphrase);
    } else {
        read = {certificate_of(content), key_of(content, passphrase)};
    }
    ERR_clear_error();
    if (!read.certificate && !read.key) {
        return tl::make_unexpected(std::string("Unable to read the file"));
    }
    if (read.certificate && read.key && X509_check_private_key(read.certificate.get(), read.key.get()) != 1) {
        ERR_clear_error();
        return tl::make_unexpected(std::string("Mismatched public and private keys"));
    }
    return CertificateFile{read.certificate ? text_of(read.certificate.get()) : "",
                           read.key ? text_of(read.key.get()) : ""};
}

std::vector<Element> certificate_fields(const std::string& pem) {
    const Certificate certificate = certificate_of(pem);
    ERR_clear_error();
    if (!certificate) {
        return {};
    }
    X509* const read = certificate.get();
    X509_NAME* const subject = X509_get_subject_name(read);
    const Key key(X509_get_pubkey(read));
    const int kind = key ? EVP_PKEY_base_id(key.get()) : 0;
    return {leaf("subject-hash", fmt::format("{:08x}", X509_subject_name_hash(read))),
            leaf("issuer-hash", fmt::format("{:08x}", X509_issuer_name_hash(read))),
            leaf("not-valid-before", time_text(X509_get0_notBefore(read))),
            leaf("issuer", one_line(X509_get_issuer_name(read))),
            leaf("not-valid-after", time_text(X509_get0_notAfter(read))),
            leaf("common-name", common_name(subject)),
            leaf("expiry-epoch", std::to_string(epoch(X509_get0_notAfter(read)))),
            leaf("ca", X509_check_ca(read) == 1 ? "yes" : "no"),
            leaf("subject", one_line(subject)),
            leaf("algorithm", kind == EVP_PKEY_EC ? "EC" : "RSA"),
            leaf("public-key", pem)};
}

std::string certificate_store_text(const std::string& pem, const std::string& name, std::chrono::seconds now) {
    const Certificate certificate = certificate_of(pem);
    ERR_clear_error();
    if (!certificate) {
        return {};
    }
    X509* const read = certificate.get();
    X509_NAME* const issuer = X509_get_issuer_name(read);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    X509_NAME_digest(issuer, EVP_sha1(), digest.data(), &size);
    std::string issuer_hash;
    for (unsigned i = 0; i < size; ++i) {
        issuer_hash += fmt::format("{:02X}", digest[i]);
    }
    const std::string serial = serial_text(read);
    const ASN1_TIME* const end = X509_get0_notAfter(read);
    std::tm parts{};
    if (ASN1_TIME_to_tm(end, &parts) != 1) {
        return {};
    }
    const std::string stamp = fmt::format("{:02}{:02}{:02}{:02}{:02}{:02}Z", parts.tm_year % 100, parts.tm_mon + 1,
                                          parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    return fmt::format(
        "{0}:{1}\n    serial number: {0}\n        issuer: {2}\n        issuer-subjecthash: {1}\n"
        "        issuer-keyhash: \n        db-type: {3}\n        db-exp-date: {4}({5})\n        db-rev-date: \n"
        "        db-serialno: {0}\n        db-file: {6}\n        db-name: {7}\n        db-status: {3}\n\n",
        serial, issuer_hash, one_line(issuer), epoch(end) < now.count() ? 'E' : 'V', stamp, time_text(end), name,
        one_line(X509_get_subject_name(read)));
}

tl::expected<std::string, std::string> write_certificate_file(const CertificateFile& file, CertificateFormat format,
                                                              const std::string& passphrase, const std::string& name) {
    const Certificate certificate = certificate_of(file.certificate);
    const Key key = file.key.empty() ? Key{} : key_of(file.key, "");
    ERR_clear_error();
    if (!certificate || (!file.key.empty() && !key)) {
        return tl::make_unexpected(std::string("there is no certificate, or its key can't be read"));
    }
    const Bio out = writing();
    if (format == CertificateFormat::pkcs12) {
        const Archive archive(
            PKCS12_create(passphrase.c_str(), name.c_str(), key.get(), certificate.get(), nullptr, 0, 0, 0, 0, 0));
        if (!archive || i2d_PKCS12_bio(out.get(), archive.get()) != 1) {
            ERR_clear_error();
            return tl::make_unexpected(std::string("it can't be written as PKCS12"));
        }
        return written(out);
    }
    PEM_write_bio_X509(out.get(), certificate.get());
    if (key && PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), EVP_aes_256_cbc(), passphrase.data(),
                                             static_cast<int>(passphrase.size()), nullptr, nullptr) != 1) {
        ERR_clear_error();
        return tl::make_unexpected(std::string("the key can't be written with that passphrase"));
    }
    return written(out);
}

std::string sealed_key(const std::string& pem) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(pem.data(), pem.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return "-AQ==" + base64({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace sim::panos
