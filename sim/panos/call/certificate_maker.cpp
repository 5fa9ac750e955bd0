#include "sim/panos/call/certificate_maker.hpp"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "sim/panos/call/pem.hpp"

namespace sim::panos {
namespace {

using namespace pem;
using Request = std::unique_ptr<X509_REQ, Freed<X509_REQ_free>>;
using Name = std::unique_ptr<X509_NAME, Freed<X509_NAME_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

tl::unexpected<std::string> failed(std::string why) {
    ERR_clear_error();
    return tl::make_unexpected(std::move(why));
}

Key new_key(const KeyKind& kind) {
    if (!kind.elliptic) {
        return Key(EVP_RSA_gen(kind.bits));
    }
    const char* const curve = kind.bits == 384 ? "P-384" : kind.bits == 521 ? "P-521" : "P-256";
    return Key(EVP_EC_gen(curve));
}

Name name_of(const CertificateWish& wish) {
    Name name(X509_NAME_new());
    for (const auto& [field, text] : wish.subject) {
        if (X509_NAME_add_entry_by_txt(name.get(), field.c_str(), MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()), -1, 0) != 1) {
            return nullptr;
        }
    }
    return name;
}

std::string alternatives_of(const CertificateWish& wish) {
    std::string out;
    for (const std::string& each : wish.alternatives) {
        out += (out.empty() ? "" : ",") + each;
    }
    return out;
}

Extension extension(X509V3_CTX* context, int kind, const std::string& value) {
    return Extension(X509V3_EXT_conf_nid(nullptr, context, kind, value.c_str()));
}

bool add(X509* certificate, X509V3_CTX* context, int kind, const std::string& value) {
    const Extension made = extension(context, kind, value);
    return made && X509_add_ext(certificate, made.get(), -1) == 1;
}

tl::expected<std::string, std::string> request_of(const CertificateWish& wish, EVP_PKEY* key, X509_NAME* name,
                                                  const EVP_MD* digest) {
    const Request request(X509_REQ_new());
    X509_REQ_set_subject_name(request.get(), name);
    X509_REQ_set_pubkey(request.get(), key);
    if (const std::string alternatives = alternatives_of(wish); !alternatives.empty()) {
        X509V3_CTX context{};
        X509V3_set_ctx(&context, nullptr, nullptr, request.get(), nullptr, 0);
        const Extension made = extension(&context, NID_subject_alt_name, alternatives);
        if (!made) {
            return failed("a host name, an address or an e-mail address is invalid");
        }
        STACK_OF(X509_EXTENSION)* all = sk_X509_EXTENSION_new_null();
        sk_X509_EXTENSION_push(all, made.get());
        X509_REQ_add_extensions(request.get(), all);
        sk_X509_EXTENSION_free(all);
    }
    if (X509_REQ_sign(request.get(), key, digest) == 0) {
        return failed("the request can't be signed with that digest");
    }
    const Bio out = writing();
    PEM_write_bio_X509_REQ(out.get(), request.get());
    return written(out);
}

}  // namespace

std::string make_key(const KeyKind& kind) {
    const Key key = new_key(kind);
    return key ? text_of(key.get()) : std::string();
}

tl::expected<MadeCertificate, std::string> make_certificate(const CertificateWish& wish, SignedBy by,
                                                            const CertificateFile& signer, std::chrono::seconds now,
                                                            std::uint64_t serial, const std::string& made_key) {
    const Key key = made_key.empty() ? new_key(wish.key) : key_of(made_key, "");
    const Name name = name_of(wish);
    const EVP_MD* const digest = EVP_get_digestbyname(wish.digest.c_str());
    if (!key || !name || digest == nullptr) {
        return failed(!key ? "no such key can be made" : !name ? "the subject is invalid" : "there is no such digest");
    }
    MadeCertificate made;
    made.key = text_of(key.get());
    if (by == SignedBy::elsewhere) {
        auto request = request_of(wish, key.get(), name.get(), digest);
        if (!request) {
            return tl::make_unexpected(request.error());
        }
        made.request = std::move(*request);
        return made;
    }
    Certificate issuer;
    Key issuer_key;
    if (by == SignedBy::signer) {
        issuer = certificate_of(signer.certificate);
        issuer_key = key_of(signer.key, "");
        if (!issuer || !issuer_key) {
            return failed("the signing certificate has no key");
        }
    }
    const Certificate certificate(X509_new());
    X509* const raw = certificate.get();
    X509_set_version(raw, 2);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(raw), serial);
    constexpr long day = 86400;
    ASN1_TIME_set(X509_getm_notBefore(raw), static_cast<time_t>(now.count()));
    ASN1_TIME_set(X509_getm_notAfter(raw), static_cast<time_t>(now.count() + static_cast<long>(wish.days) * day));
    X509_set_subject_name(raw, name.get());
    X509_set_issuer_name(raw, issuer ? X509_get_subject_name(issuer.get()) : name.get());
    X509_set_pubkey(raw, key.get());
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer ? issuer.get() : raw, raw, nullptr, nullptr, 0);
    const std::string alternatives = alternatives_of(wish);
    if (!add(raw, &context, NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "CA:FALSE") ||
        (!alternatives.empty() && !add(raw, &context, NID_subject_alt_name, alternatives))) {
        return failed("a host name, an address or an e-mail address is invalid");
    }
    if (X509_sign(raw, issuer_key ? issuer_key.get() : key.get(), digest) == 0) {
        return failed("the certificate can't be signed with that digest");
    }
    made.certificate = text_of(raw);
    return made;
}

}  // namespace sim::panos
