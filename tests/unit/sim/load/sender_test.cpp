#include "sim/load/sender.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "net/event_loop.hpp"
#include "net/http_server.hpp"
#include "sim/load/ammunition.hpp"

using namespace sim::load;
using namespace std::chrono_literals;

namespace {

/// Answers what it is told to, on a thread of its own.
class Receiving final : public net::HttpHandler {
public:
    explicit Receiving(net::HttpResponse answer) : answer_(std::move(answer)) {
        net::ListenOptions options;
        options.connections_max = 64;
        server_ = std::move(*net::HttpServer::listen(loop_, options, *this));
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~Receiving() override {
        loop_.post([this] { server_.reset(); });
        loop_.stop();
        thread_.join();
    }

    std::uint16_t port() const { return server_->port(); }
    /// After the sender is done.
    const std::vector<std::string>& bodies() const { return bodies_; }

    std::optional<net::HttpResponse> on_header(const net::HttpRequest&) override { return std::nullopt; }
    void on_request(net::HttpRequest request, net::Respond respond) override {
        bodies_.push_back(std::move(request.body));
        respond(answer_);
    }
    void on_turned_away(net::Turned, const std::string&, const std::string&) override {}

private:
    net::HttpResponse answer_;
    std::vector<std::string> bodies_;
    net::EventLoop loop_;
    std::unique_ptr<net::HttpServer> server_;
    std::thread thread_;
};

std::vector<std::string> requests(std::size_t count) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < count; ++i) {
        all.push_back(as_request(*notification(attacker(i), i + 1), "127.0.0.1"));
    }
    return all;
}

std::vector<Sent> fired(std::uint16_t port, std::size_t count, Micros give_up = 20s, std::size_t connections = 8) {
    SendPlan plan;
    plan.to.port = port;
    plan.begin = std::chrono::steady_clock::now();
    plan.give_up = give_up;
    plan.connections = connections;
    SendProgress progress;
    Arrivals arrivals;
    arrivals.bursts = {{count, 0us, 50ms}};
    const Schedule due = *make_schedule(arrivals);
    const auto all = requests(count);
    auto sent = send_open_loop(plan, all, due, progress, {});
    CHECK(progress.sent == static_cast<std::size_t>(std::count_if(sent.begin(), sent.end(),
                                                                  [](const Sent& it) { return it.sent != never; })));
    return sent;
}

std::size_t answered(const std::vector<Sent>& all, unsigned status) {
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const Sent& it) { return it.status == status; }));
}

}  // namespace

TEST_CASE("sender: every notification arrives once and whole, and is sent and answered in that order of times",
          "[load][sender]") {
    Receiving receiving({});
    const auto sent = fired(receiving.port(), 300);

    CHECK(answered(sent, 200) == 300);
    for (const Sent& each : sent) {
        REQUIRE(each.due <= each.sent);
        REQUIRE(each.sent < each.answered);
    }
    std::vector<std::string> bodies = receiving.bodies();
    std::sort(bodies.begin(), bodies.end());
    CHECK(std::unique(bodies.begin(), bodies.end()) == bodies.end());
    CHECK(bodies.size() == 300);
}

TEST_CASE("sender: answers of any size, and refusals, are told by their status", "[load][sender]") {
    net::HttpResponse answer;
    answer.status = 503;
    answer.body = std::string(20'000, 'x');
    Receiving receiving(answer);

    CHECK(answered(fired(receiving.port(), 50), 503) == 50);
}

TEST_CASE("sender: a receiver that closes after each answer gets each notification all the same", "[load][sender]") {
    net::HttpResponse answer;
    answer.close = true;
    Receiving receiving(answer);

    CHECK(answered(fired(receiving.port(), 60), 200) == 60);
    CHECK(receiving.bodies().size() == 60);
}

TEST_CASE("sender: where nobody listens nothing is answered, and the run ends", "[load][sender]") {
    std::uint16_t port = 0;
    { port = Receiving({}).port(); }

    CHECK(answered(fired(port, 20), 0) == 20);
}

TEST_CASE("sender: a receiver that never answers is given up, and what could not leave is unsent", "[load][sender]") {
    net::HttpResponse late;
    late.fault.delay = 60s;
    Receiving receiving(late);
    const auto sent = fired(receiving.port(), 20, 200ms, 4);

    CHECK(answered(sent, 0) == 20);
    CHECK(std::count_if(sent.begin(), sent.end(), [](const Sent& it) { return it.sent == never; }) == 16);
}

TEST_CASE("sender: load goes to an address and a port, over plain HTTP", "[load][sender]") {
    CHECK(receiver_of("http://127.0.0.1:8088")->port == 8088);
    CHECK(receiver_of("http://127.0.0.1:8088/")->address == "127.0.0.1");
    for (const char* wrong : {"https://127.0.0.1:8088", "http://localhost:8088", "http://127.0.0.1",
                              "http://127.0.0.1:x", "http://127.0.0.1:99999", ""}) {
        INFO(wrong);
        CHECK_FALSE(receiver_of(wrong));
    }
}
