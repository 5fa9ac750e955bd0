#include "sim/soak/plan/timetable.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

using namespace sim::soak;
using namespace std::chrono_literals;

namespace {

TimetablePlan half_an_hour(std::uint64_t seed) {
    TimetablePlan plan;
    plan.duration = 30min;
    plan.firewalls = 3;
    plan.seed = seed;
    plan.longest = 15s;
    plan.fault_every_min = 10s;
    plan.fault_every_max = 20s;
    plan.killing = 9min;
    plan.kill_every_min = 2min;
    plan.kill_every_max = 3min;
    plan.after_boot = 31s;
    return plan;
}

std::string text_of(const std::vector<Disturbance>& all) {
    std::string text;
    for (const Disturbance& each : all) {
        text += told(each) + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("the same seed gives the same timetable, another seed another one") {
    CHECK(text_of(make_timetable(half_an_hour(7))) == text_of(make_timetable(half_an_hour(7))));
    CHECK(text_of(make_timetable(half_an_hour(7))) != text_of(make_timetable(half_an_hour(8))));
}

TEST_CASE("a timetable is the same on every machine") {
    auto plan = half_an_hour(1);
    plan.duration = 1min;
    plan.killing = 20s;
    CHECK(text_of(make_timetable(plan)) ==
          "  0:08.8  fw1    http-error, 4.6 s\n"
          "  0:12.8  bridge SIGKILL, 2.5 s\n"
          "  0:24.8  bridge SIGHUP\n"
          "  0:40.9  fw2    job-fails, 8.5 s\n");
}

TEST_CASE("there is a disturbance every ten to twenty seconds, and each has ended when the alerts have") {
    const auto seed = GENERATE(1U, 2U, 3U, 99U);
    const auto all = make_timetable(half_an_hour(seed));
    Micros before{0};
    for (const Disturbance& each : all) {
        CHECK(each.end() <= 30min);
        if (!ends_bridge(each.kind)) {
            CHECK(each.at - before <= 20s);
            before = each.at;
        }
    }
    CHECK(before >= 29min);
    CHECK(all.size() > 90);
    CHECK(all.size() < 190);
}

TEST_CASE("the bridge dies in the first part only, first by SIGKILL, and not sooner again than asked") {
    const auto seed = GENERATE(1U, 2U, 3U, 99U);
    std::vector<Disturbance> deaths;
    for (const Disturbance& each : make_timetable(half_an_hour(seed))) {
        if (ends_bridge(each.kind)) {
            deaths.push_back(each);
        }
    }
    REQUIRE(deaths.size() >= 3);
    CHECK(deaths.front().kind == Kind::sigkill);
    CHECK(deaths.back().end() <= 9min + 4s);
    for (std::size_t i = 1; i < deaths.size(); ++i) {
        CHECK(deaths[i].at - deaths[i - 1].at >= 2min);
        CHECK(deaths[i].at - deaths[i - 1].at <= 3min);
    }
}

TEST_CASE("a run too short for the gap between two deaths still has one") {
    auto plan = half_an_hour(1);
    plan.duration = 30s;
    plan.killing = 9s;
    plan.fault_every_max = plan.fault_every_min = 0s;
    const auto all = make_timetable(plan);
    REQUIRE(all.size() == 1);
    CHECK(all.front().kind == Kind::sigkill);
    CHECK(all.front().at <= 9s);
}

TEST_CASE("nothing is done where nothing was asked for") {
    auto plan = half_an_hour(1);
    plan.fault_every_max = 0s;
    plan.kill_every_max = 0s;
    CHECK(make_timetable(plan).empty());
}

TEST_CASE("where a block has too little time for a restart of its firewall, the line is cut instead") {
    auto plan = half_an_hour(1);
    const auto count = [&plan](Kind kind) {
        const auto all = make_timetable(plan);
        return std::count_if(all.begin(), all.end(), [kind](const Disturbance& it) { return it.kind == kind; });
    };
    const auto reboots = count(Kind::reboot);
    CHECK(reboots > 0);
    plan.reboots = false;
    CHECK(count(Kind::reboot) == 0);
    CHECK(count(Kind::unplugged) > 0);
}

TEST_CASE("leaving the deaths out moves no fault") {
    auto plan = half_an_hour(5);
    auto all = make_timetable(plan);
    plan.kill_every_max = 0s;
    std::erase_if(all, [](const Disturbance& each) { return ends_bridge(each.kind); });
    CHECK(text_of(all) == text_of(make_timetable(plan)));
}

TEST_CASE(
    "a firewall is left alone for twice the longest disturbance after each, and for its own commit after a boot") {
    std::map<std::size_t, Micros> free_from;
    for (const Disturbance& each : make_timetable(half_an_hour(4))) {
        if (!of_bridge(each.kind)) {
            CHECK(each.at >= free_from[each.firewall]);
            free_from[each.firewall] = each.end() + (each.kind == Kind::reboot ? 61s : 30s);
        }
    }
    CHECK(free_from.size() == 3);
}

TEST_CASE("every kind comes, in a run that is long enough") {
    auto plan = half_an_hour(1);
    plan.duration = 3h;
    plan.killing = 1h;
    std::set<std::string> kinds;
    for (const Disturbance& each : make_timetable(plan)) {
        kinds.emplace(name_of(each.kind));
    }
    CHECK(kinds.size() == 21);
}
