#include "sim/load/stage/virtual_stage.hpp"

#include <catch2/catch.hpp>

#include "sim/load/report.hpp"
#include "sim/load/summary.hpp"

using namespace sim::load;
using namespace sim::load::stage;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

Setup setup(double rate_per_s, Micros duration, std::chrono::milliseconds commit_time) {
    Arrivals arrivals;
    arrivals.rate_per_s = rate_per_s;
    arrivals.duration = duration;
    Setup made;
    made.due = *make_schedule(arrivals);
    made.rate_per_s = rate_per_s;
    made.duration = duration;
    made.commit_time = commit_time;
    made.drain = 24h;
    return made;
}

Setup burst_of(std::size_t count, std::chrono::milliseconds commit_time) {
    Arrivals arrivals;
    arrivals.bursts = {{count, 0us, 0us}};
    Setup made;
    made.due = *make_schedule(arrivals);
    made.bursts = true;
    made.commit_time = commit_time;
    made.drain = 24h;
    return made;
}

Measurement measured(const Setup& of, Blocker blocker = Blocker::bridge) {
    auto measurement = run_virtual(of, blocker, {});
    if (!measurement) {
        FAIL(measurement.error());
    }
    return std::move(*measurement);
}

}  // namespace

TEST_CASE("virtual load: a burst costs two commits and less than a tenth more than two of their times",
          "[load][virtual]") {
    const Measurement run = measured(burst_of(200, 20s));
    const Summary summary = summarize(run);

    CHECK(summary.enforced.unfinished() == 0);
    CHECK(summary.enforced.count() == 200);
    CHECK(summary.firewalls[0].batching.commits == 2);
    CHECK(summary.enforced.max().at >= 20s);
    CHECK(summary.enforced.max().at < 44s);
    CHECK(summary.enforced.max().at <= run.horizon);
}

TEST_CASE("virtual load: spans come in their order, on each firewall", "[load][virtual]") {
    Setup two = setup(2, 1min, 5s);
    two.firewalls = 2;
    const Measurement run = measured(two);

    REQUIRE(run.firewalls.size() == 2);
    for (const FirewallSeen& firewall : run.firewalls) {
        for (std::size_t i = 0; i < run.alerts.size(); ++i) {
            const BlockSpan& block = firewall.blocks[i];
            REQUIRE(run.alerts[i].due <= run.alerts[i].answered);
            REQUIRE(run.alerts[i].due <= block.staged);
            REQUIRE(block.staged <= block.queued);
            REQUIRE(block.queued < block.enforced);
            REQUIRE(block.enforced >= firewall.commits.at(block.commit).finished);
        }
        CHECK(firewall.calls.at("commit") == firewall.commits.size());
    }
}

TEST_CASE("virtual load: the same run is the same byte for byte", "[load][virtual]") {
    const Setup of = setup(3, 2min, 7s);
    const Measurement first = measured(of);
    const Measurement second = measured(of);

    CHECK(as_json(first, summarize(first)) == as_json(second, summarize(second)));
    CHECK_THAT(as_json(first, summarize(first)), Contains("\"clock\":\"virtual\""));
}

TEST_CASE("virtual load: registered addresses need no commit", "[load][virtual]") {
    Setup of = setup(10, 30s, 20s);
    of.mode = Mode::dynamic;
    const Summary summary = summarize(measured(of));

    CHECK(summary.enforced.unfinished() == 0);
    CHECK(summary.enforced.max().at < 1s);
    CHECK(summary.firewalls[0].batching.commits == 0);
    CHECK_FALSE(summary.bound);
}

TEST_CASE("virtual load: a list that the firewall fetches costs half its interval, and no call",
          "[load][virtual][edl]") {
    Setup of = setup(1, 30min, 20s);
    of.mode = Mode::edl;
    const Measurement run = measured(of);
    const Summary summary = summarize(run);

    CHECK(summary.enforced.count() == 1800);
    CHECK(summary.enforced.unfinished() == 0);
    REQUIRE(summary.bound);
    CHECK(summary.bound->max == 5min);
    CHECK(summary.bound->median == 150s);
    // The firewall takes a second or two for the fetch itself.
    CHECK(summary.enforced.at(0.5).at > 145s);
    CHECK(summary.enforced.at(0.5).at < 160s);
    CHECK(summary.enforced.max().at > 290s);
    CHECK(summary.enforced.max().at < 305s);
    CHECK(summary.firewalls[0].batching.commits == 0);
    CHECK(summary.firewalls[0].calls == 0);
    CHECK(summary.staged.count() == 0);  // only the verdict tells what a firewall's copy holds
    CHECK_THAT(told(run, summary), Contains("T/2") && Contains("the list is fetched every 300 s") &&
                                       !Contains("staged") && !Contains("commit queued"));
}

TEST_CASE("virtual load: a list that the bridge has fetched costs its refresh interval at most, and calls",
          "[load][virtual][edl]") {
    Setup of = setup(5, 5min, 20s);
    of.mode = Mode::edl_refresh;
    of.firewalls = 2;
    const Measurement run = measured(of);
    const Summary summary = summarize(run);

    CHECK(summary.enforced.count() == 3000);
    CHECK(summary.enforced.unfinished() == 0);
    CHECK(summary.bound->max == 10s);
    CHECK(summary.enforced.max().at < 14s);
    CHECK(summary.enforced.at(0.5).at < 9s);
    CHECK(summary.firewalls[1].batching.commits == 0);
    CHECK(summary.firewalls[1].calls > 20);
    // One refresh for all that came within the interval.
    CHECK(summary.firewalls[1].calls < 500);
}

TEST_CASE("virtual load: how often a list is refreshed is the policy's", "[load][virtual][edl]") {
    Setup of = setup(5, 5min, 20s);
    of.mode = Mode::edl_refresh;
    const std::size_t often = summarize(measured(of)).firewalls[0].calls;
    yaml::Entry interval;
    interval.key = "refresh_interval";
    interval.value.kind = yaml::Kind::scalar;
    interval.value.text = "60s";
    of.policy.settings = {interval};
    of.policy.refresh_interval = 60s;
    const Summary seldom = summarize(measured(of));

    CHECK(seldom.enforced.max().at > 40s);
    CHECK(seldom.enforced.max().at < 66s);
    CHECK(seldom.firewalls[0].calls < often / 2);
    CHECK(seldom.bound->max == 60s);
}

TEST_CASE("virtual load: a commit for each alert takes as long as all its commits", "[load][virtual][baseline]") {
    const Summary script = summarize(measured(burst_of(50, 1s), Blocker::one_commit_per_alert));

    CHECK(script.enforced.unfinished() == 0);
    CHECK(script.firewalls[0].batching.commits == 50);
    CHECK(script.firewalls[0].batching.largest == 1);
    CHECK(script.enforced.max().at > 50s);

    Setup dynamic = burst_of(50, 1s);
    dynamic.mode = Mode::dynamic;
    CHECK_THAT(run_virtual(dynamic, Blocker::one_commit_per_alert, {}).error(), Contains("mode dynamic"));
}

TEST_CASE("virtual load: what does not fit the group is beyond the horizon, and the report says why",
          "[load][virtual]") {
    Setup of = burst_of(30, 1s);
    of.drain = 1min;
    const auto setting = [](const char* key, const char* value) {
        yaml::Entry entry;
        entry.key = key;
        entry.value.kind = yaml::Kind::scalar;
        entry.value.text = value;
        return entry;
    };
    of.policy.settings = {setting("group_members_max", "10"), setting("child_groups", "0")};
    const Measurement run = measured(of);
    const Summary summary = summarize(run);

    CHECK(summary.enforced.unfinished() >= 20);
    CHECK(summary.enforced.max().beyond);
    REQUIRE_FALSE(run.remarks.empty());
    CHECK_THAT(run.remarks[0], Contains("fw1") && Contains("refused"));
}

TEST_CASE("virtual load: a dead and a slow firewall change nothing for the others", "[load][virtual][ailing]") {
    Setup of = burst_of(100, 5s);
    of.firewalls = 6;
    of.drain = 10min;
    const Measurement all_well = measured(of);
    of.ailments = {1, 1, 2s};
    const Measurement run = measured(of);
    const Summary summary = summarize(run);

    REQUIRE(run.firewalls[0].health == Health::dead);
    REQUIRE(run.firewalls[1].health == Health::slow);
    CHECK(summary.well == 4);
    CHECK(summary.enforced.count() == 400);
    CHECK(summary.enforced.unfinished() == 0);
    for (std::size_t i = 2; i < 6; ++i) {
        for (std::size_t alert = 0; alert < 100; ++alert) {
            const Micros without = all_well.firewalls[i].blocks[alert].enforced;
            const Micros with = run.firewalls[i].blocks[alert].enforced;
            REQUIRE(std::max(without, with) - std::min(without, with) < 100ms);
        }
        CHECK(run.firewalls[i].commits.size() == all_well.firewalls[i].commits.size());
    }

    // The dead one is asked and keeps silent; the slow one blocks all, late.
    CHECK(summary.ailing.at(Health::dead).enforced.finished() == 0);
    CHECK(summary.ailing.at(Health::dead).staged.finished() == 0);
    CHECK(run.firewalls[0].calls_total() > 0);
    CHECK(summary.ailing.at(Health::slow).enforced.unfinished() == 0);
    CHECK(summary.ailing.at(Health::slow).enforced.at(0.5).at > 50s);
}

TEST_CASE("virtual load: a policy that the bridge does not take is told in the bridge's words", "[load][virtual]") {
    Setup of = burst_of(1, 1s);
    yaml::Entry wrong;
    wrong.key = "max_bach";
    wrong.value.kind = yaml::Kind::scalar;
    wrong.value.text = "10";
    of.policy.settings = {wrong};

    CHECK_THAT(run_virtual(of, Blocker::bridge, {}).error(), Contains("max_bach") && Contains("max_batch"));
}
