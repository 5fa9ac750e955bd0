// Who may send notifications: sources by address, users by HTTP basic authentication. Decides on the header alone, so
// that a stranger's body is never read.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridge/domain/ip_address.hpp"
#include "bridge/domain/secret.hpp"
#include "net/http.hpp"

namespace bridge::intake {

struct GateRules {
    std::vector<domain::Prefix> sources;          // empty: from everywhere
    std::map<std::string, domain::Secret> users;  // empty: anyone from the sources
};

/// Why a request was turned away: 403 (source), 401 (no or wrong credentials), 405 (method).
struct Refusal {
    unsigned status;
    std::string line;  // for the answer and the log; names no password
};

std::optional<Refusal> refusal(const GateRules& rules, const net::HttpRequest& head);

/// Longer ones are never equal; the configuration refuses them.
inline constexpr std::size_t password_characters_max = 256;

/// Compares in a time that depends on neither text nor on where they differ.
bool equal_in_constant_time(const std::string& a, const std::string& b);

}  // namespace bridge::intake
