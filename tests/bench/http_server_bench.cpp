// Serves a constant 200 to every request, to measure net::HttpServer alone against nginx doing the same:
//   bench_http_server 18080 & wrk -t1 -c128 http://127.0.0.1:18080/
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "net/http_server.hpp"

namespace {

class Constant final : public net::HttpHandler {
public:
    std::optional<net::HttpResponse> on_header(const net::HttpRequest&) override { return std::nullopt; }
    void on_request(net::HttpRequest, net::Respond respond) override {
        net::HttpResponse response;
        response.body = "ok\n";
        respond(std::move(response));
    }
    void on_turned_away(net::Turned, const std::string& peer, const std::string& detail) override {
        std::fprintf(stderr, "turned away %s: %s\n", peer.c_str(), detail.c_str());
    }
};

}  // namespace

int main(int argc, char** argv) {
    net::EventLoop loop;
    Constant handler;
    net::ListenOptions options;
    options.port = argc > 1 ? static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10)) : 0;
    const auto server = net::HttpServer::listen(loop, options, handler);
    if (!server) {
        std::fprintf(stderr, "%s\n", server.error().c_str());
        return 1;
    }
    std::printf("http://127.0.0.1:%u/\n", (*server)->port());
    std::fflush(stdout);
    loop.on_signals({SIGINT, SIGTERM}, [&](int) { loop.stop(); });
    loop.run();
    return 0;
}
