#include "sim/soak/plan/campaign.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

using namespace sim::soak;
using namespace std::chrono_literals;

TEST_CASE("attackers are out of a bounded pool and differ from each other") {
    const Campaign campaign(200, 2min, 1);
    CHECK(campaign.pool() == 5800);
    CHECK(campaign.active() == 3400);
    const auto all = attackers_of(campaign);
    CHECK(std::set<std::string>(all.begin(), all.end()).size() == campaign.pool());
    CHECK(std::count_if(all.begin(), all.end(), [](const std::string& it) { return it.find(':') != it.npos; }) == 725);
    for (std::size_t i = 0; i < 100'000; ++i) {
        REQUIRE(campaign.attacker_of(i) < campaign.pool());
    }
}

TEST_CASE("an attacker repeats within a block's time, rests for longer than that, and comes back") {
    const Campaign campaign(200, 2min, 1);
    std::map<std::size_t, std::vector<std::size_t>> alerts;
    for (std::size_t i = 0; i < 360'000; ++i) {
        alerts[campaign.attacker_of(i)].push_back(i);
    }
    CHECK(alerts.size() == campaign.pool());
    std::size_t rests = 0;
    for (const auto& [attacker, all] : alerts) {
        CHECK(all.size() > 10);
        std::size_t own_rests = 0;
        for (std::size_t i = 1; i < all.size(); ++i) {
            const auto gap = (all[i] - all[i - 1]) / 200;  // seconds
            CHECK((gap < 60 || gap > 150));
            own_rests += gap > 150 ? 1U : 0U;
        }
        rests += own_rests;
    }
    CHECK(rests > 4 * campaign.pool());
}

TEST_CASE("the number of active blocks is steady") {
    const Campaign campaign(200, 2min, 1);
    std::vector<std::size_t> last(campaign.pool(), SIZE_MAX);
    for (std::size_t i = 0; i < 200 * 600; ++i) {
        last[campaign.attacker_of(i)] = i;
        if (i > 200 * 240 && i % 20'000 == 0) {
            const auto active = std::count_if(last.begin(), last.end(), [i](std::size_t it) {
                return it != SIZE_MAX && i - it < std::size_t{200} * 120;
            });
            CHECK(active > 3000);
            CHECK(active < 3500);
        }
    }
}

TEST_CASE("another seed gives another order") {
    const Campaign one(200, 2min, 1);
    const Campaign other(200, 2min, 2);
    std::size_t same = 0;
    for (std::size_t i = 0; i < 1000; ++i) {
        same += one.attacker_of(i) == other.attacker_of(i) ? 1U : 0U;
    }
    CHECK(same < 20);
}
