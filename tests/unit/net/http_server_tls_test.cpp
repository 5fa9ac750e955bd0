#include "tls_client.hpp"

using namespace net;
using namespace net::test;
using namespace std::chrono_literals;

TEST_CASE("tls: a request over TLS 1.2 and 1.3 is answered, and the end is announced", "[net]") {
    const Directory directory;
    const auto identity = directory.identity("server");
    ServerUnderTest under(with_tls(identity));
    TlsClient client(under.start(), identity.certificate_file);
    client.only(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION));
    REQUIRE(client.connect());
    CHECK(client.ask("secret").find("POST /alerts secret") != std::string::npos);
    CHECK(client.clean);
}

TEST_CASE("tls: large bodies and pipelined requests pass", "[net]") {
    const Directory directory;
    const auto identity = directory.identity("server");
    ServerUnderTest under(with_tls(identity));
    under.handler.request = [](HttpRequest request, Respond respond) { respond(plain(std::move(request.body))); };
    TlsClient client(under.start(), identity.certificate_file);
    REQUIRE(client.connect());
    const std::string large(3U << 20U, 'y');
    client.send(post("one") + post("two"));
    client.send(post(large, "Connection: close\r\n"));
    const auto all = client.rest();
    CHECK(all.find("\r\n\r\none") < all.find("\r\n\r\ntwo"));
    CHECK(all.size() > large.size());
    CHECK((all.substr(all.size() - large.size()) == large));
}

TEST_CASE("tls: versions below 1.2 are refused and reported", "[net]") {
    const Directory directory;
    const auto identity = directory.identity("server");
    ServerUnderTest under(with_tls(identity));
    TlsClient client(under.start(), identity.certificate_file);
    client.only(TLS1_1_VERSION);
    CHECK_FALSE(client.connect());
}

TEST_CASE("tls: plain HTTP to a TLS port is a failed handshake", "[net]") {
    const Directory directory;
    ServerUnderTest under(with_tls(directory.identity("server")));
    Client client(under.start());
    client.send("GET / HTTP/1.1\r\nHost: b\r\n\r\n");
    client.rest();
    const auto turned = under.handler.await_turned(1);
    REQUIRE(turned.size() == 1);
    CHECK(turned[0].why == Turned::handshake_failed);
    CHECK(turned[0].detail == "http request");
}

TEST_CASE("tls: a port that is only knocked at is no news", "[net]") {
    const Directory directory;
    ServerUnderTest under(with_tls(directory.identity("server")));
    Client client(under.start());
    client.end_sending();
    client.rest();
    CHECK(client.ended());
    CHECK(under.handler.turned().empty());
}

TEST_CASE("tls: a handshake that does not come to an end is timed out", "[net]") {
    const Directory directory;
    auto options = with_tls(directory.identity("server"));
    options.read_timeout = 50ms;
    ServerUnderTest under(options);
    Client client(under.start());
    client.send(std::string("\x16\x03\x01", 3));
    client.rest();
    CHECK(client.ended());
    const auto turned = under.handler.await_turned(1);
    REQUIRE(turned.size() == 1);
    CHECK(turned[0].why == Turned::timed_out);
}

TEST_CASE("tls: with a client CA, only its clients come in, and their subject is known", "[net]") {
    const Directory directory;
    auto identity = directory.identity("server");
    const auto nx = directory.identity("nx1");
    const auto stranger = directory.identity("stranger");
    identity.client_ca_file = nx.certificate_file;
    ServerUnderTest under(with_tls(identity));
    under.handler.request = [](HttpRequest request, Respond respond) { respond(plain(request.client_certificate)); };
    const auto port = under.start();

    TlsClient known(port, identity.certificate_file, nx);
    REQUIRE(known.connect());
    CHECK(known.ask("x").find("\r\n\r\nCN=nx1") != std::string::npos);

    // Under TLS 1.3 a client learns of its refusal only when it reads.
    TlsClient unknown(port, identity.certificate_file, stranger);
    CHECK((!unknown.connect() || unknown.ask("x").empty()));
    TlsClient nameless(port, identity.certificate_file);
    CHECK((!nameless.connect() || nameless.ask("x").empty()));
    const auto turned = under.handler.await_turned(2);
    REQUIRE(turned.size() == 2);
    CHECK(turned[0].why == Turned::handshake_failed);
    CHECK(turned[1].why == Turned::handshake_failed);
}

TEST_CASE("tls: an answer is cut in the middle under TLS too", "[net]") {
    const Directory directory;
    const auto identity = directory.identity("server");
    ServerUnderTest under(with_tls(identity));
    under.handler.request = [](HttpRequest, Respond respond) {
        auto response = plain(std::string(5000, 'z'));
        response.fault.cut_after = 1000;
        respond(std::move(response));
    };
    TlsClient client(under.start(), identity.certificate_file);
    REQUIRE(client.connect());
    CHECK(client.ask("x").size() == 1000);
    CHECK_FALSE(client.clean);
}

TEST_CASE("tls: files that are missing or don't fit are errors that name them", "[net]") {
    const Directory directory;
    EventLoop loop;
    ScriptedHandler handler;
    const auto good = directory.identity("good");
    const auto other = directory.identity("other");
    const auto error_of = [&](TlsIdentity identity) {
        const auto made = HttpServer::listen(loop, with_tls(std::move(identity)), handler);
        return made ? std::string("no error") : made.error();
    };
    const auto none = directory.file("none.pem");
    CHECK(error_of({none, good.key_file, ""}).find("TLS certificate " + none) == 0);
    CHECK(error_of({good.certificate_file, none, ""}).find("TLS key " + none) == 0);
    CHECK(error_of({good.certificate_file, other.key_file, ""}).find("TLS key " + other.key_file) == 0);
    CHECK(error_of({good.certificate_file, good.key_file, none}).find("TLS client CA " + none) == 0);
    const auto junk = directory.write("junk.pem", "not a certificate");
    CHECK(error_of({junk, good.key_file, ""}).find("TLS certificate " + junk) == 0);
}
