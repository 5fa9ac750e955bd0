#include "bridge/operate/client/client.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "../../net/server_under_test.hpp"
#include "net/certificate.hpp"
#include "temporary_folder.hpp"

using namespace bridge::operate;
using Folder = test::TemporaryFolder;
using net::test::plain;
using net::test::ServerUnderTest;

namespace {

struct Told {
    int code = 0;
    std::string out;
    std::string errors;
};

Told reload_by(const Config& config) {
    std::ostringstream out;
    std::ostringstream errors;
    const int code = reload(config, out, errors);
    return {code, out.str(), errors.str()};
}

Config asks(const std::string& text, const Folder& folder) {
    auto config = read_config(text, folder / "bridge.yaml", ConfigUse::ask);
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    return std::move(*config);
}

}  // namespace

TEST_CASE("commands go over the socket that the configuration names") {
    const Folder folder;
    net::ListenOptions options;
    options.unix_socket = net::UnixListener{folder / "b.sock"};
    ServerUnderTest server(options);
    std::string asked;
    server.handler.request = [&](net::HttpRequest request, const net::Respond& respond) {
        asked = request.method + " " + request.target + (request.local ? " local" : "");
        respond(plain("{\"done\":true}"));
    };
    server.start();
    const Told told = reload_by(asks("operate: {socket: b.sock, listen: 127.0.0.1:1}", folder));
    CHECK(told.errors.empty());
    CHECK(told.code == 0);
    CHECK(asked == "POST /reload local");
}

TEST_CASE("a refusal is told in the bridge's words") {
    const Folder folder;
    net::ListenOptions options;
    options.unix_socket = net::UnixListener{folder / "b.sock"};
    ServerUnderTest server(options);
    server.handler.request = [](const net::HttpRequest&, const net::Respond& respond) {
        respond(plain("{\"error\":\"bridge.yaml:1:1: no\"}", 409));
    };
    server.start();
    const Told told = reload_by(asks("operate: {socket: b.sock}", folder));
    CHECK(told.code == 1);
    CHECK_THAT(told.errors,
               Catch::StartsWith("bridge.yaml:1:1: no (") && Catch::Contains("b.sock: /reload: HTTP 409)"));
}

TEST_CASE("a bridge that does not run is told with the socket") {
    const Folder folder;
    const Told told = reload_by(asks("operate: {socket: b.sock}", folder));
    CHECK(told.code == 1);
    CHECK_THAT(told.errors, Catch::Contains("b.sock") && Catch::Contains("does the bridge run"));
}

TEST_CASE(
    "over TLS and TCP the command shows a token that may give orders, and trusts the listener's own certificate") {
    const Folder folder;
    const auto ours = net::make_self_signed({"bridge.example.com", {"bridge.example.com"}});
    const auto another = net::make_self_signed({"bridge.example.com", {"bridge.example.com"}});
    REQUIRE(ours);
    REQUIRE(another);
    folder.keep("ours.pem", ours->certificate);
    folder.keep("ours.key", ours->key);
    folder.keep("another.pem", another->certificate);
    folder.keep("read.token", "read-token-0123456789\n");
    folder.keep("ops.token", "operate-token-0123456789\n");
    net::ListenOptions options;
    options.tls = net::TlsIdentity{folder / "ours.pem", folder / "ours.key"};
    ServerUnderTest server(options);
    std::string shown;
    server.handler.header = [&](const net::HttpRequest& head) {
        shown = head.header("Authorization");
        return std::nullopt;
    };
    const std::string listen = "127.0.0.1:" + std::to_string(server.start());
    const std::string rest = ", tokens: {grafana: {file: read.token}, ops: {file: ops.token, right: operate}}}";
    const Told told = reload_by(
        asks("operate: {listen: '" + listen + "', tls: {certificate: ours.pem, key: ours.key}" + rest, folder));
    CHECK(told.errors.empty());
    CHECK(told.code == 0);
    CHECK(shown == "Bearer operate-token-0123456789");
    const Told tricked = reload_by(
        asks("operate: {listen: '" + listen + "', tls: {certificate: another.pem, key: ours.key}" + rest, folder));
    CHECK(tricked.code == 1);
    CHECK_THAT(tricked.errors, !Catch::Contains("operate-token"));
}

TEST_CASE("who can read none of the tokens is told so") {
    const Folder folder;
    ServerUnderTest server;
    server.handler.header = [](const net::HttpRequest&) { return plain("{\"error\":\"a token is required\"}", 401); };
    const std::string listen = "127.0.0.1:" + std::to_string(server.start());
    const Told told =
        reload_by(asks("operate: {listen: '" + listen + "', tokens: {ops: {file: nowhere, right: operate}}}", folder));
    CHECK(told.code == 1);
    CHECK_THAT(told.errors, Catch::Contains("this user can read none of operate.tokens"));
}
