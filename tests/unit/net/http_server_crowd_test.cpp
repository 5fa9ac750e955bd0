// Many connections, most of them from somebody who only wants to hold them.
#include "server_under_test.hpp"

using namespace net;
using namespace net::test;
using namespace std::chrono_literals;

TEST_CASE("http crowd: the longest idle connection gives way to a new one, one at work does not", "[net]") {
    ListenOptions options;
    options.connections_max = 3;
    ServerUnderTest under(options);
    std::promise<Respond> held;
    under.handler.request = [&](HttpRequest request, Respond respond) {
        if (request.body == "slow") {
            held.set_value(std::move(respond));
        } else {
            respond(plain(request.body));
        }
    };
    const auto port = under.start();
    Client working(port);
    working.send(post("slow"));
    const auto respond = held.get_future().get();
    Client first_idle(port);
    first_idle.send(post("1"));
    CHECK(first_idle.answer().body == "1");
    Client slow_header(port);
    slow_header.send("POST / HTTP/1.1\r\nHo");
    under.on_loop([] {});

    Client good(port);
    good.send(post("good"));
    CHECK(good.answer().body == "good");
    CHECK(first_idle.rest().empty());
    CHECK(first_idle.ended());
    Client another(port);
    another.send(post("another"));
    CHECK(another.answer().body == "another");
    slow_header.rest();
    CHECK(slow_header.ended());
    const auto turned = under.handler.await_turned(2);
    REQUIRE(turned.size() == 2);
    CHECK(turned[0].why == Turned::gave_way);
    CHECK(turned[0].detail == "without a request");
    CHECK(turned[1].detail == "in the middle of a header");

    respond(plain("done"));
    CHECK(working.answer().body == "done");
}

TEST_CASE("http crowd: a crowd throws out its own, and not the only connection of another", "[net]") {
    ListenOptions options;
    options.connections_max = 4;
    ServerUnderTest under(options);
    const auto port = under.start();
    Client appliance(port, "127.0.0.2");  // the oldest of all
    appliance.send(post("first"));
    CHECK(appliance.answer().body == "POST /alerts first");
    std::vector<std::unique_ptr<Client>> crowd;
    for (int i = 0; i < 20; ++i) {
        crowd.push_back(std::make_unique<Client>(port, "127.0.0.3"));
    }
    const auto turned = under.handler.await_turned(17);
    CHECK(turned.size() == 17);
    CHECK(std::all_of(turned.begin(), turned.end(), [](const TurnedAway& it) { return it.peer == "127.0.0.3"; }));
    appliance.send(post("second"));
    CHECK(appliance.answer().body == "POST /alerts second");

    // A third one gets its place from the crowd; the crowd's next one then gets none but its own.
    Client other(port, "127.0.0.4");
    other.send(post("other"));
    CHECK(other.answer().body == "POST /alerts other");
    CHECK(under.handler.await_turned(18).at(17).peer == "127.0.0.3");
    const Client again(port, "127.0.0.3");
    CHECK(under.handler.await_turned(19).at(18).peer == "127.0.0.3");
}

TEST_CASE("http crowd: where nobody can give way, the new one is closed", "[net]") {
    ListenOptions options;
    options.connections_max = 1;
    ServerUnderTest under(options);
    std::promise<Respond> held;
    under.handler.request = [&](HttpRequest, Respond respond) { held.set_value(std::move(respond)); };
    const auto port = under.start();
    Client working(port);
    working.send(post("slow"));
    const auto respond = held.get_future().get();
    Client late(port);
    late.rest();
    CHECK(late.ended());
    CHECK(under.handler.await_turned(1).at(0).why == Turned::too_many_connections);
    respond(plain("done"));
    CHECK(working.answer().body == "done");
}

TEST_CASE("http crowd: one source has its share of the connections and no more", "[net]") {
    ListenOptions options;
    options.address = "0.0.0.0";
    options.connections_per_source_max = 2;
    ServerUnderTest under(options);
    const auto port = under.start();
    Client one(port, "127.0.0.2");
    {
        Client two(port, "127.0.0.2");
        Client three(port, "127.0.0.2");
        three.rest();
        CHECK(three.ended());
        const auto turned = under.handler.await_turned(1).at(0);
        CHECK(turned.why == Turned::too_many_connections);
        CHECK(turned.peer == "127.0.0.2");
        Client other(port, "127.0.0.3");
        other.send(post("other"));
        CHECK(other.answer().body == "POST /alerts other");
        two.end_sending();
        two.rest();  // the server has closed it
    }
    Client again(port, "127.0.0.2");
    again.send(post("again"));
    CHECK(again.answer().body == "POST /alerts again");
}

TEST_CASE("http crowd: a connection that the handler does not want is closed unheard", "[net]") {
    ServerUnderTest under;
    under.handler.connection = [](const std::string& peer) { return peer != "127.0.0.1"; };
    Client client(under.start());
    client.send(post("x"));
    client.rest();
    CHECK(client.ended());
    CHECK(under.handler.turned().empty());
}

TEST_CASE("http crowd: a header that does not come to its end in time is a 408, though the request might take longer",
          "[net]") {
    ListenOptions options;
    options.header_timeout = 50ms;
    ServerUnderTest under(options);
    Client client(under.start());
    client.send("POST / HTTP/1.1\r\nHo");
    CHECK(client.answer().status == 408);
    CHECK(under.handler.turned().at(0).detail == "waiting for the header");
}

TEST_CASE("http crowd: a verdict that takes its time holds up its own request alone", "[net]") {
    ServerUnderTest under;
    std::promise<Verdict> wanted;
    under.handler.header_later = [&](const HttpRequest& head) -> std::function<void(Verdict)> {
        if (head.target != "/alerts") {
            return {};
        }
        return [&](Verdict verdict) { wanted.set_value(std::move(verdict)); };
    };
    const auto port = under.start();
    Client waiting(port);
    waiting.send(post("body", "Expect: 100-continue\r\n"));
    auto verdict = wanted.get_future().get();
    Client other(port);
    other.send("GET /x HTTP/1.1\r\nHost: b\r\n\r\n");
    CHECK(other.answer().status == 200);

    SECTION("it is let in, from another thread") {
        std::thread([&] { verdict(std::nullopt); }).join();
        CHECK(waiting.answer().body == "POST /alerts body");
    }
    SECTION("it is refused") {
        verdict(plain("no", 401));
        const auto answer = waiting.answer();
        CHECK(answer.status == 401);
        CHECK(answer.has("Connection: close"));
    }
    SECTION("nobody decides") {
        verdict = nullptr;
        CHECK(waiting.answer().status == 500);
    }
    SECTION("it comes twice, and late") {
        verdict(plain("no", 401));
        verdict(std::nullopt);
        CHECK(waiting.answer().status == 401);
    }
    SECTION("the server goes meanwhile") {
        under.on_loop([&] { under.destroy_server(); });
        verdict(std::nullopt);
        under.on_loop([] {});
        CHECK(waiting.rest().empty());
    }
}

TEST_CASE("http crowd: a verdict given at once counts like one given later", "[net]") {
    ServerUnderTest under;
    under.handler.header_later = [](const HttpRequest& head) -> std::function<void(Verdict)> {
        return [refuse = head.target == "/no"](const Verdict& verdict) {
            verdict(refuse ? std::optional(plain("no", 429)) : std::nullopt);
        };
    };
    const auto port = under.start();
    Client client(port);
    client.send(post("a"));
    CHECK(client.answer().body == "POST /alerts a");
    client.send("GET /no HTTP/1.1\r\nHost: b\r\n\r\n");
    CHECK(client.answer().status == 429);
}
