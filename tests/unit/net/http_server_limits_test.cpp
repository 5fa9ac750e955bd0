#include <random>

#include "server_under_test.hpp"

using namespace net;
using namespace net::test;
using namespace std::chrono_literals;

namespace {

ListenOptions small() {
    ListenOptions options;
    options.body_bytes_max = 1000;
    options.header_bytes_max = 512;
    return options;
}

}  // namespace

TEST_CASE("http limits: a Content-Length over the limit is a 413 that the client sees, though it sends all", "[net]") {
    ServerUnderTest under(small());
    Client client(under.start());
    CHECK(client.send(post(std::string(1001, 'x'))));
    const auto answer = client.answer();
    CHECK(answer.status == 413);
    CHECK(answer.has("Connection: close"));
    client.end_sending();
    CHECK(client.rest().empty());
    CHECK_FALSE(client.was_reset());
    REQUIRE(under.handler.turned().size() == 1);
    CHECK(under.handler.turned()[0].why == Turned::body_too_large);
    CHECK(under.handler.turned()[0].peer == "127.0.0.1");
}

TEST_CASE("http limits: a body as long as the limit is taken", "[net]") {
    ServerUnderTest under(small());
    Client client(under.start());
    client.send(post(std::string(1000, 'x')));
    CHECK(client.answer().status == 200);
}

TEST_CASE("http limits: with Expect, a body that is too large is refused before it is sent", "[net]") {
    ServerUnderTest under(small());
    Client client(under.start());
    client.send("POST / HTTP/1.1\r\nHost: b\r\nExpect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n");
    CHECK(client.answer().status == 413);
}

TEST_CASE("http limits: the handler's refusal goes before the server's", "[net]") {
    ServerUnderTest under(small());
    under.handler.header = [](const HttpRequest&) { return std::optional(plain("", 401)); };
    Client client(under.start());
    client.send("POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 99999\r\n\r\n");
    CHECK(client.answer().status == 401);
}

TEST_CASE("http limits: chunks that add up to too much are a 413", "[net]") {
    ServerUnderTest under(small());
    Client client(under.start());
    client.send("POST / HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "1f4\r\n" + std::string(500, 'x') + "\r\n";
    client.send(chunk);
    client.send(chunk);
    client.send("1\r\ny\r\n");
    CHECK(client.answer().status == 413);
    CHECK(under.handler.turned().at(0).why == Turned::body_too_large);
}

TEST_CASE("http limits: a chunk that announces too much is a 413 before it comes", "[net]") {
    ServerUnderTest under(small());
    Client client(under.start());
    client.send("POST / HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n");
    CHECK(client.answer().status == 413);
}

TEST_CASE("http limits: a header over the limit is a 431, in one piece or in many", "[net]") {
    ServerUnderTest under(small());
    Client client(under.start());
    const bool in_pieces = GENERATE(false, true);
    client.send("GET / HTTP/1.1\r\nHost: b\r\n");
    if (in_pieces) {
        for (int i = 0; i < 30; ++i) {
            client.send("X-Filler: 0123456789\r\n");
        }
    } else {
        client.send("X-Long: " + std::string(600, 'x') + "\r\n");
    }
    client.send("\r\n");
    CHECK(client.answer().status == 431);
    CHECK(under.handler.turned().at(0).why == Turned::header_too_large);
}

TEST_CASE("http limits: a request line without end is a 431", "[net]") {
    ServerUnderTest under(small());
    Client client(under.start());
    client.send("GET /" + std::string(2000, 'a'));
    CHECK(client.answer().status == 431);
}

TEST_CASE("http limits: a chunk extension or trailer without end is refused", "[net]") {
    ServerUnderTest under(small());
    Client client(under.start());
    const auto start = GENERATE("5;", "0\r\nX: ");
    client.send("POST / HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send(start + std::string(2000, 'a'));
    CHECK(client.answer().status == 431);
}

TEST_CASE("http limits: what is malformed is a 400 and ends the connection", "[net]") {
    const auto text =
        GENERATE("\x16\x03\x01\x02garbage\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n",
                 "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                 "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                 "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                 "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
                 "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n");
    ServerUnderTest under;
    Client client(under.start());
    client.send(text);
    INFO(text);
    CHECK(client.answer().status == 400);
    client.end_sending();
    client.rest();
    CHECK(client.ended());
    REQUIRE(under.handler.turned().size() == 1);
    CHECK(under.handler.turned()[0].why == Turned::malformed);
}

TEST_CASE("http limits: a connection that ends inside a request is told so", "[net]") {
    ServerUnderTest under;
    Client client(under.start());
    client.send("POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 10\r\n\r\nhalf");
    client.end_sending();
    CHECK(client.answer().status == 400);
    CHECK(under.handler.turned().at(0).why == Turned::malformed);
}

TEST_CASE("http limits: a transfer coding that we don't know is a 501", "[net]") {
    ServerUnderTest under;
    Client client(under.start());
    client.send("POST / HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
    CHECK(client.answer().status == 501);
}

TEST_CASE("http limits: an expectation other than 100-continue is a 417", "[net]") {
    ServerUnderTest under;
    Client client(under.start());
    client.send("POST / HTTP/1.1\r\nHost: b\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\n");
    CHECK(client.answer().status == 417);
    CHECK(under.handler.turned().size() == 1);
}

TEST_CASE("http limits: raw characters in a target are for lenient servers only", "[net]") {
    ListenOptions options;
    options.lenient_targets = GENERATE(false, true);
    ServerUnderTest under(options);
    Client client(under.start());
    client.send("GET /api/?cmd=<show><x/></show>&xpath=/a/entry[@name='b'] HTTP/1.1\r\nHost: b\r\n\r\n");
    const auto answer = client.answer();
    if (options.lenient_targets) {
        CHECK(answer.body == "GET /api/?cmd=<show><x/></show>&xpath=/a/entry[@name='b'] ");
    } else {
        CHECK(answer.status == 400);
    }
}

TEST_CASE("http limits: a request that comes too slowly is a 408", "[net]") {
    ListenOptions options;
    options.read_timeout = 50ms;
    ServerUnderTest under(options);
    Client client(under.start());
    client.send(GENERATE("GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 9\r\n\r\nhalf"));
    CHECK(client.answer().status == 408);
    CHECK(under.handler.turned().at(0).why == Turned::timed_out);
}

TEST_CASE("http limits: bytes that keep trickling in don't put off the read timeout", "[net]") {
    ListenOptions options;
    options.read_timeout = 100ms;
    ServerUnderTest under(options);
    Client client(under.start());
    client.send("GET / HTTP/1.1\r\nX: ");
    // One byte whenever the last one is through, until the server has had enough; it never sees the end.
    const auto turned = std::async(std::launch::async, [&] { return under.handler.await_turned(1); });
    while (turned.wait_for(5ms) == std::future_status::timeout) {
        client.send("x");
    }
    CHECK(client.answer().status == 408);
}

TEST_CASE("http limits: a connection without a request is closed silently", "[net]") {
    ListenOptions options;
    options.idle_timeout = 50ms;
    const bool fresh = GENERATE(true, false);
    if (fresh) {
        options.read_timeout = 50ms;
    }
    ServerUnderTest under(options);
    Client client(under.start());
    if (!fresh) {
        client.send(post("first"));
        CHECK(client.answer().status == 200);
    }
    CHECK(client.rest().empty());
    CHECK(client.ended());
    CHECK(under.handler.turned().empty());
}

TEST_CASE("http limits: a client that never takes its answer is dropped in the end", "[net]") {
    ListenOptions options;
    options.read_timeout = 100ms;
    ServerUnderTest under(options);
    under.handler.request = [](HttpRequest, Respond respond) { respond(plain(std::string(64U << 20U, 'x'))); };
    Client client(under.start());
    client.send("GET / HTTP/1.1\r\nHost: b\r\n\r\n");
    std::size_t connections = 1;
    while (connections > 0) {
        under.on_loop([&] { connections = under.server().connections(); });
        std::this_thread::yield();
    }
    CHECK(connections == 0);
}

TEST_CASE("http limits: whatever bytes come, the server goes on", "[net]") {
    ServerUnderTest under(small());
    const auto port = under.start();
    const std::vector<std::string> seeds{
        post("hello", "Expect: 100-continue\r\n"),
        "POST / HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
        "GET /?a=b HTTP/1.1\r\nHost: b\r\nX-Folded: one\r\n two\r\n\r\nGET / HTTP/1.0\r\n\r\n",
    };
    std::minstd_rand random(7);
    for (int i = 0; i < 600; ++i) {
        std::string bytes = seeds[random() % seeds.size()];
        for (unsigned edits = 1 + static_cast<unsigned>(random()) % 4; edits > 0 && !bytes.empty(); --edits) {
            const std::size_t at = random() % bytes.size();
            switch (random() % 4) {
                case 0:
                    bytes[at] = static_cast<char>(random() % 256);
                    break;
                case 1:
                    bytes.erase(at, random() % 8);
                    break;
                case 2:
                    bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 16));
                    break;
                default:
                    bytes.insert(at, std::string("\r\n"));
            }
        }
        Client client(port);
        client.send(bytes);
        client.end_sending();
        client.rest();
        REQUIRE(client.ended());
    }
    Client sane(port);
    sane.send(post("still here"));
    CHECK(sane.answer().body == "POST /alerts still here");
}
