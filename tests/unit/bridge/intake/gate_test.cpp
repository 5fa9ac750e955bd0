#include "bridge/intake/gate.hpp"

#include <catch2/catch.hpp>

using namespace bridge::intake;
using bridge::domain::Prefix;
using bridge::domain::Secret;

namespace {

net::HttpRequest post_from(const char* peer, const char* authorization = nullptr) {
    net::HttpRequest request;
    request.method = "POST";
    request.peer = peer;
    if (authorization != nullptr) {
        request.headers.push_back({"authorization", authorization});
    }
    return request;
}

// "fireeye:secret" and variations of it, in base64
constexpr const char* right = "Basic ZmlyZWV5ZTpzZWNyZXQ=";
constexpr const char* wrong_password = "Basic ZmlyZWV5ZTpzZWNyZXQy";
constexpr const char* wrong_user = "Basic bm9ib2R5OnNlY3JldA==";

GateRules with_user() {
    GateRules rules;
    rules.users["fireeye"] = Secret("secret");
    return rules;
}

}  // namespace

TEST_CASE("without rules anyone may post, and nobody may do anything else") {
    CHECK_FALSE(refusal({}, post_from("192.0.2.1")));
    net::HttpRequest get = post_from("192.0.2.1");
    get.method = "GET";
    CHECK(refusal({}, get)->status == 405);
}

TEST_CASE("a source outside the list is refused with 403 before its password is looked at") {
    GateRules rules = with_user();
    rules.sources = {Prefix::parse("192.0.2.0/24").value(), Prefix::parse("2001:db8::/32").value()};
    CHECK_FALSE(refusal(rules, post_from("192.0.2.7", right)));
    CHECK_FALSE(refusal(rules, post_from("2001:db8::7", right)));
    CHECK(refusal(rules, post_from("198.51.100.7", right))->status == 403);
    CHECK(refusal(rules, post_from("", right))->status == 403);
}

TEST_CASE("wrong, missing and garbled credentials are refused with 401, and the text holds no password") {
    const GateRules rules = with_user();
    CHECK_FALSE(refusal(rules, post_from("192.0.2.1", right)));
    const auto bad = GENERATE(as<std::string>{}, wrong_password, wrong_user, "Basic", "Basic !!!", "Bearer x", "");
    const auto refused = refusal(rules, post_from("192.0.2.1", bad.c_str()));
    REQUIRE(refused);
    CHECK(refused->status == 401);
    CHECK_THAT(refused->line, !Catch::Contains("secret"));
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
