#include "sim/panos/machine/sealed_text.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <memory>

namespace sim::panos {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr int rounds = 20'000;  // of the derivation; a few milliseconds
constexpr std::string_view digits = "0123456789abcdef";

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

std::string in_hex(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

std::optional<std::string> from_hex(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        const std::size_t high = digits.find(text[i]);
        const std::size_t low = digits.find(text[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) {
            return std::nullopt;
        }
        out += static_cast<char>(high << 4U | low);
    }
    return text.size() % 2 == 0 ? std::optional(out) : std::nullopt;
}

// What is sealed decides its nonce, so that no two texts share one.
std::string nonce_of(const std::string& key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), sum.data(), &size);
    return {sum.begin(), sum.begin() + nonce_bytes};
}

}  // namespace

SealedText::SealedText(const DeviceOptions& options) {
    std::string passwords;
    bool any = false;
    for (const Administrator& each : options.administrators) {
        any = any || !each.password.empty();
        passwords += each.name + '\0' + each.password + '\0';
    }
    if (!any) {
        return;
    }
    const std::string salt = "kept by a firewall " + std::to_string(options.seed);
    key_.resize(key_bytes);
    if (PKCS5_PBKDF2_HMAC(passwords.data(), static_cast<int>(passwords.size()), bytes_of(std::string_view(salt)),
                          static_cast<int>(salt.size()), rounds, EVP_sha256(), static_cast<int>(key_bytes),
                          bytes_of(key_)) != 1) {
        key_.clear();
    }
}

std::string SealedText::seal(std::string_view text) const {
    if (text.empty() || key_.empty()) {
        return {};
    }
    std::string out = nonce_of(key_, text);
    std::string packed(text.size(), '\0');
    std::string tag(tag_bytes, '\0');
    const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    int size = 0;
    const bool done =
        EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(std::string_view(key_)),
                           bytes_of(std::string_view(out))) == 1 &&
        EVP_EncryptUpdate(cipher.get(), bytes_of(packed), &size, bytes_of(text), static_cast<int>(text.size())) == 1 &&
        EVP_EncryptFinal_ex(cipher.get(), nullptr, &size) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_bytes), tag.data()) == 1;
    return done ? in_hex(out + packed + tag) : std::string();
}

std::optional<std::string> SealedText::open(std::string_view sealed) const {
    const auto bytes = from_hex(sealed);
    if (!bytes || key_.empty() || bytes->size() <= nonce_bytes + tag_bytes) {
        return std::nullopt;
    }
    const std::string nonce = bytes->substr(0, nonce_bytes);
    const std::string packed = bytes->substr(nonce_bytes, bytes->size() - nonce_bytes - tag_bytes);
    std::string tag = bytes->substr(bytes->size() - tag_bytes);
    std::string out(packed.size(), '\0');
    const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    int size = 0;
    const bool done =
        EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(std::string_view(key_)),
                           bytes_of(std::string_view(nonce))) == 1 &&
        EVP_DecryptUpdate(cipher.get(), bytes_of(out), &size, bytes_of(std::string_view(packed)),
                          static_cast<int>(packed.size())) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_bytes), tag.data()) == 1 &&
        EVP_DecryptFinal_ex(cipher.get(), nullptr, &size) == 1;
    return done ? std::optional(out) : std::nullopt;
}

}  // namespace sim::panos
