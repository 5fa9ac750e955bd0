#include "sim/load/stage/sweep.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace sim::load;
using namespace sim::load::stage;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

SweepRow row(const std::string& policy, Micros p99, std::size_t commits, std::size_t unfinished = 0) {
    SweepRow out;
    out.commit_time = "10.0 s";
    out.rate = "1/s";
    out.mode = "static";
    out.policy = policy;
    out.summary.alerts = 1 + unfinished;
    out.summary.enforced.add(p99);
    for (std::size_t i = 0; i < unfinished; ++i) {
        out.summary.enforced.add_unfinished(1s);
    }
    FirewallSummary firewall;
    firewall.batching.commits = commits;
    firewall.batching.per_hour = static_cast<double>(commits) * 10;
    out.summary.firewalls = {firewall};
    return out;
}

std::string winner_of(std::vector<SweepRow> rows) {
    judge(rows);
    std::string winners;
    for (const SweepRow& each : rows) {
        winners += each.wins ? each.policy : "";
    }
    return winners;
}

}  // namespace

TEST_CASE("sweep: the soonest wins, and of those as good the one with the fewest commits", "[load][sweep]") {
    CHECK(winner_of({row("a", 20s, 100), row("b", 30s, 10)}) == "a");
    CHECK(winner_of({row("a", 20s, 100), row("b", 20s + 900ms, 10)}) == "b");
    CHECK(winner_of({row("a", 20s, 10), row("b", 19s + 500ms, 100)}) == "a");
}

TEST_CASE("sweep: who has not blocked all does not win over who has", "[load][sweep]") {
    CHECK(winner_of({row("fast", 1s, 1, 1), row("whole", 60s, 9)}) == "whole");
    CHECK(winner_of({row("a", 1s, 1, 1), row("b", 60s, 9, 1)}).size() == 1);
}

TEST_CASE("sweep: each commit time, rate and mode has a winner of its own, and one alone is none", "[load][sweep]") {
    SweepRow other = row("c", 5s, 1);
    other.mode = "dynamic";

    CHECK(winner_of({row("a", 20s, 1), row("b", 10s, 1), other}) == "b");
}

TEST_CASE("sweep: of several modes one wins over all, and each mode has a winner still", "[load][sweep]") {
    SweepRow registered = row("-", 200ms, 0);
    registered.mode = "dynamic";
    SweepRow fetched = row("-", 300s, 0);
    fetched.mode = "edl";
    std::vector<SweepRow> rows{row("eager", 20s, 100), row("patient", 40s, 10), registered, fetched};
    judge(rows);

    CHECK(rows[0].wins);
    CHECK_FALSE(rows[0].wins_all);
    CHECK(rows[2].wins_all);
    CHECK_FALSE(rows[2].wins);  // alone in its mode
    CHECK_FALSE(rows[3].wins_all);
    CHECK_THAT(told(rows), Contains("-  <= of all modes"));

    // Of one mode there is nothing to win over all.
    std::vector<SweepRow> one_mode{row("eager", 20s, 100), row("patient", 40s, 10)};
    judge(one_mode);
    CHECK_FALSE(one_mode[0].wins_all);
}

TEST_CASE("sweep: as soon and with as few commits, fewer calls win", "[load][sweep]") {
    SweepRow chatty = row("chatty", 10s, 0);
    chatty.summary.firewalls[0].calls = 900;
    SweepRow quiet = row("quiet", 10s, 0);
    quiet.summary.firewalls[0].calls = 9;

    CHECK(winner_of({chatty, quiet}) == "quiet");
}

TEST_CASE("sweep: the table and the JSON have every row with its cost", "[load][sweep]") {
    std::vector<SweepRow> rows{row("eager", 15s, 36), row("patient", 40s, 9, 2)};
    rows[1].remarks = {"fw1: full"};
    judge(rows);

    CHECK_THAT(told(rows), Contains("eager  <- wins") && Contains("360") && Contains("! fw1: full"));
    const auto json = boost::json::parse(as_json(rows));
    CHECK(json.at("clock") == "virtual");
    CHECK(json.at("sweep").at(0).at("wins") == true);
    CHECK(json.at("sweep").at(1).at("beyond_horizon") == 2);
    CHECK(json.at("sweep").at(1).at("p99").at("beyond") == true);
}
