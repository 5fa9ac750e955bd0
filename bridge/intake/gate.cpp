#include "bridge/intake/gate.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "bridge/domain/printable.hpp"

namespace bridge::intake {

using namespace domain;

bool equal_in_constant_time(const std::string& a, const std::string& b) {
    // Both are laid into fields of one length, so the time tells neither where they differ nor how long the secret is.
    // (Comparing digests does the same, and cost a twelfth of the intake's time.)
    std::array<char, password_characters_max> field_a{};
    std::array<char, password_characters_max> field_b{};
    std::memcpy(field_a.data(), a.data(), std::min(a.size(), field_a.size()));
    std::memcpy(field_b.data(), b.data(), std::min(b.size(), field_b.size()));
    const bool same_text = CRYPTO_memcmp(field_a.data(), field_b.data(), field_a.size()) == 0;
    const bool same_length = a.size() == b.size() && a.size() <= password_characters_max;
    return same_text && same_length;
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
