#include "bridge/intake/gate.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "bridge/domain/value/printable.hpp"

namespace bridge::intake {

using namespace domain;

namespace {

// A handshake costs what a hundred refused requests cost; who opens connections so much faster than it may ask gets
// none.
constexpr double connections_per_request = 4;

Rate connection_rate(const Rate& requests) {
    return {requests.per_s * connections_per_request, requests.burst * connections_per_request};
}

}  // namespace

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

Gate::Gate(GateRules rules) : rules_(std::move(rules)), guard_(rules_.logins), traffic_(LoginGuard::sources_max) {
    take(std::move(rules_));
}

void Gate::take(GateRules rules) {
    rules_ = std::move(rules);
    guard_ = LoginGuard(rules_.logins);
    traffic_.clear();
    proven_.clear();
    nobody_.reset();
    for (const auto& [name, credential] : rules_.users) {
        if (const auto* const hash = std::get_if<PasswordHash>(&credential)) {
            nobody_ = PasswordHash::of_nobody(hash->cost());
        }
    }
}

bool Gate::from_known_source(const std::optional<IpAddress>& peer) const {
    return rules_.sources.empty() || (peer && std::any_of(rules_.sources.begin(), rules_.sources.end(),
                                                          [&](const Prefix& it) { return it.contains(*peer); }));
}

std::optional<Refusal> Gate::rate_refusal(const Source& source, Bucket Traffic::*bucket, const Rate& rate,
                                          Instant now) {
    Bucket& kept = traffic_.at(source).*bucket;
    if (kept.take(rate, now)) {
        return std::nullopt;
    }
    return Refusal{429, "more than intake.limits.rate_per_source", kept.wait(rate)};
}

std::optional<Refusal> Gate::judge_connection(const std::string& peer, Instant now) {
    if (!rules_.encrypted || (rules_.sources.empty() && !rules_.rate_per_source.limits())) {
        return std::nullopt;
    }
    const auto address = IpAddress::parse(peer);
    if (!from_known_source(address)) {
        return Refusal{403, "not in intake.sources"};
    }
    if (!rules_.rate_per_source.limits()) {
        return std::nullopt;
    }
    return rate_refusal(address ? Source::of(*address) : Source{}, &Traffic::connections,
                        connection_rate(rules_.rate_per_source), now);
}

Judgement Gate::judge(const net::HttpRequest& head, Instant now) {
    if (!rules_.sources.empty() || rules_.rate_per_source.limits()) {
        const auto peer = IpAddress::parse(head.peer);
        if (!from_known_source(peer)) {
            return Refusal{403, fmt::format("{} is not in intake.sources", printable(head.peer))};
        }
        if (rules_.rate_per_source.limits()) {
            if (auto refused = rate_refusal(peer ? Source::of(*peer) : Source{}, &Traffic::requests,
                                            rules_.rate_per_source, now)) {
                return *refused;
            }
        }
    }
    if (head.method != "POST") {
        return Refusal{405, "notifications are POSTed"};
    }
    return rules_.users.empty() ? Judgement{} : judge_login(head, now);
}

Judgement Gate::judge_login(const net::HttpRequest& head, Instant now) {
    auto presented = net::basic_credentials(head.header("Authorization"));
    if (!presented) {
        return Refusal{401, "user and password are required (HTTP basic)"};
    }
    const std::string& user = presented->first;
    const Secret password(std::move(presented->second));
    const auto source_of_peer = [&] {
        const auto address = IpAddress::parse(head.peer);
        return address ? Source::of(*address) : Source{};
    };
    if (!guard_.calm()) {
        if (const auto wait = guard_.wait_of(source_of_peer(), user, now); wait.count() > 0) {
            return Refusal{429, "too many wrong passwords", wait};
        }
    }
    const auto entry = rules_.users.find(user);
    const bool exists = entry != rules_.users.end();
    const auto* const hash = exists ? std::get_if<PasswordHash>(&entry->second) : nullptr;
    if (hash == nullptr) {
        // A user that does not exist costs the same comparison as one that does.
        static const Secret none;
        const Secret& expected = exists ? std::get<Secret>(entry->second) : none;
        if (equal_in_constant_time(password.reveal(), expected.reveal()) && exists) {
            return {};
        }
    }
    const Guess guess = guesser_.of(user, password.reveal());
    if (const auto proven = hash == nullptr ? proven_.end() : proven_.find(user);
        proven != proven_.end() && same(proven->second, guess)) {
        return {};
    }
    const Source source = source_of_peer();
    if (!nobody_ || password.reveal().size() > password_characters_max || guard_.knows_wrong(source, guess)) {
        return wrong(user, exists, source, guess, now);
    }
    return Unproven{hash == nullptr ? *nobody_ : *hash, password, user, exists, guess, source,
                    guard_.has_failed(source, now)};
}

bool Gate::renew(Unproven& guess) const {
    const auto entry = rules_.users.find(guess.user);
    const auto* const hash = entry == rules_.users.end() ? nullptr : std::get_if<PasswordHash>(&entry->second);
    if (hash == nullptr || hash->line() == guess.hash.line()) {
        return false;
    }
    guess.hash = *hash;
    return true;
}

std::optional<Refusal> Gate::judge_proof(const Unproven& guess, std::optional<bool> right, Instant now) {
    if (!right) {
        return Refusal{503, "there is no memory to check a password", std::chrono::seconds(1)};
    }
    const auto entry = rules_.users.find(guess.user);
    if (entry == rules_.users.end()) {
        return wrong(guess.user, false, guess.source, guess.guess, now);
    }
    if (const auto* const password = std::get_if<Secret>(&entry->second)) {
        // A wrong one came this way to take as long as any other; or it has become right since.
        const bool equal = equal_in_constant_time(guess.password.reveal(), password->reveal());
        return equal ? std::nullopt : std::optional(wrong(guess.user, true, guess.source, guess.guess, now));
    }
    if (!*right) {
        return wrong(guess.user, true, guess.source, guess.guess, now);
    }
    proven_[guess.user] = guess.guess;
    return std::nullopt;
}

Refusal Gate::wrong(const std::string& user, bool exists, const Source& source, const Guess& guess, Instant now) {
    guard_.failed(source, exists ? user : std::string(), guess, now);
    return Refusal{401, fmt::format("wrong user or password for '{}'", printable(user, 40))};
}

}  // namespace bridge::intake
