#include "sim/panos/machine/password.hpp"

#include <crypt.h>
#include <openssl/crypto.h>

#include <memory>

namespace sim::panos {
namespace {

std::string crypted(std::string_view password, const std::string& setting) {
    if (password.find('\0') != std::string_view::npos) {
        return {};
    }
    const auto work = std::make_unique<crypt_data>();  // 32 KB: too much for a stack
    const char* made = crypt_r(std::string(password).c_str(), setting.c_str(), work.get());
    return made == nullptr || made[0] == '*' ? std::string{} : std::string(made);
}

}  // namespace

std::string password_hash(std::string_view password, std::uint64_t salt, const Version& version) {
    static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ012345678901";
    std::string setting = version.hashes_with_sha256() ? "$5$" : "$1$";
    for (int i = 0; i < 8; ++i) {
        setting += letters[salt & 63U];
        salt >>= 6U;
    }
    return crypted(password, setting + '$');
}

bool password_fits(std::string_view password, std::string_view hash) {
    if (hash.size() < 4 || hash.front() != '$') {
        return false;
    }
    const std::string made = crypted(password, std::string(hash));
    return made.size() == hash.size() && CRYPTO_memcmp(made.data(), hash.data(), made.size()) == 0;
}

}  // namespace sim::panos
