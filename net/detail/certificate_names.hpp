// Whom a certificate is for: its subject and its other names, as texts to show and to compare.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <string_view>
#include <vector>

namespace net::detail {

/// The subject as RFC 2253 writes it, "CN=nx1,O=Example"; empty when there is none or it cannot be written.
std::string subject_of(const X509& certificate);

/// The subject, the common names, and the alternative names that are host names, addresses, mail addresses or URIs.
std::vector<std::string> names_of(const X509& certificate);

/// Whether `name` is what `wanted` says, case folded; "*.example.com" is any name with one label more.
bool is_name(std::string_view wanted, std::string_view name);

}  // namespace net::detail
