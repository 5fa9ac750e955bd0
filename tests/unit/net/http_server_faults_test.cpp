#include "server_under_test.hpp"

using namespace net;
using namespace net::test;
using namespace std::chrono_literals;

namespace {

void answer_with(ServerUnderTest& under, const WireFault& fault, std::string body) {
    under.handler.request = [fault, body = std::move(body)](HttpRequest, Respond respond) {
        auto response = plain(body);
        response.fault = fault;
        respond(std::move(response));
    };
}

}  // namespace

TEST_CASE("wire fault: a dropped answer is a connection that closes without a byte", "[net]") {
    ServerUnderTest under;
    answer_with(under, {.drop = true}, "never");
    Client client(under.start());
    client.send(post("x"));
    CHECK(client.rest().empty());
    CHECK(client.ended());
}

TEST_CASE("wire fault: an answer is cut after so many bytes, and the connection reset", "[net]") {
    ServerUnderTest under;
    const std::size_t bytes = GENERATE(0U, 7U, 1000U, 100'000U);
    answer_with(under, {.cut_after = bytes}, std::string(200'000, 'x'));
    Client client(under.start());
    client.send(post("x"));
    const auto got = client.rest();
    CHECK(got.size() == bytes);
    CHECK(client.was_reset());
    CHECK(std::string("HTTP/1.1 200 OK").substr(0, bytes) == got.substr(0, std::min<std::size_t>(bytes, 15)));
}

TEST_CASE("wire fault: a cut beyond the end sends all and then resets", "[net]") {
    ServerUnderTest under;
    answer_with(under, {.cut_after = 1'000'000}, "short");
    Client client(under.start());
    client.send(post("x"));
    CHECK(client.answer().body == "short");
    client.rest();
    CHECK(client.was_reset());
}

TEST_CASE("wire fault: a delayed answer comes after one that was asked for later", "[net]") {
    ServerUnderTest under;
    under.handler.request = [](HttpRequest request, Respond respond) {
        auto response = plain(request.body);
        if (request.body == "late") {
            response.fault.delay = 100ms;
        }
        respond(std::move(response));
    };
    const auto port = under.start();
    Client late(port);
    Client quick(port);
    const auto before = std::chrono::steady_clock::now();
    late.send(post("late"));
    quick.send(post("quick"));
    CHECK(quick.answer().body == "quick");
    CHECK(late.answer().body == "late");
    CHECK(std::chrono::steady_clock::now() - before >= 100ms);
    late.send(post("quick"));
    CHECK(late.answer().body == "quick");
}
