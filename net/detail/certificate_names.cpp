#include "net/detail/certificate_names.hpp"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>

namespace net::detail {
namespace {

// A name's bytes are taken by their length: one that hides an end in its middle is equal to no name without it.
std::string text_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_of(const ASN1_OCTET_STRING* bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;
    const bool whole = ASN1_STRING_length(bytes) == 4 || ASN1_STRING_length(bytes) == 16;
    return whole && inet_ntop(family, ASN1_STRING_get0_data(bytes), text.data(), text.size()) != nullptr ? text.data()
                                                                                                         : "";
}

std::string text_of(const GENERAL_NAME& name) {
    switch (name.type) {
        case GEN_DNS:
        case GEN_EMAIL:
        case GEN_URI:
            return text_of(name.d.ia5);
        case GEN_IPADD:
            return address_of(name.d.iPAddress);
        default:
            return {};
    }
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_folded(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string subject_of(const X509& certificate) {
    const std::unique_ptr<BIO, decltype([](BIO* bio) { BIO_free_all(bio); })> memory(BIO_new(BIO_s_mem()));
    if (!memory || X509_NAME_print_ex(memory.get(), X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253) < 0) {
        return {};
    }
    char* text = nullptr;
    const long length = BIO_get_mem_data(memory.get(), &text);
    return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string();
}

std::vector<std::string> names_of(const X509& certificate) {
    std::vector<std::string> all;
    all.push_back(subject_of(certificate));
    const X509_NAME* const subject = X509_get_subject_name(&certificate);
    for (int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1); at >= 0;
         at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) {
        all.push_back(text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
    }
    const std::unique_ptr<GENERAL_NAMES, decltype([](GENERAL_NAMES* names) { GENERAL_NAMES_free(names); })> others(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; others && i < sk_GENERAL_NAME_num(others.get()); ++i) {
        all.push_back(text_of(*sk_GENERAL_NAME_value(others.get(), i)));
    }
    std::erase(all, std::string());
    return all;
}

bool is_name(std::string_view wanted, std::string_view name) {
    if (wanted.starts_with("*.")) {
        const auto dot = name.find('.');
        return dot != std::string_view::npos && dot > 0 && same_folded(wanted.substr(1), name.substr(dot));
    }
    return same_folded(wanted, name);
}

}  // namespace net::detail
