#include "bridge/intake/guess.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace bridge::intake {

// SHA-256 with the key in front: nobody sees a digest, so nobody can go on where one ends. Fetched once and kept, since
// OpenSSL's one-call forms look the algorithm up each time, which costs more than the digest.
struct Guesser::State {
    std::array<std::uint8_t, 32> key{};
    EVP_MD* sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    EVP_MD_CTX* context = EVP_MD_CTX_new();

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        EVP_MD_CTX_free(context);
        EVP_MD_free(sha256);
        OPENSSL_cleanse(key.data(), key.size());
    }
};

Guesser::Guesser() : state_(std::make_unique<State>()) {
    if (state_->sha256 == nullptr || state_->context == nullptr ||
        RAND_bytes(state_->key.data(), static_cast<int>(state_->key.size())) != 1) {
        throw std::runtime_error("OpenSSL gives no randomness or no SHA-256");
    }
}

Guesser::~Guesser() = default;

Guess Guesser::of(std::string_view user, std::string_view password) {
    Guess guess{};
    const std::uint64_t user_size = user.size();
    EVP_MD_CTX* const context = state_->context;
    const bool made = EVP_DigestInit_ex2(context, state_->sha256, nullptr) == 1 &&
                      EVP_DigestUpdate(context, state_->key.data(), state_->key.size()) == 1 &&
                      EVP_DigestUpdate(context, &user_size, sizeof user_size) == 1 &&
                      EVP_DigestUpdate(context, user.data(), user.size()) == 1 &&
                      EVP_DigestUpdate(context, password.data(), password.size()) == 1 &&
                      EVP_DigestFinal_ex(context, guess.data(), nullptr) == 1;
    if (!made) {
        throw std::runtime_error("OpenSSL makes no SHA-256");
    }
    return guess;
}

bool same(const Guess& a, const Guess& b) {
    return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace bridge::intake
