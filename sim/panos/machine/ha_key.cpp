#include "sim/panos/machine/ha_key.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>

#include "sim/panos/machine/base64.hpp"
#include "sim/panos/tree/splitmix.hpp"

namespace sim::panos {
namespace {

constexpr std::string_view key_type = "ssh-ed25519";
constexpr std::size_t key_bytes = 32;
constexpr std::size_t text_bytes_max = 1024;

std::string ssh_field(std::string_view content) {
    std::string out{'\0', '\0', '\0', static_cast<char>(content.size())};
    return out += content;
}

}  // namespace

std::string ha_key(const Machine& device) {
    std::uint64_t state = mixed(device.options.seed ^ 0x48414b6579ULL);
    for (const char c : device.serial) {
        state = mixed(state ^ static_cast<unsigned char>(c));
    }
    std::array<unsigned char, key_bytes> secret{};
    for (std::size_t i = 0; i < secret.size(); ++i) {
        state = i % 8 == 0 ? mixed(state + i) : state;
        secret[i] = static_cast<unsigned char>((state >> (8 * (i % 8))) & 0xffU);
    }
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size()), EVP_PKEY_free);
    std::string open(key_bytes, '\0');
    std::size_t size = open.size();
    EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(open.data()), &size);
    return fmt::format("{} {} {}\n", key_type, base64(ssh_field(key_type) + ssh_field(open)), device.serial);
}

bool is_ha_key(std::string_view text) {
    if (text.size() > text_bytes_max || text.substr(0, key_type.size()) != key_type || text.size() < 80) {
        return false;
    }
    // The length of a key of this kind is always the same, so that its beginning is, too.
    const std::string beginning = base64(ssh_field(key_type) + std::string("\0\0\0\x20", 4));
    const std::string_view key = text.substr(key_type.size() + 1, 68);
    return text[key_type.size()] == ' ' && key.substr(0, 24) == std::string_view(beginning).substr(0, 24) &&
           key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") ==
               std::string_view::npos;
}

}  // namespace sim::panos
