#include "sim/soak/stage/fire.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "net/event_loop.hpp"
#include "net/http_server.hpp"

using namespace sim::soak;
using namespace std::chrono_literals;

namespace {

/// Answers each notification as it is told to, on a thread of its own, and keeps what came.
class Intake final : public net::HttpHandler {
public:
    /// The status that the notification of that number, counted from 0, gets.
    explicit Intake(std::function<unsigned(std::size_t)> status_of) : status_of_(std::move(status_of)) {
        server_ = std::move(*net::HttpServer::listen(loop_, {}, *this));
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~Intake() override {
        loop_.post([this] { server_.reset(); });
        loop_.stop();
        thread_.join();
    }
    std::uint16_t port() const { return server_->port(); }
    /// After the fire is done: how often each body came.
    const std::map<std::string, int>& bodies() const { return bodies_; }

    std::optional<net::HttpResponse> on_header(const net::HttpRequest&) override { return std::nullopt; }
    void on_request(net::HttpRequest request, net::Respond respond) override {
        net::HttpResponse answer;
        answer.status = status_of_(count_++);
        ++bodies_[request.body];
        respond(answer);
    }
    void on_turned_away(net::Turned, const std::string&, const std::string&) override {}

private:
    std::function<unsigned(std::size_t)> status_of_;
    std::size_t count_ = 0;
    std::map<std::string, int> bodies_;
    net::EventLoop loop_;
    std::unique_ptr<net::HttpServer> server_;
    std::thread thread_;
};

struct Soak {
    explicit Soak(std::size_t alerts) : due(alerts, 0us) {}

    void fire_at(std::uint16_t port) {
        fire.begin({"127.0.0.1", port}, 30s);
        fire.wait_until(30s, never_stops.get_token());
        REQUIRE(fire.done());
        fire.stop();
    }

    Campaign campaign{2.0, 10s, 1};
    RunTime time{std::chrono::steady_clock::now()};
    Books books{campaign, Rules{10s, 20s, 1s}, {"fw1"}, time};
    sim::load::Schedule due;
    std::stop_source never_stops;
    Fire fire{campaign, books, time, due};
};

}  // namespace

TEST_CASE("an alert that is answered 503 leaves again with the same id, and is booked once, when it is acknowledged") {
    Intake intake([](std::size_t i) { return i == 0 ? 503U : 200U; });
    Soak soak(1);
    soak.fire_at(intake.port());
    REQUIRE(intake.bodies().size() == 1);
    CHECK(intake.bodies().begin()->second == 2);
    CHECK_THAT(intake.bodies().begin()->first, Catch::Contains(std::to_string(first_id)));
    CHECK(soak.fire.sent().at(0).tries == 2);
    const auto account = soak.books.open();
    CHECK(account->acknowledged_count() == 1);
    CHECK(account->findings_count() == 0);
    CHECK(account->named(soak.campaign.attacker_of(0)));
}

TEST_CASE("each alert has an id of its own and is booked by it") {
    Intake intake([](std::size_t) { return 200U; });
    Soak soak(20);
    soak.fire_at(intake.port());
    CHECK(intake.bodies().size() == 20);
    CHECK(soak.books.open()->acknowledged_count() == 20);
}

TEST_CASE("an alert that the bridge refuses for good is a finding that names it, and is not owed a block") {
    Intake intake([](std::size_t) { return 400U; });
    Soak soak(1);
    soak.fire_at(intake.port());
    const auto account = soak.books.open();
    CHECK(account->acknowledged_count() == 0);
    CHECK(account->open() == 0);
    REQUIRE(account->findings().size() == 1);
    const Finding& found = account->findings().front();
    CHECK(found.wrong == Wrong::bridge);
    CHECK(found.alert == first_id);
    CHECK(found.address == soak.books.addresses()[soak.campaign.attacker_of(0)]);
    CHECK_THAT(found.text, Catch::Contains("400"));
}
