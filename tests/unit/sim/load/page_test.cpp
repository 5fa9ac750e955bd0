#include "sim/load/page.hpp"

#include <pugixml.hpp>

#include <catch2/catch.hpp>

#include "sim/load/plot.hpp"

using namespace sim::load;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

Measurement some_run() {
    Measurement measurement;
    measurement.question.arrivals = "a burst of <3> & more";
    measurement.question.commit_time = 2s;
    measurement.question.rate_per_s = 1;
    measurement.horizon = 10s;
    measurement.alerts.resize(3);
    measurement.alerts[0] = {0s, 0s, 5ms, 200};
    FirewallSeen firewall;
    firewall.name = "fw1";
    firewall.blocks.resize(3);
    firewall.blocks[0] = {1ms, 1ms, 2s, 0};
    CommitSeen good;
    good.started = 1ms;
    good.finished = 2s;
    good.ok = true;
    good.alerts = 1;
    CommitSeen failed;
    failed.started = 3s;
    failed.finished = 5s;
    CommitSeen running;
    running.started = 9s;
    firewall.commits = {good, failed, running};
    measurement.firewalls = {firewall};
    measurement.remarks = {"fw1: the bridge's last error: \"locked\""};
    return measurement;
}

}  // namespace

TEST_CASE("page: it needs nothing from elsewhere, and has no script", "[load][page]") {
    const Measurement run = some_run();
    const std::string page = as_page(run, summarize(run));

    CHECK_THAT(page, !Contains("<script") && !Contains("http:") && !Contains("https:") && !Contains("src=") &&
                         !Contains("@import") && !Contains("url("));
    CHECK_THAT(page, Contains("prefers-color-scheme:dark") && Contains("@media print"));
    CHECK_THAT(page, Contains("a burst of &lt;3&gt; &amp; more") && Contains("last error: &quot;locked&quot;"));
    CHECK_THAT(page, Contains("blocked, of 3") && Contains("2 more had not been blocked"));
}

TEST_CASE("page: every plot is well-formed, and shows commits that went well, failed and still run", "[load][page]") {
    const Measurement run = some_run();
    const std::string page = as_page(run, summarize(run));
    int plots = 0;
    std::string all;
    for (std::size_t at = page.find("<svg"); at != std::string::npos; at = page.find("<svg", at + 1)) {
        const std::string svg = page.substr(at, page.find("</svg>", at) + 6 - at);
        pugi::xml_document document;
        REQUIRE(document.load_string(svg.c_str()));
        ++plots;
        all += svg;
    }

    CHECK(plots == 5);
    CHECK_THAT(all, Contains("job 0: 0.00 to 2.00 s, 1 alerts") && Contains("3.00 to 5.00 s, 0 alerts, failed") &&
                        Contains("9.00 to 10.00 s"));
    CHECK_THAT(all, !Contains("nan") && !Contains("inf"));
}

TEST_CASE("page: a run in which nothing happened has one too", "[load][page]") {
    Measurement run;
    run.alerts.resize(1);
    FirewallSeen firewall;
    firewall.blocks.resize(1);
    run.firewalls = {firewall};

    const std::string page = as_page(run, summarize(run));

    CHECK_THAT(page, Contains("Nothing was blocked") && Contains("Nothing was committed"));
}

TEST_CASE("plot: ticks are round, begin at 0 and reach the end", "[load][plot]") {
    CHECK(ticks(10, 5) == std::vector<double>{0, 2, 4, 6, 8, 10});
    CHECK(ticks(391, 4) == std::vector<double>{0, 100, 200, 300, 400});
    CHECK(ticks(0, 4) == std::vector<double>{0, 1});
    for (const double max : {0.003, 1.0, 7.0, 99.0, 12345.0, 5e5}) {
        const auto all = ticks(max, 4);
        CHECK(all.back() >= max * 0.999);
        CHECK(all.size() <= 6);
    }
}

TEST_CASE("page: a peak that is over in a moment is in the queue's plot", "[load][page]") {
    Measurement run;
    run.question.mode = Mode::dynamic;
    run.alerts.resize(500);
    FirewallSeen firewall;
    firewall.blocks.resize(500);
    for (std::size_t i = 0; i < 500; ++i) {
        // 400 of them at once in the middle of ten minutes, blocked after 2 ms.
        const Micros due = i < 50 ? Micros(0s) : i < 450 ? Micros(301'100ms) : Micros(600s);
        run.alerts[i] = {due, due, due + 1ms, 200};
        firewall.blocks[i].enforced = due + 2ms;
    }
    run.firewalls = {firewall};
    const std::string page = as_page(run, summarize(run));
    const std::size_t queue = page.find("Alerts that wait, over time");

    REQUIRE(queue != std::string::npos);
    CHECK_THAT(page.substr(queue), Contains(">400</text>"));
}
