#include "sim/load/summary.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "sim/load/page.hpp"
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

TEST_CASE("theory: a list costs half its interval, at most one, whatever a commit takes", "[load][theory][edl]") {
    Question question = asked(10, 20s);
    question.mode = Mode::edl;
    question.fetch_interval = 300s;
    const auto bound = bound_of(question);

    REQUIRE(bound);
    CHECK(bound->batch == Approx(3000));
    CHECK(bound->median == 150s);
    CHECK(bound->max == 300s);
    question.bursts = true;
    CHECK(bound_of(question)->median == 0s);
    CHECK(bound_of(question)->max == 300s);
}

TEST_CASE("theory: a burst has a greatest time and no median; without commits there is no bound", "[load][theory]") {
    CHECK(bound_of(asked(0, 20s))->median == 0s);
    CHECK(bound_of(asked(0, 20s))->max == 40s);
    CHECK_FALSE(bound_of(asked(10, 0s)));
    Question dynamic = asked(10, 20s);
    dynamic.mode = Mode::dynamic;
    CHECK_FALSE(bound_of(dynamic));
}

namespace {

/// A dead, a slow and two good firewalls, and one alert.
Measurement some_ail() {
    Measurement measurement;
    measurement.question = asked(0, 5s);
    measurement.question.bursts = true;
    measurement.question.ailments = {1, 1, 2s};
    measurement.horizon = 200s;
    measurement.alerts.resize(1);
    const auto firewall = [](const char* name, Health health, Micros enforced) {
        FirewallSeen seen;
        seen.name = name;
        seen.health = health;
        seen.blocks = {{1s, 2s, enforced, 0}};
        seen.commits = {commit(2s, 2s, enforced, 1)};
        return seen;
    };
    measurement.firewalls = {firewall("fw1", Health::dead, never), firewall("fw2", Health::slow, 100s),
                             firewall("fw3", Health::well, 10s), firewall("fw4", Health::well, 11s)};
    return measurement;
}

}  // namespace

TEST_CASE("summary: firewalls that are dead or slow are kept apart, and what they owe is not dropped",
          "[load][summary][ailing]") {
    const Summary summary = summarize(some_ail());

    CHECK(summary.well == 2);
    CHECK(summary.enforced.count() == 2);
    CHECK(summary.enforced.max().at == 11s);
    CHECK(summary.ailing.at(Health::slow).enforced.max().at == 100s);
    CHECK(summary.ailing.at(Health::dead).enforced.unfinished() == 1);
    CHECK(summary.ailing.at(Health::dead).enforced.max().beyond);
    CHECK_FALSE(summary.all_well);

    const auto last = last_blocks(summary);
    REQUIRE(last);
    CHECK(last->least.at == 10s);
    CHECK(last->most.at == 11s);
    CHECK(last->slowest == "fw4");
}

TEST_CASE("summary: a firewall that is well and has not blocked all is the slowest", "[load][summary][ailing]") {
    Measurement measurement = some_ail();
    measurement.firewalls[2].blocks[0].enforced = never;

    const auto last = last_blocks(summarize(measurement));
    REQUIRE(last);
    CHECK(last->most.beyond);
    CHECK(last->slowest == "fw3");
    CHECK(last->least.at == 11s);
}

TEST_CASE("summary: of the run in which all were well the same firewalls are compared", "[load][summary][ailing]") {
    Measurement before = some_ail();
    for (FirewallSeen& firewall : before.firewalls) {
        firewall.health = Health::well;
    }
    before.firewalls[3].blocks[0].enforced = 12s;
    Measurement measurement = some_ail();
    measurement.all_well = std::make_shared<const Measurement>(before);
    const Summary summary = summarize(measurement);

    REQUIRE(summary.all_well);
    CHECK(summary.all_well->firewalls == 2);
    CHECK(summary.all_well->enforced.count() == 2);  // not the 100 s of the one that is slow now
    CHECK(summary.all_well->enforced.max().at == 12s);

    const std::string text = told(measurement, summary);
    CHECK_THAT(text, Contains("with all well, the same 2 firewalls") && Contains("12.0 s"));
    CHECK_THAT(text, Contains("1 slow (each answer after 2.00 s, a commit takes 50.0 s)"));
    CHECK_THAT(text, Contains("1 dead") && Contains("> 200 s"));
    CHECK_THAT(text, Contains("the last block of each firewall: after 2.00 to 2.20 C (fw4)"));
    const auto json = boost::json::parse(as_json(measurement, summary));
    CHECK(json.at("well") == 2);
    CHECK(json.at("all_well").at("enforced").at("max").at("s").to_number<double>() == 12);
    CHECK(json.at("ailing").at("dead").at("enforced").at("beyond_horizon") == 1);
    CHECK(json.at("firewalls").at(1).at("health") == "slow");
    CHECK(json.at("load").at("dead") == 1);
    const std::string page = as_page(measurement, summary);
    CHECK_THAT(page, Contains("1 dead: enforced") && Contains("with all well: enforced") && Contains("fw1 (dead)"));
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
