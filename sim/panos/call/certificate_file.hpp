// Certificates and keys as files: what an upload holds, what the configuration keeps of it, and the files that are made
// of that again. Knows OpenSSL, and nothing of the device.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "sim/panos/tree/xml.hpp"

namespace sim::panos {

enum class CertificateFormat { pem, pkcs12 };

struct CertificateFile {
    std::string certificate;  // PEM; empty when the file has none
    std::string key;          // PEM, not encrypted; empty when the file has none
};

/// Reads the first certificate and the private key of a file; `passphrase` opens the key or the archive.
/// Errors: the file has neither, the passphrase is wrong, or key and certificate don't belong together.
tl::expected<CertificateFile, std::string> read_certificate_file(const std::string& content, CertificateFormat format,
                                                                 const std::string& passphrase);

/// The fields of a certificate's entry in the configuration, in the order of a recorded one: subject-hash to
/// public-key. Empty when `pem` is no certificate.
std::vector<Element> certificate_fields(const std::string& pem);

/// A file for export; the key is encrypted with the passphrase. Without a key only the certificate.
/// Errors: what does not go into the format.
tl::expected<std::string, std::string> write_certificate_file(const CertificateFile& file, CertificateFormat format,
                                                              const std::string& passphrase, const std::string& name);

/// A certificate's paragraph in `show sslmgr-store config-certificate-info`, in the words that clients read; `name`
/// is that of its entry, `now` decides whether it is valid (V) or expired (E). Empty when `pem` is no certificate.
std::string certificate_store_text(const std::string& pem, const std::string& name, std::chrono::seconds now);

/// What stands for a private key in the configuration: a text of the looks of one that is encrypted by the master key,
/// which tells nothing of the key.
std::string sealed_key(const std::string& pem);

}  // namespace sim::panos
