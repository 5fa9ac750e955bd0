#include "sim/load/stage/floor.hpp"

#include <algorithm>

#include "net/http_server.hpp"
#include "sim/load/ammunition.hpp"
#include "sim/load/sender.hpp"

namespace sim::load::stage {

namespace {

class Yes final : public net::HttpHandler {
public:
    std::optional<net::HttpResponse> on_header(const net::HttpRequest&) override { return std::nullopt; }
    void on_request(net::HttpRequest, net::Respond respond) override { respond({}); }
    void on_turned_away(net::Turned, const std::string&, const std::string&) override {}  // shows as unanswered
};

}  // namespace

tl::expected<Floor, std::string> measure_floor(lab::LoopThread& loop, double rate_per_s, std::stop_token stop) {
    Yes yes;
    auto server = loop.run([&] { return net::HttpServer::listen(loop.loop(), {}, yes); });
    if (!server) {
        return tl::unexpected(server.error());
    }
    Arrivals arrivals;
    arrivals.rate_per_s = std::clamp(rate_per_s, 50.0, 2000.0);
    arrivals.duration = std::chrono::seconds(1);
    const auto due = make_schedule(arrivals);
    const auto shot = notification(attacker(0), 1);
    if (!due || !shot) {
        return tl::unexpected(due ? shot.error() : due.error());
    }
    const std::vector<std::string> requests(due->size(), as_request(*shot, "127.0.0.1"));
    SendPlan plan;
    plan.to.port = (*server)->port();
    plan.begin = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
    plan.give_up = std::chrono::seconds(10);
    SendProgress progress;
    Quantiles took;
    for (const Sent& each : send_open_loop(plan, requests, *due, progress, std::move(stop))) {
        if (each.acknowledged()) {
            took.add(each.answered - each.due);
        } else {
            took.add_unfinished(plan.give_up - each.due);
        }
    }
    loop.run([&] { server->reset(); });
    return Floor{took.count(), took.at(0.5), took.at(0.99), took.max()};
}

}  // namespace sim::load::stage
