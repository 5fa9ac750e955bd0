// Who may send notifications: sources by address, users by HTTP basic authentication, each as often as the limits say.
// Decides on the header alone, so that a stranger's body is never read.
//
// A password that is kept as a hash takes a tenth of a second to check. That is done once, elsewhere, and the gate
// remembers what was proven as a keyed digest; so later requests cost no more than with a password in the clear.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bridge/domain/value/ip_address.hpp"
#include "bridge/domain/value/secret.hpp"
#include "bridge/intake/guess.hpp"
#include "bridge/intake/login_guard.hpp"
#include "bridge/intake/password_hash.hpp"
#include "bridge/intake/rate_limit.hpp"
#include "net/http.hpp"

namespace bridge::intake {

/// A user's password, in the clear or as a hash.
using Credential = std::variant<domain::Secret, PasswordHash>;

struct GateRules {
    std::vector<domain::Prefix> sources;      // empty: from everywhere
    std::map<std::string, Credential> users;  // empty: anyone from the sources
    Rate rate_per_source;                     // of requests
    LoginLimits logins;
    bool encrypted = false;  // behind TLS a stranger gets no handshake, which would cost more than an answer
};

/// Why a request was turned away: 403 (source), 401 (no or wrong credentials), 405 (method), 429 (too many, or too many
/// wrong), 503 (cannot be checked now).
struct Refusal {
    unsigned status = 0;
    std::string line;                     // for the answer and the log; names no password
    std::chrono::seconds retry_after{0};  // 0: not told
};

/// What only a hash can tell, and the gate must then be told with `judge_proof`.
struct Unproven {
    PasswordHash hash;  // of nobody, when there is no such user: it takes the same time
    domain::Secret password;
    std::string user;  // as presented
    bool exists = false;
    Guess guess{};
    Source source;
    bool suspect = false;  // its source has failed before; others go first
};

using Judgement = std::variant<std::monostate, Refusal, Unproven>;  // monostate: let in

/// Longer ones are never equal; the configuration refuses them.
inline constexpr std::size_t password_characters_max = 256;

/// Not thread-safe: all calls on one thread.
class Gate {
public:
    explicit Gate(GateRules rules);

    /// Whether a connection is worth a TLS handshake.
    std::optional<Refusal> judge_connection(const std::string& peer, Instant now);

    Judgement judge(const net::HttpRequest& head, Instant now);

    /// Whether other rules have come since the guess was made, so that another hash, put into it now, must be asked.
    bool renew(Unproven& guess) const;

    /// What the hash told of a guess; nullopt: nothing, there was no memory. No refusal lets the request in.
    std::optional<Refusal> judge_proof(const Unproven& guess, std::optional<bool> right, Instant now);

    /// Other rules from now on. Proofs and failures are forgotten: a password may have changed.
    void take(GateRules rules);

    const GateRules& rules() const noexcept { return rules_; }

private:
    struct Traffic {
        Bucket requests;
        Bucket connections;
    };

    bool from_known_source(const std::optional<domain::IpAddress>& peer) const;
    std::optional<Refusal> rate_refusal(const Source& source, Bucket Traffic::*bucket, const Rate& rate, Instant now);
    Judgement judge_login(const net::HttpRequest& head, Instant now);
    Refusal wrong(const std::string& user, bool exists, const Source& source, const Guess& guess, Instant now);

    GateRules rules_;
    Guesser guesser_;
    LoginGuard guard_;
    Recent<Source, Traffic, SourceHash> traffic_;
    std::map<std::string, Guess> proven_;  // by user; a hash has one password
    std::optional<PasswordHash> nobody_;   // when some user has a hash
};

/// Compares in a time that depends on neither text nor on where they differ.
bool equal_in_constant_time(const std::string& a, const std::string& b);

}  // namespace bridge::intake
