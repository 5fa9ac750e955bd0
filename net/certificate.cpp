#include "net/certificate.hpp"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>

namespace net {
namespace {

template <auto release>
struct Releaser {
    template <class T>
    void operator()(T* object) const {
        release(object);
    }
};

using Key = std::unique_ptr<EVP_PKEY, Releaser<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Releaser<X509_free>>;
using Memory = std::unique_ptr<BIO, Releaser<BIO_free_all>>;
using Names = std::unique_ptr<GENERAL_NAMES, Releaser<GENERAL_NAMES_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Releaser<X509_EXTENSION_free>>;

tl::unexpected<std::string> failure(const std::string& step) {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    return tl::unexpected("self-signed certificate: " + step + ": " + text.data());
}

bool add_name(GENERAL_NAMES& names, const std::string& name) {
    std::array<unsigned char, 16> address{};
    int length = 0;
    if (inet_pton(AF_INET, name.c_str(), address.data()) == 1) {
        length = 4;
    } else if (inet_pton(AF_INET6, name.c_str(), address.data()) == 1) {
        length = 16;
    }
    GENERAL_NAME* entry = GENERAL_NAME_new();
    ASN1_STRING* value = length > 0 ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
    if (entry == nullptr || value == nullptr) {
        GENERAL_NAME_free(entry);
        ASN1_STRING_free(value);
        return false;
    }
    const bool set = length > 0 ? ASN1_STRING_set(value, address.data(), length) == 1
                                : ASN1_STRING_set(value, name.data(), static_cast<int>(name.size())) == 1;
    GENERAL_NAME_set0_value(entry, length > 0 ? GEN_IPADD : GEN_DNS, value);
    if (!set || sk_GENERAL_NAME_push(&names, entry) == 0) {
        GENERAL_NAME_free(entry);
        return false;
    }
    return true;
}

bool add_alternative_names(X509& certificate, const SelfSigned& subject) {
    const Names names(GENERAL_NAMES_new());
    if (!names) {
        return false;
    }
    const auto wanted =
        subject.alternative_names.empty() ? std::vector<std::string>{subject.common_name} : subject.alternative_names;
    for (const auto& name : wanted) {
        if (!add_name(*names, name)) {
            return false;
        }
    }
    return X509_add1_ext_i2d(&certificate, NID_subject_alt_name, names.get(), 0, 0) == 1;
}

bool add_extension(X509& certificate, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    return extension && X509_add_ext(&certificate, extension.get(), -1) == 1;
}

bool name_it(X509& certificate, const std::string& common_name) {
    X509_NAME* name = X509_get_subject_name(&certificate);
    std::array<unsigned char, 16> serial{};
    if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) {
        return false;
    }
    serial[0] &= 0x7fU;  // RFC 5280: a serial number is positive
    const std::unique_ptr<BIGNUM, Releaser<BN_free>> number(
        BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) != nullptr &&
           X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(common_name.data()),
                                      static_cast<int>(common_name.size()), -1, 0) == 1 &&
           X509_set_issuer_name(&certificate, name) == 1;
}

std::string text_of(BIO& memory) {
    char* data = nullptr;
    const long length = BIO_get_mem_data(&memory, &data);
    return {data, static_cast<std::size_t>(length)};
}

}  // namespace

Result<PemPair> make_self_signed(const SelfSigned& subject) {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    if (!key || !certificate) {
        return failure("key");
    }
    if (X509_set_version(certificate.get(), X509_VERSION_3) != 1 || !name_it(*certificate, subject.common_name)) {
        return failure("name \"" + subject.common_name + "\"");
    }
    constexpr long an_hour_s = 3600;  // for peers whose clock is a little behind
    if (X509_time_adj_ex(X509_getm_notBefore(certificate.get()), std::min(subject.days - 1, 0), -an_hour_s, nullptr) ==
            nullptr ||
        X509_time_adj_ex(X509_getm_notAfter(certificate.get()), subject.days, 0, nullptr) == nullptr ||
        X509_set_pubkey(certificate.get(), key.get()) != 1) {
        return failure("validity");
    }
    if (!add_extension(*certificate, NID_basic_constraints, "critical,CA:TRUE") ||
        !add_extension(*certificate, NID_key_usage, "critical,digitalSignature,keyCertSign") ||
        !add_extension(*certificate, NID_ext_key_usage, "serverAuth,clientAuth") ||
        !add_extension(*certificate, NID_subject_key_identifier, "hash") ||
        !add_alternative_names(*certificate, subject)) {
        return failure("extensions");
    }
    if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
        return failure("signature");
    }
    const Memory certificate_pem(BIO_new(BIO_s_mem()));
    const Memory key_pem(BIO_new(BIO_s_mem()));
    if (!certificate_pem || !key_pem || PEM_write_bio_X509(certificate_pem.get(), certificate.get()) != 1 ||
        PEM_write_bio_PKCS8PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
        return failure("PEM");
    }
    return PemPair{.certificate = text_of(*certificate_pem), .key = text_of(*key_pem)};
}

}  // namespace net
