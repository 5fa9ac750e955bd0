#include "bridge/panos/curl_transport.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "net/certificate.hpp"
#include "net/http_server.hpp"
#include "temporary_folder.hpp"

using namespace bridge::domain;
using namespace bridge::panos;

namespace {

/// A server that keeps the last request and gives one answer.
class OneAnswer : public net::HttpHandler {
public:
    net::HttpResponse answer;
    std::optional<net::HttpRequest> got;

    std::optional<net::HttpResponse> on_header(const net::HttpRequest&) override { return std::nullopt; }
    void on_request(net::HttpRequest request, net::Respond respond) override {
        got = std::move(request);
        respond(answer);
    }
    void on_turned_away(net::Turned, const std::string&, const std::string&) override {}
};

using Folder = test::TemporaryFolder;

Result<ApiReply> call(net::EventLoop& loop, const Endpoint& endpoint, const std::string& key,
                      std::shared_ptr<BodyReader> reader = nullptr) {
    std::optional<Result<ApiReply>> got;
    CurlClient client([&loop](std::function<void()> task) { loop.post(std::move(task)); });
    const auto transport = client.transport_to(endpoint);
    ApiRequest request;
    request.form = "type=op&cmd=x";
    request.key = Secret(key);
    request.reader = std::move(reader);
    transport->call(std::move(request), [&](Result<ApiReply> reply) {
        got = std::move(reply);
        loop.stop();
    });
    loop.run();
    REQUIRE(got);
    return *got;
}

}  // namespace

TEST_CASE("a call is a POST with the key in a header, and nothing in the URL") {
    net::EventLoop loop;
    OneAnswer handler;
    handler.answer.body = "<response/>";
    const auto server = net::HttpServer::listen(loop, {}, handler);
    REQUIRE(server);
    const std::string url = "http://127.0.0.1:" + std::to_string((*server)->port());
    const auto reply = call(loop, {.url = url, .ca_file = ""}, "KEY");
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(reply->body == "<response/>");
    REQUIRE(handler.got);
    CHECK(handler.got->method == "POST");
    CHECK(handler.got->target == "/api/");
    CHECK(handler.got->header("X-PAN-KEY") == "KEY");
    CHECK(handler.got->header("Content-Type") == "application/x-www-form-urlencoded");
    CHECK(handler.got->body == "type=op&cmd=x");
}

TEST_CASE("an answer that is cut, dropped or never comes is unreachable") {
    net::EventLoop loop;
    OneAnswer handler;
    handler.answer.body = std::string(1000, 'x');
    const auto server = net::HttpServer::listen(loop, {}, handler);
    REQUIRE(server);
    const std::string url = "http://127.0.0.1:" + std::to_string((*server)->port());
    SECTION("cut") {
        handler.answer.fault.cut_after = 300;
    }
    SECTION("dropped") {
        handler.answer.fault.drop = true;
    }
    SECTION("never") {
        handler.answer.fault.delay = std::chrono::milliseconds(60'000);
    }
    const auto reply = call(loop, {.url = url, .ca_file = "", .timeout = std::chrono::milliseconds(300)}, "KEY");
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::unreachable);
    CHECK_THAT(reply.error().detail, !Catch::Contains("KEY"));
}

TEST_CASE("a port where nobody listens is unreachable") {
    net::EventLoop loop;
    std::uint16_t port = 0;
    {
        OneAnswer handler;
        const auto server = net::HttpServer::listen(loop, {}, handler);
        REQUIRE(server);
        port = (*server)->port();
    }
    const auto reply = call(loop, {.url = "http://127.0.0.1:" + std::to_string(port), .ca_file = ""}, "KEY");
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::unreachable);
}

TEST_CASE("a certificate counts only when the configured authority signed it for that name") {
    Folder folder;
    net::EventLoop loop;
    OneAnswer handler;
    net::SelfSigned subject;
    subject.alternative_names = {"127.0.0.1"};
    const auto right = net::make_self_signed(subject);
    const auto other = net::make_self_signed(subject);
    subject.alternative_names = {"192.0.2.1"};
    const auto elsewhere = net::make_self_signed(subject);
    REQUIRE((right && other && elsewhere));

    const auto ask = [&](const net::PemPair& shown, const net::PemPair& trusted, bool insecure) {
        net::ListenOptions options;
        options.tls = net::TlsIdentity{folder.keep("cert.pem", shown.certificate), folder.keep("key.pem", shown.key)};
        const auto server = net::HttpServer::listen(loop, options, handler);
        REQUIRE(server);
        return call(loop,
                    {.url = "https://127.0.0.1:" + std::to_string((*server)->port()),
                     .ca_file = folder.keep("ca.pem", trusted.certificate),
                     .insecure = insecure},
                    "KEY");
    };
    CHECK(ask(*right, *right, false));
    const auto stranger = ask(*other, *right, false);
    REQUIRE_FALSE(stranger);
    CHECK(stranger.error().code == Errc::not_trusted);
    const auto wrong_name = ask(*elsewhere, *elsewhere, false);
    REQUIRE_FALSE(wrong_name);
    CHECK(wrong_name.error().code == Errc::not_trusted);
    CHECK(ask(*other, *right, true));
}

TEST_CASE("when the firewall's own certificate expires is told with a new connection") {
    Folder folder;
    net::EventLoop loop;
    OneAnswer handler;
    net::SelfSigned subject;
    subject.alternative_names = {"127.0.0.1"};
    subject.days = 30;
    const auto shown = net::make_self_signed(subject);
    REQUIRE(shown);
    net::ListenOptions options;
    options.tls = net::TlsIdentity{folder.keep("cert.pem", shown->certificate), folder.keep("key.pem", shown->key)};
    const auto server = net::HttpServer::listen(loop, options, handler);
    REQUIRE(server);
    std::optional<WallTime> expiry;
    const auto reply = call(loop,
                            {.url = "https://127.0.0.1:" + std::to_string((*server)->port()),
                             .ca_file = folder.keep("ca.pem", shown->certificate),
                             .on_certificate = [&](WallTime when) { expiry = when; }},
                            "KEY");
    REQUIRE(reply);
    REQUIRE(expiry);
    const auto in = *expiry - std::chrono::system_clock::now();
    CHECK(in > std::chrono::hours(24 * 29));
    CHECK(in < std::chrono::hours(24 * 31));
}

namespace {

class Pieces : public BodyReader {
public:
    void take(std::string_view bytes) override {
        ++pieces;
        body += bytes;
    }
    std::size_t pieces = 0;
    std::string body;
};

}  // namespace

TEST_CASE("a body that has a reader is read in pieces, and not kept") {
    net::EventLoop loop;
    OneAnswer handler;
    for (int i = 0; handler.answer.body.size() < 1'000'000; ++i) {
        handler.answer.body += std::to_string(i);
    }
    const auto server = net::HttpServer::listen(loop, {}, handler);
    REQUIRE(server);
    const Endpoint endpoint{.url = "http://127.0.0.1:" + std::to_string((*server)->port()), .ca_file = ""};
    const auto reader = std::make_shared<Pieces>();
    const auto reply = call(loop, endpoint, "KEY", reader);
    REQUIRE(reply);
    CHECK(reply->status == 200);
    CHECK(reply->body.empty());
    CHECK(reader->pieces > 10);
    CHECK(reader->body == handler.answer.body);
    handler.answer.fault.cut_after = 500'000;
    const auto cut = call(loop, endpoint, "KEY", std::make_shared<Pieces>());
    REQUIRE_FALSE(cut);
    CHECK(cut.error().code == Errc::unreachable);
}
