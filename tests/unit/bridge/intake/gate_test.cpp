#include "bridge/intake/gate.hpp"

#include <openssl/evp.h>

#include <catch2/catch.hpp>

using namespace bridge::intake;
using namespace std::chrono_literals;
using bridge::domain::Prefix;
using bridge::domain::Secret;

namespace {

constexpr HashCost cheap{.ln = 10, .r = 8, .p = 1};

std::string basic(const std::string& credentials) {
    std::string out(4 * ((credentials.size() + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       reinterpret_cast<const unsigned char*>(credentials.data()),
                                       static_cast<int>(credentials.size()));
    out.resize(static_cast<std::size_t>(length));
    return "Basic " + out;
}

net::HttpRequest post_from(const std::string& peer, const std::string& credentials = "") {
    net::HttpRequest request;
    request.method = "POST";
    request.peer = peer;
    if (!credentials.empty()) {
        request.headers.push_back({"authorization", basic(credentials)});
    }
    return request;
}

GateRules with_user() {
    GateRules rules;
    rules.users["fireeye"] = Secret("secret");
    return rules;
}

GateRules with_hash() {
    GateRules rules;
    rules.users["fireeye"] = PasswordHash::of(Secret("secret"), cheap).value();
    rules.users["plain"] = Secret("plain-secret");
    return rules;
}

/// A gate and the time, with proofs made on the spot.
class Door {
public:
    explicit Door(GateRules rules) : gate(std::move(rules)) {}

    /// 200 when let in.
    unsigned status(const net::HttpRequest& head) {
        Judgement judgement = gate.judge(head, now);
        asked_hash = std::holds_alternative<Unproven>(judgement);
        if (asked_hash) {
            const auto& guess = std::get<Unproven>(judgement);
            const auto refused = gate.judge_proof(guess, guess.hash.is_of(guess.password), now);
            judgement = refused ? Judgement{*refused} : Judgement{};
        }
        const auto* const refused = std::get_if<Refusal>(&judgement);
        last = refused == nullptr ? Refusal{200, "", 0s} : *refused;
        return last.status;
    }

    Gate gate;
    Instant now = Instant(1000h);
    Refusal last;
    bool asked_hash = false;
};

}  // namespace

TEST_CASE("without rules anyone may post, and nobody may do anything else") {
    Door door({});
    CHECK(door.status(post_from("192.0.2.1")) == 200);
    net::HttpRequest get = post_from("192.0.2.1");
    get.method = "GET";
    CHECK(door.status(get) == 405);
}

TEST_CASE("a source outside the list is refused with 403 before its password is looked at") {
    GateRules rules = with_user();
    rules.sources = {Prefix::parse("192.0.2.0/24").value(), Prefix::parse("2001:db8::/32").value()};
    Door door(rules);
    CHECK(door.status(post_from("192.0.2.7", "fireeye:secret")) == 200);
    CHECK(door.status(post_from("2001:db8::7", "fireeye:secret")) == 200);
    CHECK(door.status(post_from("198.51.100.7", "fireeye:secret")) == 403);
    CHECK(door.status(post_from("", "fireeye:secret")) == 403);
    CHECK_FALSE(door.gate.judge_connection("198.51.100.7", door.now));  // it gets its answer
}

TEST_CASE("behind TLS a stranger gets no handshake") {
    GateRules rules = with_user();
    rules.sources = {Prefix::parse("192.0.2.0/24").value()};
    rules.encrypted = true;
    Gate gate(rules);
    CHECK_FALSE(gate.judge_connection("192.0.2.7", Instant(1h)));
    CHECK(gate.judge_connection("198.51.100.7", Instant(1h))->status == 403);
}

TEST_CASE("wrong, missing and garbled credentials are refused with 401, and the text holds no password") {
    Door door(GENERATE(true, false) ? with_user() : with_hash());
    CHECK(door.status(post_from("192.0.2.1", "fireeye:secret")) == 200);
    net::HttpRequest request = post_from("192.0.2.1");
    CHECK(door.status(request) == 401);
    const auto bad = GENERATE(as<std::string>{}, "Basic", "Basic !!!", "Bearer x", "");
    request.headers.push_back({"Authorization", bad});
    CHECK(door.status(request) == 401);
    const auto wrong = GENERATE(as<std::string>{}, "fireeye:secret2", "nobody:secret", "fireeye:", ":secret",
                                "fireeye:Secret", "plain:secret");
    CHECK(door.status(post_from("192.0.2.1", wrong)) == 401);
    CHECK_THAT(door.last.line, !Catch::Contains("secret"));
}

TEST_CASE("a hash is asked once, and then what it told is remembered") {
    Door door(with_hash());
    CHECK(door.status(post_from("192.0.2.1", "fireeye:secret")) == 200);
    CHECK(door.asked_hash);
    CHECK(door.status(post_from("198.51.100.1", "fireeye:secret")) == 200);
    CHECK_FALSE(door.asked_hash);
    CHECK(door.status(post_from("192.0.2.1", "fireeye:secret2")) == 401);
    CHECK(door.asked_hash);
    CHECK(door.status(post_from("192.0.2.1", "plain:plain-secret")) == 200);
    CHECK_FALSE(door.asked_hash);
}

TEST_CASE("where one user has a hash, nobody learns by the time it takes who exists") {
    Door door(with_hash());
    for (const char* wrong : {"nobody:x", "fireeye:x", "plain:x"}) {
        INFO(wrong);
        CHECK(door.status(post_from("192.0.2.1", wrong)) == 401);
        CHECK(door.asked_hash);
        CHECK(door.last.line.find("wrong user or password") == 0);
    }
}

TEST_CASE("after other rules were taken, what was proven and what failed before counts no more") {
    Door door(with_hash());
    CHECK(door.status(post_from("192.0.2.1", "fireeye:secret")) == 200);
    CHECK(door.status(post_from("192.0.2.1", "fireeye:new")) == 401);
    const auto before = std::get<Unproven>(door.gate.judge(post_from("192.0.2.2", "fireeye:old"), door.now));
    GateRules rules;
    rules.users["fireeye"] = PasswordHash::of(Secret("new"), cheap).value();
    door.gate.take(rules);
    CHECK(door.status(post_from("192.0.2.1", "fireeye:secret")) == 401);
    CHECK(door.status(post_from("192.0.2.1", "fireeye:new")) == 200);
    auto renewed = before;
    CHECK(door.gate.renew(renewed));
    CHECK(renewed.hash.line() == std::get<PasswordHash>(rules.users["fireeye"]).line());
    CHECK_FALSE(door.gate.renew(renewed));
    door.gate.take({});
    rules.users.erase("fireeye");
    rules.users["other"] = Secret("x");
    door.gate.take(rules);
    CHECK(door.gate.judge_proof(before, true, door.now)->status == 401);
}

TEST_CASE("a hash that cannot be asked is no wrong password") {
    Door door(with_hash());
    const auto guess = std::get<Unproven>(door.gate.judge(post_from("192.0.2.1", "fireeye:secret"), door.now));
    CHECK(door.gate.judge_proof(guess, std::nullopt, door.now)->status == 503);
    CHECK(door.status(post_from("192.0.2.1", "fireeye:secret")) == 200);
}

TEST_CASE("a source that guesses must wait, longer each time, and others need not") {
    Door door(GENERATE(true, false) ? with_user() : with_hash());
    auto guess = [&, n = 0](const char* from) mutable {
        return door.status(post_from(from, "fireeye:guess" + std::to_string(n++)));
    };
    for (int i = 0; i < 10; ++i) {
        CHECK(guess("192.0.2.66") == 401);
    }
    CHECK(guess("192.0.2.66") == 429);
    CHECK(door.last.retry_after == 1s);
    CHECK(door.status(post_from("192.0.2.66", "fireeye:secret")) == 429);  // not even looked at
    CHECK(door.status(post_from("192.0.2.1", "fireeye:secret")) == 200);
    door.now += 1s;
    CHECK(guess("192.0.2.66") == 401);
    CHECK(guess("192.0.2.66") == 429);
    CHECK(door.last.retry_after == 2s);
    for (int i = 0; i < 10; ++i) {
        door.now += door.last.retry_after;
        CHECK(guess("192.0.2.66") == 401);
        CHECK(guess("192.0.2.66") == 429);
    }
    CHECK(door.last.retry_after == 60s);
    door.now += 16min;
    CHECK(guess("192.0.2.66") == 401);
    CHECK(door.status(post_from("192.0.2.66", "fireeye:secret")) == 200);
}

TEST_CASE("the same wrong password again and again is a mistake and no attack") {
    Door door(GENERATE(true, false) ? with_user() : with_hash());
    for (int i = 0; i < 100; ++i) {
        CHECK(door.status(post_from("192.0.2.9", "fireeye:outdated")) == 401);
        CHECK((i == 0 || !door.asked_hash));
    }
    CHECK(door.status(post_from("192.0.2.9", "fireeye:secret")) == 200);
}

TEST_CASE("a user whose password is tried from everywhere is closed to those who failed, and open to the others") {
    Door door(with_user());
    for (int i = 0; i < 100; ++i) {
        CHECK(door.status(post_from("198.51.100." + std::to_string(i), "fireeye:guess" + std::to_string(i))) == 401);
    }
    CHECK(door.status(post_from("198.51.100.3", "fireeye:another")) == 429);
    CHECK(door.status(post_from("198.51.100.3", "other:another")) == 401);
    CHECK(door.status(post_from("192.0.2.1", "fireeye:secret")) == 200);
    CHECK(door.status(post_from("192.0.2.2", "fireeye:first-try")) == 401);
}

TEST_CASE("an IPv6 attacker has one /64 and not its addresses") {
    Door door(with_user());
    for (int i = 0; i < 10; ++i) {
        door.status(post_from("2001:db8:0:1::" + std::to_string(i), "fireeye:guess" + std::to_string(i)));
    }
    CHECK(door.status(post_from("2001:db8:0:1:ffff::1", "fireeye:secret")) == 429);
    CHECK(door.status(post_from("2001:db8:0:2::1", "fireeye:secret")) == 200);
}

TEST_CASE("without limits nobody waits") {
    GateRules rules = with_user();
    rules.logins = {.per_source = 0, .per_user = 0};
    Door door(rules);
    for (int i = 0; i < 500; ++i) {
        CHECK(door.status(post_from("192.0.2.66", "fireeye:guess" + std::to_string(i))) == 401);
    }
}

TEST_CASE("however many sources fail, what is remembered is bounded") {
    LoginGuard guard({});
    for (std::uint64_t i = 0; i < 3 * LoginGuard::sources_max; ++i) {
        guard.failed({i, 0}, "fireeye", Guess{static_cast<std::uint8_t>(i)}, Instant(1000h));
    }
    CHECK(guard.sources() == LoginGuard::sources_max);
    CHECK(guard.has_failed({3 * LoginGuard::sources_max - 1, 0}, Instant(1000h)));
    CHECK_FALSE(guard.has_failed({0, 0}, Instant(1000h)));
}

TEST_CASE("over its rate a source gets a 429 that tells when to come again, and another source does not") {
    GateRules rules;
    rules.rate_per_source = {.per_s = 2, .burst = 3};
    Door door(rules);
    for (int i = 0; i < 3; ++i) {
        CHECK(door.status(post_from("192.0.2.1")) == 200);
    }
    CHECK(door.status(post_from("192.0.2.1")) == 429);
    CHECK(door.last.retry_after == 1s);
    CHECK(door.status(post_from("192.0.2.2")) == 200);
    door.now += 500ms;
    CHECK(door.status(post_from("192.0.2.1")) == 200);
    CHECK(door.status(post_from("192.0.2.1")) == 429);
    door.now += 1h;
    for (int i = 0; i < 3; ++i) {
        CHECK(door.status(post_from("192.0.2.1")) == 200);
    }
    CHECK(door.status(post_from("192.0.2.1")) == 429);
}

TEST_CASE("behind TLS who connects far faster than it may ask gets no more handshakes") {
    GateRules rules;
    rules.rate_per_source = {.per_s = 1, .burst = 1};
    rules.encrypted = true;
    Gate gate(rules);
    for (int i = 0; i < 4; ++i) {
        CHECK_FALSE(gate.judge_connection("192.0.2.1", Instant(1h)));
    }
    CHECK(gate.judge_connection("192.0.2.1", Instant(1h))->status == 429);
    CHECK_FALSE(gate.judge_connection("192.0.2.2", Instant(1h)));
}

TEST_CASE("the comparison of secrets sees every difference") {
    CHECK(equal_in_constant_time("secret", "secret"));
    CHECK_FALSE(equal_in_constant_time("secret", "secrets"));
    CHECK_FALSE(equal_in_constant_time("secret", ""));
    CHECK_FALSE(equal_in_constant_time("secret", std::string("secret\0", 7)));
    CHECK(equal_in_constant_time("", ""));
    const std::string longest(password_characters_max, 'x');
    CHECK(equal_in_constant_time(longest, longest));
    CHECK_FALSE(equal_in_constant_time(longest + "a", longest + "b"));
    CHECK_FALSE(equal_in_constant_time(longest + "a", longest + "a"));
}
