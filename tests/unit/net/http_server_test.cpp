#include "server_under_test.hpp"

using namespace net;
using namespace net::test;

TEST_CASE("http server: a request reaches the handler whole, and its answer the client", "[net]") {
    ServerUnderTest under;
    std::promise<HttpRequest> seen;
    under.handler.request = [&](HttpRequest request, Respond respond) {
        seen.set_value(std::move(request));
        respond(plain("stored", 201));
    };
    Client client(under.start());
    client.send("POST /a/b?c=d HTTP/1.1\r\nHost: bridge\r\nX-Two:  spaced \r\nContent-Length: 5\r\n\r\nhello");

    const auto answer = client.answer();
    const auto request = seen.get_future().get();
    CHECK(answer.status == 201);
    CHECK(answer.body == "stored");
    CHECK(answer.has("Date: "));
    CHECK(request.method == "POST");
    CHECK(request.target == "/a/b?c=d");
    CHECK(request.header("x-two") == "spaced");
    CHECK(request.body == "hello");
    CHECK(request.peer == "127.0.0.1");
    CHECK(request.client_certificate.empty());
}

TEST_CASE("http server: a connection is kept for the next request", "[net]") {
    ServerUnderTest under;
    Client client(under.start());
    for (int i = 0; i < 3; ++i) {
        client.send(post("n" + std::to_string(i)));
        CHECK(client.answer().body == "POST /alerts n" + std::to_string(i));
    }
}

TEST_CASE("http server: pipelined requests are answered one after the other, in order", "[net]") {
    ServerUnderTest under;
    std::vector<Respond> waiting;
    std::atomic<bool> overlapped = false;
    under.handler.request = [&](HttpRequest request, Respond respond) {
        overlapped = overlapped || !waiting.empty();
        waiting.push_back(respond);
        under.loop().post([&waiting, body = request.body] {
            const auto answer_it = std::move(waiting.back());
            waiting.clear();
            answer_it(plain(body));
        });
    };
    Client client(under.start());
    std::string all;
    for (int i = 0; i < 200; ++i) {
        all += post(std::to_string(i));
    }
    client.send(all);
    for (int i = 0; i < 200; ++i) {
        REQUIRE(client.answer().body == std::to_string(i));
    }
    CHECK_FALSE(overlapped);  // the next one is read only when this one is answered
}

TEST_CASE("http server: a request may come byte by byte", "[net]") {
    ServerUnderTest under;
    Client client(under.start());
    const auto text = post("slow", "X-Long: value\r\n");
    for (const char byte : text) {
        client.send({&byte, 1});
    }
    CHECK(client.answer().body == "POST /alerts slow");
}

TEST_CASE("http server: a chunked body is put together, and its trailer ignored", "[net]") {
    ServerUnderTest under;
    Client client(under.start());
    client.send("POST / HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("5;note=x\r\nhello\r\n");
    client.send("7\r\n, world\r\n0\r\nX-Checksum: 3\r\n\r\n");
    CHECK(client.answer().body == "POST / hello, world");
    client.send(post("again"));
    CHECK(client.answer().body == "POST /alerts again");
}

TEST_CASE("http server: a body of megabytes arrives unchanged, and so does an answer", "[net]") {
    ServerUnderTest under;
    under.handler.request = [](HttpRequest request, Respond respond) { respond(plain(std::move(request.body))); };
    const auto port = under.start();
    std::string body(5U << 20U, '\0');
    for (std::size_t i = 0; i < body.size(); ++i) {
        body[i] = static_cast<char>(i * 31 + i / 4096);
    }
    Client client(port);
    REQUIRE(client.send(post(body)));
    CHECK((client.answer().body == body));
}

TEST_CASE("http server: 100 Continue comes after the header is accepted, and before the body", "[net]") {
    ServerUnderTest under;
    std::atomic<bool> asked = false;
    under.handler.header = [&](const HttpRequest& head) -> std::optional<HttpResponse> {
        asked = head.body.empty();
        return std::nullopt;
    };
    Client client(under.start());
    client.send("POST / HTTP/1.1\r\nHost: b\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    CHECK(client.read_to("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(asked);
    client.send("body");
    CHECK(client.answer().body == "POST / body");
}

TEST_CASE("http server: a refused header gets its answer at once, no 100, and the connection ends", "[net]") {
    ServerUnderTest under;
    under.handler.header = [](const HttpRequest&) { return std::optional(plain("who are you", 401)); };
    Client client(under.start());
    client.send("POST / HTTP/1.1\r\nHost: b\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    const auto answer = client.answer();
    CHECK(answer.status == 401);
    CHECK(answer.has("Connection: close"));
    CHECK(client.rest().empty());
    CHECK(under.handler.turned().empty());
}

TEST_CASE("http server: a refused request without a body leaves the connection open", "[net]") {
    ServerUnderTest under;
    under.handler.header = [](const HttpRequest& head) {
        return head.target == "/secret" ? std::optional(plain("no", 403)) : std::nullopt;
    };
    Client client(under.start());
    client.send("GET /secret HTTP/1.1\r\nHost: b\r\n\r\n");
    CHECK(client.answer().status == 403);
    client.send("GET /open HTTP/1.1\r\nHost: b\r\n\r\n");
    CHECK(client.answer().status == 200);
}

TEST_CASE("http server: HEAD gets the length of the body and no body", "[net]") {
    ServerUnderTest under;
    Client client(under.start());
    client.send("HEAD /x HTTP/1.1\r\nHost: b\r\n\r\n");
    const auto head = client.answer(true);
    CHECK(head.has("Content-Length: 8\r\n"));
    client.send("GET /y HTTP/1.1\r\nHost: b\r\n\r\n");
    CHECK(client.answer().body == "GET /y ");
}

TEST_CASE("http server: HTTP/1.0 closes after the answer unless it asked to stay", "[net]") {
    ServerUnderTest under;
    const auto port = under.start();
    Client leaver(port);
    leaver.send("GET / HTTP/1.0\r\n\r\n");
    CHECK(leaver.answer().has("Connection: close"));
    CHECK(leaver.rest().empty());
    CHECK_FALSE(leaver.was_reset());

    Client stayer(port);
    stayer.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(stayer.answer().has("Connection: keep-alive"));
    stayer.send("GET / HTTP/1.0\r\n\r\n");
    CHECK(stayer.answer().status == 200);
}

TEST_CASE("http server: a client that closes its sending half is still answered", "[net]") {
    ServerUnderTest under;
    Client client(under.start());
    client.send(post("last words"));
    client.end_sending();
    CHECK(client.answer().body == "POST /alerts last words");
}

TEST_CASE("http server: empty lines before a request line are ignored", "[net]") {
    ServerUnderTest under;
    Client client(under.start());
    client.send("\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n");
    CHECK(client.answer().status == 200);
}

TEST_CASE("http server: an answer may come from another thread", "[net]") {
    ServerUnderTest under;
    std::vector<std::thread> workers;
    under.handler.request = [&](HttpRequest request, Respond respond) {
        workers.emplace_back([respond, body = request.body] {
            respond(plain(body));
            respond(plain("twice"));
        });
    };
    Client client(under.start());
    for (int i = 0; i < 20; ++i) {
        client.send(post(std::to_string(i)));
        CHECK(client.answer().body == std::to_string(i));
    }
    for (auto& worker : workers) {
        worker.join();
    }
}

TEST_CASE("http server: a Respond that nobody calls is a 500", "[net]") {
    ServerUnderTest under;
    under.handler.request = [](HttpRequest, const Respond&) {};
    Client client(under.start());
    client.send(post("lost"));
    CHECK(client.answer().status == 500);
}

TEST_CASE("http server: what a handler throws is a 500, and the server goes on", "[net]") {
    ServerUnderTest under;
    under.handler.header = [](const HttpRequest& head) -> std::optional<HttpResponse> {
        if (head.target == "/early") {
            throw std::runtime_error("early");
        }
        return std::nullopt;
    };
    under.handler.request = [](HttpRequest request, Respond respond) {
        if (request.target == "/late") {
            throw std::runtime_error("late");
        }
        respond(plain("fine"));
    };
    Client client(under.start());
    client.send("GET /early HTTP/1.1\r\nHost: b\r\n\r\n");
    CHECK(client.answer().status == 500);
    client.send("GET /late HTTP/1.1\r\nHost: b\r\n\r\n");
    CHECK(client.answer().status == 500);
    client.send("GET /ok HTTP/1.1\r\nHost: b\r\n\r\n");
    CHECK(client.answer().body == "fine");
    CHECK(under.handler.failures() == std::vector<std::string>{"early", "late"});
}

TEST_CASE("http server: an answer to a dead connection, or after the server has gone, goes nowhere", "[net]") {
    ServerUnderTest under;
    std::promise<Respond> held;
    under.handler.request = [&](HttpRequest, Respond respond) { held.set_value(std::move(respond)); };
    const auto port = under.start();
    Respond respond;
    {
        Client client(port);
        client.send(post("gone"));
        respond = held.get_future().get();
    }
    SECTION("the client has gone") {
        respond(plain("too late"));
        under.on_loop([] {});
    }
    SECTION("the server has gone") {
        under.on_loop([&] { under.destroy_server(); });
        respond(plain("too late"));
        under.on_loop([] {});
    }
}

TEST_CASE("http server: an address that is taken or is none is an error that names it", "[net]") {
    ServerUnderTest under;
    ListenOptions options;
    options.port = under.server().port();
    const auto taken = HttpServer::listen(under.loop(), options, under.handler);
    REQUIRE_FALSE(taken);
    CHECK(taken.error() == "127.0.0.1:" + std::to_string(options.port) + ": Address already in use");

    options.address = "bridge.example.com";
    const auto no_address = HttpServer::listen(under.loop(), options, under.handler);
    REQUIRE_FALSE(no_address);
    CHECK(no_address.error().find("bridge.example.com") == 0);
}

TEST_CASE("http server: draining closes the idle, lets the busy finish, and then says so", "[net]") {
    ServerUnderTest under;
    std::promise<Respond> held;
    under.handler.request = [&](HttpRequest request, Respond respond) {
        if (request.body == "slow") {
            held.set_value(std::move(respond));
        } else {
            respond(plain("quick"));
        }
    };
    const auto port = under.start();
    Client idle(port);
    idle.send(post("quick"));
    CHECK(idle.answer().body == "quick");
    Client busy(port);
    busy.send(post("slow"));
    const auto respond = held.get_future().get();

    std::promise<void> drained;
    under.on_loop([&] { under.server().drain([&] { drained.set_value(); }); });
    CHECK(idle.rest().empty());
    CHECK(idle.ended());
    auto done = drained.get_future();
    CHECK(done.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);

    respond(plain("finished"));
    const auto answer = busy.answer();
    CHECK(answer.body == "finished");
    CHECK(answer.has("Connection: close"));
    CHECK(done.wait_for(std::chrono::seconds(20)) == std::future_status::ready);

    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int late = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(::connect(late, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0);
    ::close(late);
}

TEST_CASE("http server: a request that has come when draining begins is answered", "[net]") {
    ServerUnderTest under;
    under.handler.request = [](HttpRequest request, Respond respond) { respond(plain(request.body)); };
    const auto port = under.start();
    Client client(port);
    client.send(post("first"));
    CHECK(client.answer().body == "first");
    std::promise<void> drained;
    under.on_loop([&] {
        client.send(post("second"));  // the server cannot have looked at it yet
        under.server().drain([&] { drained.set_value(); });
    });
    const auto answer = client.answer();
    CHECK(answer.body == "second");
    CHECK(answer.has("Connection: close"));
    CHECK(drained.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
}

TEST_CASE("http server: draining with nobody connected is done at once", "[net]") {
    ServerUnderTest under;
    under.start();
    std::promise<void> drained;
    under.on_loop([&] { under.server().drain([&] { drained.set_value(); }); });
    CHECK(drained.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
}

TEST_CASE("http server: the Server header is the one that was asked for", "[net]") {
    ListenOptions options;
    options.server_header = "mock/1";
    ServerUnderTest under(options);
    Client client(under.start());
    client.send("GET / HTTP/1.1\r\nHost: b\r\n\r\n");
    CHECK(client.answer().has("Server: mock/1\r\n"));
}
