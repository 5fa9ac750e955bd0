// The harness tests itself: a receiver that stands still for ten seconds must show in the report for what it is. A
// closed loop, or a time that counts from the real sending, would hide it.
#include "sim/load/open_loop.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <deque>

#include "sim/load/report.hpp"
#include "sim/load/summary.hpp"

using namespace sim::load;
using namespace std::chrono_literals;

namespace {

constexpr Micros step = 1ms;
constexpr Micros service = 2ms;

/// A minute at 100/s against a receiver that takes 2 ms, and in its 20th second stands still for ten.
std::vector<Sent> a_minute_with_a_stall(std::size_t lanes) {
    Arrivals arrivals;
    arrivals.rate_per_s = 100;
    arrivals.duration = 60s;
    OpenLoop loop(*make_schedule(arrivals), lanes);
    std::deque<std::pair<Micros, std::size_t>> under_way;  // when it would be answered
    for (Micros now{0}; !loop.done(); now += step) {
        const bool stands = now >= 20s && now < 30s;
        while (!stands && !under_way.empty() && under_way.front().first <= now) {
            loop.ended(under_way.front().second, now, 200);
            under_way.pop_front();
        }
        while (const auto next = loop.take(now)) {
            under_way.emplace_back(now + service, *next);
        }
    }
    return loop.sent();
}

boost::json::object report_of(std::vector<Sent> alerts) {
    Measurement measurement;
    measurement.question.clock = "virtual";
    measurement.horizon = 70s;
    measurement.alerts = std::move(alerts);
    return boost::json::parse(as_json(measurement, summarize(measurement))).as_object();
}

double p99(const boost::json::object& report, const char* span) {
    return report.at(span).at("p99").at("s").to_number<double>();
}

}  // namespace

TEST_CASE("open loop: a stall of 10 s in a minute at 100/s has a 99th percentile between 9 and 10 s in the report",
          "[load][omission]") {
    // With a lane for each, and with so few that most of what is due has to wait for one.
    const std::size_t lanes = GENERATE(1U, 16U, 10'000U);
    const auto report = report_of(a_minute_with_a_stall(lanes));

    CHECK(p99(report, "acknowledged") > 9);
    CHECK(p99(report, "acknowledged") < 10);
    CHECK(report.at("acknowledged").at("count").to_number<int>() == 6000);
    CHECK(report.at("acknowledged").at("p50").at("s").to_number<double>() < 0.01);
    CHECK(report.at("unsent").to_number<int>() == 0);
    if (lanes < 100) {
        CHECK(p99(report, "sender_lag") > 9);  // the sender was held up, and says so
    } else {
        CHECK(p99(report, "sender_lag") < 0.01);
    }
}

TEST_CASE("open loop: counted from the real sending on few lanes, the same stall would not be seen",
          "[load][omission]") {
    std::vector<Sent> alerts = a_minute_with_a_stall(16);
    for (Sent& alert : alerts) {
        alert.due = alert.sent;  // the mistake
    }

    CHECK(p99(report_of(alerts), "acknowledged") < 0.1);
}

TEST_CASE("open loop: nothing leaves before it is due, and not while all lanes are taken", "[load][loop]") {
    OpenLoop loop({0us, 10us, 10us}, 2);

    CHECK(loop.take(0us) == 0U);
    CHECK_FALSE(loop.take(9us));
    CHECK(loop.next_due() == 10us);
    CHECK(loop.take(12us) == 1U);
    CHECK_FALSE(loop.take(12us));
    CHECK_FALSE(loop.next_due());
    loop.ended(0, 15us, 200);
    CHECK(loop.take(15us) == 2U);
    CHECK(loop.all_sent());
    CHECK_FALSE(loop.done());
    loop.ended(1, 16us, 503);
    loop.ended(2, 17us, 0);
    CHECK(loop.done());

    CHECK(loop.sent()[0].acknowledged());
    CHECK(loop.sent()[1].sent == 12us);
    CHECK(loop.sent()[1].due == 10us);
    CHECK(loop.sent()[1].status == 503);
    CHECK_FALSE(loop.sent()[1].acknowledged());
    CHECK(loop.sent()[2].answered == never);
}

TEST_CASE("report: what was never sent or answered counts as beyond the horizon in every span", "[load][report]") {
    Measurement measurement;
    measurement.horizon = 60s;
    measurement.alerts.resize(4);
    for (std::size_t i = 0; i < 4; ++i) {
        measurement.alerts[i].due = Micros(i * 1'000'000);
    }
    measurement.alerts[0] = {0s, 0s, 5ms, 200};
    measurement.alerts[1] = {1s, 1s, 1s + 5ms, 503};
    measurement.alerts[2] = {2s, 2s, never, 0};
    FirewallSeen firewall;
    firewall.name = "fw1";
    firewall.blocks.resize(4);
    firewall.blocks[0] = {10ms, 20ms, 2s, 0};
    firewall.commits.push_back({7, 20ms, 20ms, 2s, true, false, 1});
    measurement.firewalls.push_back(firewall);
    const auto summary = summarize(measurement);
    const auto report = boost::json::parse(as_json(measurement, summary));

    CHECK(report.at("unsent") == 1);
    CHECK(report.at("answers").at("200") == 1);
    CHECK(report.at("answers").at("503") == 1);
    CHECK(report.at("answers").at("none") == 1);
    CHECK(report.at("acknowledged").at("beyond_horizon") == 3);
    CHECK(report.at("enforced").at("beyond_horizon") == 3);
    CHECK(report.at("enforced").at("p50").at("beyond") == true);
    CHECK(report.at("enforced").at("oldest_unfinished_s").to_number<double>() == Approx(59));
    CHECK(report.at("firewalls").at(0).at("commits").at(0).at("alerts") == 1);
    CHECK_THAT(told(measurement, summary), Catch::Contains("blocked 1 of 4; the oldest that is not has waited 59.0 s"));
}

TEST_CASE("what is not acknowledged leaves again at its time, and the loop is not done before") {
    OpenLoop loop({0s, 5ms}, 1);
    REQUIRE(loop.take(0ms) == 0);
    loop.again(0, 1000ms, 503);
    CHECK(loop.next_due() == Micros(5ms));
    REQUIRE(loop.take(5ms) == 1);
    CHECK_FALSE(loop.next_due());  // the lane is taken
    loop.ended(1, 7ms, 200);
    CHECK(loop.all_sent());
    CHECK_FALSE(loop.done());
    CHECK(loop.ended_count() == 1);
    CHECK(loop.next_due() == Micros(1000ms));
    CHECK_FALSE(loop.take(999ms));
    REQUIRE(loop.take(1001ms) == 0);
    loop.ended(0, 1002ms, 200);
    CHECK(loop.done());
    CHECK(loop.sent()[0].tries == 2);
    CHECK(loop.sent()[0].sent == Micros(0ms));  // lateness counts from the first time
    CHECK(loop.sent()[0].answered == Micros(1002ms));
    CHECK(loop.sent()[1].tries == 1);
}

TEST_CASE("what leaves again does not overtake what was due before it") {
    OpenLoop loop({0s, 10ms, 20ms}, 2);
    REQUIRE(loop.take(0ms) == 0);
    loop.again(0, 15ms, 0);
    CHECK_FALSE(loop.take(9ms));
    CHECK(loop.take(12ms) == 1);
    CHECK(loop.take(16ms) == 0);
}
