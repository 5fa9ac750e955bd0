#include "bridge/operate/config/admission.hpp"

#include <catch2/catch.hpp>

using namespace bridge::operate;
using bridge::domain::Secret;

namespace {

net::HttpRequest request(const std::string& method, const std::string& authorization = "") {
    net::HttpRequest made;
    made.method = method;
    made.target = "/status";
    made.peer = "192.0.2.7";
    if (!authorization.empty()) {
        made.headers.push_back({"Authorization", authorization});
    }
    return made;
}

const Tokens tokens{{"grafana", {Secret("read-token-0123456789"), Right::read}},
                    {"ops", {Secret("operate-token-0123456789"), Right::operate}},
                    {"unreadable", {Secret(), Right::operate}}};

}  // namespace

TEST_CASE("whoever reaches the socket may do everything, and is known by user") {
    auto local = request("POST");
    local.local = net::LocalPeer{1, 0, 0};
    const Admission admitted = admission(tokens, local);
    CHECK(admitted.status == 200);
    CHECK(admitted.who == "uid 0 (root)");
    local.local->uid = 4'000'000'000U;
    CHECK(admission(tokens, local).who == "uid 4000000000");
}

TEST_CASE("without tokens a listener is as open as its address") {
    CHECK(admission({}, request("POST")).status == 200);
    CHECK(admission({}, request("POST")).who == "192.0.2.7");
}

TEST_CASE("a token opens what its right reaches") {
    CHECK(admission(tokens, request("GET", "Bearer read-token-0123456789")).status == 200);
    CHECK(admission(tokens, request("POST", "Bearer read-token-0123456789")).status == 403);
    CHECK(admission(tokens, request("DELETE", "Bearer read-token-0123456789")).status == 403);
    const Admission operates = admission(tokens, request("POST", "bearer operate-token-0123456789"));
    CHECK(operates.status == 200);
    CHECK(operates.who == "token ops from 192.0.2.7");
}

TEST_CASE("no token, another scheme, a wrong or an empty one: none gets in") {
    for (const char* const wrong :
         {"", "Bearer", "Bearer ", "Bearer  read-token-0123456789", "Bearer nonsense",
          "Basic cmVhZC10b2tlbg==", "read-token-0123456789", "Bearer read-token-01234567890"}) {
        INFO(wrong);
        const Admission refused = admission(tokens, request("GET", wrong));
        CHECK(refused.status == 401);
        CHECK(refused.who == "192.0.2.7");
    }
}

TEST_CASE("a refusal does not repeat what was shown") {
    CHECK_THAT(admission(tokens, request("GET", "Bearer hunter2-hunter2-hunter2")).line, !Catch::Contains("hunter2"));
}

TEST_CASE("life and readiness are open, other pages and methods are not") {
    auto page = request("GET");
    CHECK_FALSE(is_open_page(page));
    page.target = "/healthz";
    CHECK(is_open_page(page));
    page.target = "/readyz";
    CHECK(is_open_page(page));
    page.method = "POST";
    CHECK_FALSE(is_open_page(page));
}
