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

namespace {

constexpr unsigned hangs_up = 0;

/// Does with each request what its number says, and counts.
class Moody final : public net::HttpHandler {
public:
    /// `mood` gets the number of the request, and says the status of the answer; nullopt: it is never answered.
    explicit Moody(std::function<std::optional<unsigned>(std::size_t)> mood) : mood_(std::move(mood)) {
        server_ = std::move(*net::HttpServer::listen(loop_, {}, *this));
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~Moody() override {
        loop_.post([this] {
            waiting_.clear();
            server_.reset();
        });
        loop_.stop();
        thread_.join();
    }
    std::uint16_t port() const { return server_->port(); }
    /// After the sender is done.
    std::size_t requests() const { return requests_; }
    std::optional<net::HttpResponse> on_header(const net::HttpRequest&) override { return std::nullopt; }
    void on_request(net::HttpRequest, net::Respond respond) override {
        if (const auto status = mood_(requests_++)) {
            net::HttpResponse answer;
            answer.fault.drop = *status == hangs_up;
            answer.status = answer.fault.drop ? 200 : *status;
            respond(answer);
        } else {
            waiting_.push_back(std::move(respond));
        }
    }
    void on_turned_away(net::Turned, const std::string&, const std::string&) override {}

private:
    std::function<std::optional<unsigned>(std::size_t)> mood_;
    std::size_t requests_ = 0;
    std::vector<net::Respond> waiting_;
    net::EventLoop loop_;
    std::unique_ptr<net::HttpServer> server_;
    std::thread thread_;
};

/// `count` at once; with one connection one after the other.
std::vector<Sent> fired_until_acknowledged(std::uint16_t port, std::size_t count, std::vector<std::size_t>& final,
                                           std::size_t connections = 256) {
    SendPlan plan;
    plan.connections = connections;
    plan.to.port = port;
    plan.begin = std::chrono::steady_clock::now();
    plan.give_up = 20s;
    plan.again_after = 20ms;
    plan.answer_within = 300ms;
    SendProgress progress;
    Arrivals arrivals;
    arrivals.bursts = {{count, 0us, 50ms}};
    const auto all = requests(count);
    return send_open_loop(
        plan, [&](std::size_t i) { return all[i]; }, [&](std::size_t i, const Sent&) { final.push_back(i); },
        *make_schedule(arrivals), progress, {});
}

}  // namespace

TEST_CASE("what is turned down for now is sent again until it is acknowledged, and told once") {
    Moody receiver([](std::size_t i) { return i % 3 == 0 ? 503U : i % 3 == 1 ? 429U : 200U; });
    std::vector<std::size_t> final;
    const auto sent = fired_until_acknowledged(receiver.port(), 20, final);
    CHECK(answered(sent, 200) == 20);
    std::sort(final.begin(), final.end());
    CHECK(final.size() == 20);
    CHECK(std::unique(final.begin(), final.end()) == final.end());
    CHECK(std::any_of(sent.begin(), sent.end(), [](const Sent& it) { return it.tries > 1; }));
}

TEST_CASE("what is refused for good is not sent again") {
    Moody receiver([](std::size_t) { return 400U; });
    std::vector<std::size_t> final;
    const auto sent = fired_until_acknowledged(receiver.port(), 5, final);
    CHECK(answered(sent, 400) == 5);
    CHECK(final.size() == 5);
    CHECK(std::all_of(sent.begin(), sent.end(), [](const Sent& it) { return it.tries == 1; }));
}

TEST_CASE("a receiver that never answers is hung up on, and asked again") {
    Moody receiver([](std::size_t i) { return i < 3 ? std::nullopt : std::optional(200U); });
    std::vector<std::size_t> final;
    const auto sent = fired_until_acknowledged(receiver.port(), 3, final);
    CHECK(answered(sent, 200) == 3);
    CHECK(std::all_of(sent.begin(), sent.end(), [](const Sent& it) { return it.tries == 2; }));
    CHECK(std::all_of(sent.begin(), sent.end(), [](const Sent& it) { return it.answered - it.due >= 300ms; }));
}

TEST_CASE("a request that meets the closing of a kept connection is sent once more, and that is no second try") {
    Moody receiver([](std::size_t i) { return i == 1 ? hangs_up : 200U; });
    std::vector<std::size_t> final;
    const auto sent = fired_until_acknowledged(receiver.port(), 3, final, 1);
    CHECK(answered(sent, 200) == 3);
    CHECK(final == std::vector<std::size_t>{0, 1, 2});
    CHECK(std::all_of(sent.begin(), sent.end(), [](const Sent& it) { return it.tries == 1; }));
    CHECK(receiver.requests() == 4);
}

TEST_CASE("a request whose new connection is hung up on as well has no answer, and is told and sent again once") {
    Moody receiver([](std::size_t i) { return i == 1 || i == 2 ? hangs_up : 200U; });
    std::vector<std::size_t> final;
    const auto sent = fired_until_acknowledged(receiver.port(), 2, final, 1);
    CHECK(answered(sent, 200) == 2);
    CHECK(final == std::vector<std::size_t>{0, 1});
    CHECK(sent[1].tries == 2);
    CHECK(receiver.requests() == 4);
}

TEST_CASE("a request that is sent once more and then never answered is given up in its time") {
    Moody receiver([](std::size_t i) {
        return i == 1 ? std::optional(hangs_up) : i == 2 ? std::nullopt : std::optional(200U);
    });
    std::vector<std::size_t> final;
    const auto sent = fired_until_acknowledged(receiver.port(), 2, final, 1);
    CHECK(answered(sent, 200) == 2);
    CHECK(sent[1].tries == 2);
    CHECK(sent[1].answered - sent[1].sent >= 300ms);
    CHECK(sent[1].answered - sent[1].sent < 10s);
    CHECK(receiver.requests() == 4);
}
