// Which clients a TLS listener takes, and how it goes over to a new certificate.
#include "tls_client.hpp"

using namespace net;
using namespace net::test;

namespace {

struct SessionDeleter {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using KeptSession = std::unique_ptr<SSL_SESSION, SessionDeleter>;

Result<void> renew(ServerUnderTest& under, const TlsIdentity& identity) {
    Result<void> renewed;
    under.on_loop([&] { renewed = under.server().renew_identity(identity); });
    return renewed;
}

}  // namespace

TEST_CASE("tls: only ciphers that are authenticated and forward secret are taken", "[net]") {
    const Directory directory;
    const auto identity = directory.identity("server");
    ServerUnderTest under(with_tls(identity));
    const auto port = under.start();
    // The test's certificate is an elliptic one; the RSA suites could not be used, but must not be offered either.
    for (const char* cipher :
         {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-CCM", "AES128-GCM-SHA256"}) {
        TlsClient weak(port, identity.certificate_file);
        weak.as_old(TLS1_2_VERSION, cipher);
        INFO(cipher);
        CHECK_FALSE(weak.connect());
    }
    for (const char* cipher :
         {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"}) {
        TlsClient strong(port, identity.certificate_file);
        strong.as_old(TLS1_2_VERSION, cipher);
        INFO(cipher);
        REQUIRE(strong.connect());
        CHECK(strong.ask("x").find("POST /alerts x") != std::string::npos);
    }
}

TEST_CASE("tls: old clients come in where that is asked for, and new ones get what is new", "[net]") {
    const Directory directory;
    auto identity = directory.identity("server");
    identity.old_clients = true;
    ServerUnderTest under(with_tls(identity));
    const auto port = under.start();
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
        TlsClient old(port, identity.certificate_file);
        old.as_old(version, "ECDHE-ECDSA-AES128-SHA:AES128-SHA");
        REQUIRE(old.connect());
        CHECK(old.ask("x").find("POST /alerts x") != std::string::npos);
    }
    TlsClient rc4(port, identity.certificate_file);
    rc4.as_old(TLS1_2_VERSION, "ECDHE-ECDSA-NULL-SHA");
    CHECK_FALSE(rc4.connect());
    TlsClient modern(port, identity.certificate_file);
    REQUIRE(modern.connect());
    CHECK(SSL_version(modern.ssl()) == TLS1_3_VERSION);
}

TEST_CASE("tls: of the clients that an authority signed, only those with a listed name come in", "[net]") {
    const Directory directory;
    auto identity = directory.identity("server");
    const auto nx = directory.identity("nx1.example.com");
    identity.client_ca_file = nx.certificate_file;
    const auto wanted = GENERATE("nx1.example.com", "NX1.example.com", "*.example.com", "CN=nx1.example.com",
                                 "127.0.0.1", "nx2.example.com", "*.com", "example.com", "CN=nx1", "");
    const std::string_view name = wanted;
    identity.client_names = {"other", wanted};
    ServerUnderTest under(with_tls(identity));
    TlsClient client(under.start(), identity.certificate_file, nx);
    const bool in = client.connect() && client.ask("x").find("POST /alerts x") != std::string::npos;
    INFO(name);
    if (name == "nx2.example.com" || name == "*.com" || name == "example.com" || name == "CN=nx1" || name.empty()) {
        CHECK_FALSE(in);
        const auto turned = under.handler.await_turned(1);
        REQUIRE(turned.size() == 1);
        CHECK(turned[0].why == Turned::handshake_failed);
        CHECK_THAT(turned[0].detail, Catch::Contains("CN=nx1.example.com: none of its names is let in"));
    } else {
        CHECK(in);
    }
}

TEST_CASE("tls: a client whose certificate is not trusted is named with the reason", "[net]") {
    const Directory directory;
    auto identity = directory.identity("server");
    const auto stranger = directory.identity("stranger");
    identity.client_ca_file = directory.identity("authority").certificate_file;
    ServerUnderTest under(with_tls(identity));
    TlsClient client(under.start(), identity.certificate_file, stranger);
    CHECK((!client.connect() || client.ask("x").empty()));
    const auto turned = under.handler.await_turned(1);
    REQUIRE(turned.size() == 1);
    CHECK_THAT(turned[0].detail, Catch::Contains("CN=stranger: self-signed certificate"));
}

TEST_CASE("tls: a second connection resumes the session of the first", "[net]") {
    const Directory directory;
    auto identity = directory.identity("server");
    std::optional<TlsIdentity> own;
    if (GENERATE(false, true)) {
        own = directory.identity("nx1");
        identity.client_ca_file = own->certificate_file;
        identity.client_names = {"nx1"};
    }
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    ServerUnderTest under(with_tls(identity));
    under.handler.request = [](HttpRequest request, Respond respond) { respond(plain(request.client_certificate)); };
    const auto port = under.start();
    TlsClient first(port, identity.certificate_file, own);
    first.only(version);
    REQUIRE(first.connect());
    first.ask("x");
    const KeptSession session(first.session());

    TlsClient second(port, identity.certificate_file, own);
    second.only(version);
    second.resume(session.get());
    REQUIRE(second.connect());
    CHECK(second.resumed());
    CHECK_THAT(second.ask("y"), Catch::EndsWith(own ? "CN=nx1" : "\r\n\r\n"));

    // A renewed identity may trust other clients, so it knows nothing of old sessions.
    REQUIRE(renew(under, identity));
    TlsClient third(port, identity.certificate_file, own);
    third.only(version);
    third.resume(session.get());
    REQUIRE(third.connect());
    CHECK_FALSE(third.resumed());
}

TEST_CASE("tls: a renewed certificate is shown to new connections, and those there are go on", "[net]") {
    const Directory directory;
    const auto before = directory.identity("before");
    const auto after = directory.identity("after");
    ServerUnderTest under(with_tls(before));
    const auto port = under.start();
    TlsClient there(port, before.certificate_file);
    REQUIRE(there.connect());
    const std::string request = post("half and half", "Connection: close\r\n");
    there.send(request.substr(0, request.size() - 4));

    REQUIRE(renew(under, after));
    TlsClient distrustful(port, before.certificate_file);
    CHECK_FALSE(distrustful.connect());
    TlsClient fresh(port, after.certificate_file);
    REQUIRE(fresh.connect());
    CHECK(fresh.ask("new").find("POST /alerts new") != std::string::npos);
    there.send(request.substr(request.size() - 4));
    CHECK(there.rest().find("POST /alerts half and half") != std::string::npos);
    CHECK(there.clean);
    under.on_loop([&] { CHECK(under.server().certificate()->subject == "CN=after"); });
}

TEST_CASE("tls: a new identity that does not fit is refused by name, and the old one stays", "[net]") {
    const Directory directory;
    const auto good = directory.identity("good");
    const auto other = directory.identity("other");
    ServerUnderTest under(with_tls(good));
    const auto port = under.start();
    const auto renewed = renew(under, {good.certificate_file, other.key_file});
    REQUIRE_FALSE(renewed);
    CHECK(renewed.error().find("TLS key " + other.key_file) == 0);
    TlsClient client(port, good.certificate_file);
    REQUIRE(client.connect());
    CHECK(client.ask("x").find("POST /alerts x") != std::string::npos);
}

TEST_CASE("tls: a plain listener has no identity to renew", "[net]") {
    const Directory directory;
    ServerUnderTest under;
    under.start();
    CHECK_FALSE(renew(under, directory.identity("any")));
    under.on_loop([&] { CHECK_FALSE(under.server().certificate()); });
}

TEST_CASE("tls: the certificate in use is told with its end", "[net]") {
    const Directory directory;
    ServerUnderTest under(with_tls(directory.identity("server")));
    const auto shown = under.server().certificate();
    REQUIRE(shown);
    CHECK(shown->subject == "CN=server");
    CHECK_FALSE(shown->rsa);
    const auto days_left = (shown->ends - std::chrono::system_clock::now()) / std::chrono::hours(24);
    CHECK((days_left == 396 || days_left == 397));
}

TEST_CASE("tls: renegotiation is refused, and does not end the connection's request", "[net]") {
    const Directory directory;
    const auto identity = directory.identity("server");
    ServerUnderTest under(with_tls(identity));
    TlsClient client(under.start(), identity.certificate_file);
    client.only(TLS1_2_VERSION);
    REQUIRE(client.connect());
    REQUIRE(SSL_renegotiate(client.ssl()) == 1);
    CHECK(SSL_do_handshake(client.ssl()) != 1);
    ERR_clear_error();
}

TEST_CASE("tls: a handshake that breaks off is closed and told", "[net]") {
    const Directory directory;
    ServerUnderTest under(with_tls(directory.identity("server")));
    Client client(under.start());
    // The first bytes of a record that announces a ClientHello of 512 bytes.
    client.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
    client.end_sending();
    client.rest();
    CHECK(client.ended());
    CHECK(under.handler.await_turned(1).at(0).why == Turned::handshake_failed);
}
