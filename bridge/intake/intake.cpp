#include "bridge/intake/intake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "bridge/domain/value/printable.hpp"

namespace bridge::intake {

namespace {

// Of one source; the others who come in behind it have their turns between.
constexpr std::size_t guesses_of_source_max = 4;

Instant now() {
    return std::chrono::steady_clock::now();
}

net::HttpResponse one_line(unsigned status, const std::string& line) {
    net::HttpResponse response;
    response.status = status;
    response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
    response.body = line + "\n";
    return response;
}

/// The status that the server answered with by itself; 0 when it closed without an answer.
unsigned status_of(net::Turned why) {
    switch (why) {
        case net::Turned::header_too_large:
            return 431;
        case net::Turned::body_too_large:
            return 413;
        case net::Turned::malformed:
            return 400;
        case net::Turned::timed_out:
            return 408;
        case net::Turned::handshake_failed:
        case net::Turned::too_many_connections:
        case net::Turned::gave_way:
            return 0;
    }
    return 0;
}

bool has_hash(const GateRules& rules) {
    return std::any_of(rules.users.begin(), rules.users.end(),
                       [](const auto& user) { return std::holds_alternative<PasswordHash>(user.second); });
}

}  // namespace

Intake::Intake(GateRules rules, engine::Engine& engine, engine::Engine::Listener listener, Post post)
    : gate_({}),
      engine_(engine),
      listener_(std::move(listener)),
      post_(std::move(post)),
      self_(std::make_shared<Intake*>(this)) {
    take(std::move(rules));
}

void Intake::take(GateRules rules) {
    if (has_hash(rules) && prover_ == nullptr) {
        prover_ = std::make_unique<Prover>(post_);
    }
    gate_.take(std::move(rules));
}

void Intake::warn(const std::string& peer, const std::string& text) {
    const auto left_out = lines_.spend(peer, now());
    if (!left_out) {
        return;
    }
    listener_({engine::Happening::Kind::warning, "intake",
               *left_out == 0 ? text : fmt::format("{} (and {} like it that have no line)", text, *left_out)});
}

net::HttpResponse Intake::turn_away(const Refusal& refused, const std::string& peer) {
    engine_.count_turned_away(refused.status, peer, refused.line);
    warn(peer, fmt::format("{} to {}: {}", refused.status, domain::printable(peer), refused.line));
    net::HttpResponse response = one_line(refused.status, refused.line);
    if (refused.status == 401) {
        response.headers.push_back({"WWW-Authenticate", "Basic realm=\"firebreak\""});
    }
    if (refused.status == 405) {
        response.headers.push_back({"Allow", "POST"});
    }
    if (refused.retry_after.count() > 0) {
        response.headers.push_back({"Retry-After", std::to_string(refused.retry_after.count())});
    }
    return response;
}

bool Intake::on_connection(const std::string& peer) {
    const auto refused = gate_.judge_connection(peer, now());
    if (refused) {
        engine_.count_turned_away(refused->status, peer, refused->line);
        warn(peer, fmt::format("closed on {} before its TLS handshake: {}", domain::printable(peer), refused->line));
    }
    return !refused;
}

std::optional<net::HttpResponse> Intake::on_header(const net::HttpRequest& head) {
    Judgement judgement = gate_.judge(head, now());
    if (const auto* const refused = std::get_if<Refusal>(&judgement)) {
        return turn_away(*refused, head.peer);
    }
    if (auto* const unproven = std::get_if<Unproven>(&judgement)) {
        unproven_ = std::move(*unproven);
    }
    return std::nullopt;
}

std::function<void(net::Verdict)> Intake::on_header_later(const net::HttpRequest& head) {
    if (!unproven_) {
        return {};
    }
    return [this, peer = head.peer](net::Verdict verdict) {
        Waiting waiting{std::move(*unproven_), peer, std::move(verdict)};
        unproven_.reset();
        prove(std::move(waiting));
    };
}

void Intake::prove(Waiting waiting) {
    const Guess guess = waiting.guess.guess;
    if (const auto under_way = waiting_.find(guess); under_way != waiting_.end()) {
        under_way->second.push_back(std::move(waiting));
        return;
    }
    const auto of_source = std::count_if(waiting_.begin(), waiting_.end(), [&](const auto& other) {
        return other.second.front().guess.source == waiting.guess.source;
    });
    if (static_cast<std::size_t>(of_source) >= guesses_of_source_max) {
        waiting.verdict(turn_away({429, "too many passwords at once", std::chrono::seconds(1)}, waiting.peer));
        return;
    }
    const bool taken = prover_->prove(
        waiting.guess.hash, waiting.guess.password, waiting.guess.suspect,
        [self = std::weak_ptr<Intake*>(self_), guess, asked = waiting.guess.hash.line()](std::optional<bool> right) {
            if (const auto intake = self.lock()) {
                (*intake)->settle(guess, asked, right);
            }
        });
    if (!taken) {
        waiting.verdict(
            turn_away({503, "too many passwords wait to be checked", std::chrono::seconds(1)}, waiting.peer));
        return;
    }
    waiting_[guess].push_back(std::move(waiting));
}

void Intake::settle(const Guess& guess, const std::string& asked, std::optional<bool> right) {
    auto settled = waiting_.extract(guess);
    if (settled.empty()) {
        return;
    }
    for (Waiting& waiting : settled.mapped()) {
        // The rules may have changed since, before or after this one joined: what another hash told says nothing.
        if (gate_.renew(waiting.guess) || waiting.guess.hash.line() != asked) {
            prove(std::move(waiting));
            continue;
        }
        const auto refused = gate_.judge_proof(waiting.guess, right, now());
        waiting.verdict(refused ? std::optional(turn_away(*refused, waiting.peer)) : std::nullopt);
    }
}

void Intake::on_request(net::HttpRequest request, net::Respond respond) {
    // Where anybody may post, an attacker could put himself on the allow list.
    const bool is_appliance =
        !gate_.rules().users.empty() || !gate_.rules().sources.empty() || !request.client_certificate.empty();
    const std::string peer = request.peer;
    engine_.receive(std::move(request.body), std::move(request.peer),
                    [this, respond = std::move(respond), peer, is_appliance](const engine::Reception& reception) {
                        constexpr unsigned taken = 200;
                        if (is_appliance && reception.status == taken) {
                            engine_.know_appliance(peer);
                        }
                        respond(one_line(reception.status, reception.line));
                    });
}

void Intake::on_turned_away(net::Turned why, const std::string& peer, const std::string& detail) {
    const unsigned status = status_of(why);
    if (status != 0) {
        engine_.count_turned_away(status, peer, detail);
    }
    warn(peer, fmt::format("{} {}: {}", status == 0 ? std::string("closed on") : fmt::format("{} to", status),
                           domain::printable(peer), domain::printable(detail, 200)));
}

void Intake::on_handler_failed(const std::string& detail) {
    warn("", "a notification was answered 500: " + domain::printable(detail, 200));
}

}  // namespace bridge::intake
