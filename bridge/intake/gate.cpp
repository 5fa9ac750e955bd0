#include "bridge/intake/gate.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "bridge/domain/printable.hpp"

namespace bridge::intake {

using namespace domain;

bool equal_in_constant_time(const std::string& a, const std::string& b) {
    // Digests have one length, so the comparison does not tell how long the secret is.
    std::array<unsigned char, SHA256_DIGEST_LENGTH> da{};
    std::array<unsigned char, SHA256_DIGEST_LENGTH> db{};
    SHA256(reinterpret_cast<const unsigned char*>(a.data()), a.size(), da.data());
    SHA256(reinterpret_cast<const unsigned char*>(b.data()), b.size(), db.data());
    return CRYPTO_memcmp(da.data(), db.data(), da.size()) == 0;
}

std::optional<Refusal> refusal(const GateRules& rules, const net::HttpRequest& head) {
    if (!rules.sources.empty()) {
        const auto peer = IpAddress::parse(head.peer);
        const bool known = peer && std::any_of(rules.sources.begin(), rules.sources.end(),
                                               [&](const Prefix& source) { return source.contains(*peer); });
        if (!known) {
            return Refusal{403, fmt::format("{} is not in intake.sources", printable(head.peer))};
        }
    }
    if (!rules.users.empty()) {
        const auto credentials = net::basic_credentials(head.header("Authorization"));
        if (!credentials) {
            return Refusal{401, "user and password are required (HTTP basic)"};
        }
        const auto user = rules.users.find(credentials->first);
        const bool known = user != rules.users.end();
        // A user that does not exist costs the same comparison as one that does.
        const std::string& expected = known ? user->second.reveal() : rules.users.begin()->second.reveal();
        if (!equal_in_constant_time(credentials->second, expected) || !known) {
            return Refusal{401, fmt::format("wrong user or password for '{}'", printable(credentials->first, 40))};
        }
    }
    if (head.method != "POST") {
        return Refusal{405, "notifications are POSTed"};
    }
    return std::nullopt;
}

}  // namespace bridge::intake
