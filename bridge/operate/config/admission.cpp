#include "bridge/operate/config/admission.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pwd.h>

#include <array>
#include <string_view>

#include "bridge/domain/value/printable.hpp"

namespace bridge::operate {

namespace {

using Digest = std::array<unsigned char, 32>;

Digest digest_of(std::string_view text) {
    Digest digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return digest;
}

/// Digests have one length, and where they differ tells nothing about the tokens.
bool same(const Digest& shown, const domain::Secret& token) {
    const Digest expected = digest_of(token.reveal());
    return CRYPTO_memcmp(shown.data(), expected.data(), shown.size()) == 0 && !token.empty();
}

std::string user_name(uid_t uid) {
    std::array<char, 4096> room{};
    passwd entry{};
    passwd* found = nullptr;
    const bool known = getpwuid_r(uid, &entry, room.data(), room.size(), &found) == 0 && found != nullptr;
    return known ? fmt::format("uid {} ({})", uid, entry.pw_name) : fmt::format("uid {}", uid);
}

bool only_reads(const net::HttpRequest& head) {
    return head.method == "GET" || head.method == "HEAD";
}

std::string_view bearer_token(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    if (authorization.size() <= scheme.size()) {
        return {};
    }
    for (std::size_t i = 0; i < scheme.size(); ++i) {
        const char c = authorization[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != scheme[i]) {
            return {};
        }
    }
    return authorization.substr(scheme.size());
}

}  // namespace

Admission admission(const Tokens& tokens, const net::HttpRequest& head) {
    if (head.local) {
        return {200, user_name(head.local->uid), ""};
    }
    const std::string peer = domain::printable(head.peer, 60);
    if (tokens.empty()) {
        return {200, peer, ""};
    }
    const std::string_view shown = bearer_token(head.header("Authorization"));
    if (shown.empty()) {
        return {401, peer, "a token is required: 'Authorization: Bearer TOKEN' (operate.tokens)"};
    }
    const Digest digest = digest_of(shown);
    const Tokens::value_type* matching = nullptr;
    for (const auto& token : tokens) {
        if (same(digest, token.second.text)) {
            matching = &token;
        }
    }
    if (matching == nullptr) {
        return {401, peer, "this is no token of operate.tokens"};
    }
    const std::string who = fmt::format("token {} from {}", matching->first, peer);
    if (matching->second.right == Right::read && !only_reads(head)) {
        return {403, who, fmt::format("token {} may only read", matching->first)};
    }
    return {200, who, ""};
}

bool is_open_page(const net::HttpRequest& head) {
    return head.method == "GET" && (head.target == "/healthz" || head.target == "/readyz");
}

}  // namespace bridge::operate
