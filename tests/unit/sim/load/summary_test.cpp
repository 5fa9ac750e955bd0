#include "sim/load/summary.hpp"

#include <catch2/catch.hpp>

#include "sim/load/report.hpp"

using namespace sim::load;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

CommitSeen commit(Micros asked, Micros started, Micros finished, std::size_t alerts, bool ok = true) {
    CommitSeen out;
    out.asked = asked;
    out.started = started;
    out.finished = finished;
    out.alerts = alerts;
    out.ok = ok;
    return out;
}

Batching batching_of(std::vector<CommitSeen> commits) {
    Measurement measurement;
    measurement.horizon = 100s;
    measurement.alerts.resize(1);
    FirewallSeen firewall;
    firewall.blocks.resize(1);
    firewall.commits = std::move(commits);
    measurement.firewalls = {firewall};
    return summarize(measurement).firewalls[0].batching;
}

Question asked(double rate_per_s, Micros commit_time) {
    Question question;
    question.rate_per_s = rate_per_s;
    question.commit_time = commit_time;
    return question;
}

}  // namespace

TEST_CASE("batching: commits are counted by how they went, and alerts by commit", "[load][summary]") {
    auto empty = commit(60s, 60s, 61s, 0);
    empty.empty = true;
    const Batching it = batching_of({commit(0s, 0s, 20s, 1), commit(20s, 20s, 40s, 99), commit(41s, 41s, 50s, 0, false),
                                     empty, commit(90s, 90s, never, 0, false)});

    CHECK(it.commits == 5);
    CHECK(it.ok == 3);
    CHECK(it.failed == 1);
    CHECK(it.empty == 1);
    CHECK(it.unfinished == 1);
    CHECK(it.overlaps == 0);
    CHECK(it.smallest == 1);
    CHECK(it.largest == 99);
    CHECK(it.mean == Approx(50));
    CHECK(it.duty == Approx((20 + 20 + 9 + 1 + 10) / 100.0));
}

TEST_CASE("batching: a commit that is asked for while another runs or waits overlaps it", "[load][summary]") {
    CHECK(batching_of({commit(0s, 0s, 20s, 1), commit(19s, 20s, 40s, 1), commit(30s, 40s, 60s, 1)}).overlaps == 2);
}

TEST_CASE("batching: a commit lingers from when it could have been asked for until it was", "[load][summary]") {
    Measurement measurement;
    measurement.horizon = 100s;
    measurement.alerts.resize(3);
    measurement.alerts[1].due = 5s;
    measurement.alerts[2].due = 60s;
    FirewallSeen firewall;
    firewall.blocks = {{0s, 0s, 20s, 0}, {21s, 21s, 40s, 1}, {61s, 61s, 80s, 3}};
    firewall.commits = {commit(0s, 0s, 20s, 1), commit(21s, 21s, 40s, 1), commit(50s, 50s, 51s, 0),
                        commit(62s, 62s, 80s, 1)};
    measurement.firewalls = {firewall};

    // At once; 1 s after the one before; one that enforced nothing does not count; 2 s after the alert.
    CHECK(summarize(measurement).firewalls[0].batching.linger == 1s);
}

TEST_CASE("theory: a block waits for half a cycle and its own commit, at most for two", "[load][theory]") {
    const auto bound = bound_of(asked(100, 20s));

    REQUIRE(bound);
    CHECK(bound->batch == Approx(2000));
    CHECK(bound->median == 30s);
    CHECK(bound->max == 40s);
}

TEST_CASE("theory: pauses between commits lengthen the cycle", "[load][theory]") {
    Question question = asked(10, 20s);
    question.min_commit_interval = 40s;
    question.settle = 5s;
    const auto bound = bound_of(question);

    CHECK(bound->batch == Approx(600));
    CHECK(bound->median == 50s);
    CHECK(bound->max == 85s);
}

TEST_CASE("theory: a burst has a greatest time and no median; without commits there is no bound", "[load][theory]") {
    CHECK(bound_of(asked(0, 20s))->median == 0s);
    CHECK(bound_of(asked(0, 20s))->max == 40s);
    CHECK_FALSE(bound_of(asked(10, 0s)));
    Question dynamic = asked(10, 20s);
    dynamic.mode = Mode::dynamic;
    CHECK_FALSE(bound_of(dynamic));
}

TEST_CASE("report: the table has theory's bound beside what was measured", "[load][report]") {
    Measurement measurement;
    measurement.question = asked(1, 2s);
    measurement.horizon = 10s;
    measurement.alerts.resize(2);
    measurement.alerts[1].due = 1s;
    FirewallSeen firewall;
    firewall.name = "fw1";
    firewall.blocks = {{1ms, 1ms, 2s, 0}, {1100ms, 2s, 5s, 1}};
    firewall.commits = {commit(1ms, 1ms, 2s, 1), commit(2s, 2s, 5s, 1)};
    measurement.firewalls = {firewall};

    const std::string text = told(measurement, summarize(measurement));

    CHECK_THAT(text, Contains("1.5 C") && Contains("3.00 s") && Contains("0.67"));  // median 2 s of 3 s
    CHECK_THAT(text, Contains("2 C") && Contains("4.00 s") && Contains("1.00"));    // the later took 4 s
}
