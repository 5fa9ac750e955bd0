#include "sim/panos/call/pem.hpp"

#include <openssl/pem.h>

#include <algorithm>
#include <cstring>

namespace sim::panos::pem {
namespace {

// Gives the passphrase; without this OpenSSL would ask the terminal.
int give_passphrase(char* into, int size, int /*writing*/, void* passphrase) {
    const auto& text = *static_cast<const std::string*>(passphrase);
    if (text.empty() || text.size() > static_cast<std::size_t>(size)) {
        return -1;
    }
    std::memcpy(into, text.data(), text.size());
    return static_cast<int>(text.size());
}

}  // namespace

Bio reading(const std::string& text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(std::min<std::size_t>(text.size(), 1U << 24U))));
}

Bio writing() {
    return Bio(BIO_new(BIO_s_mem()));
}

std::string written(const Bio& bio) {
    char* begin = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &begin);
    return size > 0 ? std::string(begin, static_cast<std::size_t>(size)) : std::string{};
}

Certificate certificate_of(const std::string& text) {
    std::string none;
    return Certificate(PEM_read_bio_X509(reading(text).get(), nullptr, give_passphrase, &none));
}

Key key_of(const std::string& text, std::string passphrase) {
    return Key(PEM_read_bio_PrivateKey(reading(text).get(), nullptr, give_passphrase, &passphrase));
}

std::string text_of(X509* certificate) {
    const Bio out = writing();
    PEM_write_bio_X509(out.get(), certificate);
    return written(out);
}

std::string text_of(EVP_PKEY* key) {
    const Bio out = writing();
    PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return written(out);
}

}  // namespace sim::panos::pem
