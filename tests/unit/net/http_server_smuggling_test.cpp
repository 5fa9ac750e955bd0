// Requests that two readers could cut at different places. Behind a proxy they let one client's bytes pass as another's
// request; here they are refused, and the connection ends with them.
#include "server_under_test.hpp"

using namespace net;
using namespace net::test;

namespace {

const std::string head = "POST / HTTP/1.1\r\nHost: b\r\n";
const std::string next = "POST /smuggled HTTP/1.1\r\nHost: b\r\nContent-Length: 0\r\n\r\n";

ListenOptions strict() {
    ListenOptions options;
    options.strict_requests = true;
    return options;
}

/// What the server answers to `bytes`, and that nothing behind the first answer is taken for a request.
unsigned status_and_end(ListenOptions options, const std::string& bytes) {
    ServerUnderTest under(std::move(options));
    std::atomic<int> requests = 0;
    under.handler.request = [&](HttpRequest, Respond respond) {
        ++requests;
        respond(plain("taken"));
    };
    Client client(under.start());
    client.send(bytes);
    client.end_sending();
    const auto answer = client.answer();
    client.rest();
    CHECK(client.ended());
    CHECK(requests == 0);
    CHECK(answer.has("Connection: close"));
    return answer.status;
}

}  // namespace

TEST_CASE("http smuggling: a body whose end is told twice or unclearly is a 400", "[net]") {
    const std::string chunks = "\r\n0\r\n\r\n" + next;
    const auto bytes = GENERATE_COPY(
        head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" + chunks,
        head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" + chunks,
        head + "Content-Length: 5\r\nTransfer-Encoding: gzip\r\n" + chunks,
        head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" + next,
        head + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" + next,
        head + "Content-Length: 5, 5\r\n\r\nhello" + next, head + "Content-Length: +5\r\n\r\nhello" + next,
        head + "Content-Length: 0x5\r\n\r\nhello" + next, head + "Content-Length: 5 5\r\n\r\nhello" + next,
        head + "Content-Length:\r\n\r\nhello" + next, head + "Content-Length: 99999999999999999999\r\n\r\nhello" + next,
        head + "Transfer-Encoding: chunked, identity\r\n" + chunks,
        head + "Transfer-Encoding: identity, chunked, gzip\r\n" + chunks,
        head + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n" + chunks,
        head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n" + chunks,
        head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" + chunks,
        head +
            "Transfer-Encoding: \x0b"
            "chunked\r\n" +
            chunks);
    INFO(bytes);
    CHECK(status_and_end({}, bytes) == 400);
}

TEST_CASE("http smuggling: lines that end or begin in other ways than lines do are a 400", "[net]") {
    const auto bytes = GENERATE_COPY(
        head + "X: one\r\n two\r\n\r\n", head + "X:\r\n\ttwo\r\n\r\n", head + "X: one\r\n \r\n\r\n",
        head + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", head + " folded: x\r\n\r\n",
        std::string("POST / HTTP/1.1\nHost: b\n\n"), head + "X: one\nContent-Length: 5\r\n\r\nhello",
        head + "X: one\rContent-Length: 5\r\n\r\nhello", head + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        head + "Content-Length\t: 5\r\n\r\nhello", head + ": x\r\n\r\n", head + "X\r\n\r\n",
        head + "X: a" + std::string(1, '\0') + "b\r\n\r\n", head + "X" + std::string(1, '\0') + ": b\r\n\r\n",
        "POST /" + std::string(1, '\0') + " HTTP/1.1\r\nHost: b\r\n\r\n", std::string("\n") + head + "\r\n",
        std::string("POST /  HTTP/1.1\r\nHost: b\r\n\r\n"), std::string("POST\t/\tHTTP/1.1\r\nHost: b\r\n\r\n"),
        head + "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
        head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
        head + "Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n",
        head + "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
        head + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n");
    INFO(bytes);
    CHECK(status_and_end({}, bytes) == 400);
}

TEST_CASE("http smuggling: a strict server refuses what is allowed and never sent by appliances", "[net]") {
    const auto bytes =
        GENERATE_COPY(head + "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n",
                      head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0;last\r\n\r\n",
                      head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                      head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                      std::string("POST http://b/ HTTP/1.1\r\nHost: b\r\nContent-Length: 0\r\n\r\n"),
                      std::string("OPTIONS * HTTP/1.1\r\nHost: b\r\nContent-Length: 0\r\n\r\n"),
                      std::string("CONNECT b:443 HTTP/1.1\r\nHost: b\r\n\r\n"),
                      head + "Authorization: Basic YTpi\r\nAuthorization: Basic YTpj\r\nContent-Length: 0\r\n\r\n");
    INFO(bytes);
    CHECK(status_and_end(strict(), bytes) == 400);
}

TEST_CASE("http smuggling: what appliances send passes a strict server", "[net]") {
    ServerUnderTest under(strict());
    Client client(under.start());
    client.send("\r\n" + head + "Authorization: Basic YTpi\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
    CHECK(client.answer().body == "POST / hello");
    client.send(head + "Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    CHECK(client.answer().body == "POST / hello");
}
