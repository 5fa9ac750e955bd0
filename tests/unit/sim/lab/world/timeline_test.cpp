#include "sim/lab/world/timeline.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace sim::lab;

TEST_CASE("timeline: entries come in the order of their time", "[lab]") {
    Timeline timeline;
    timeline.add({30ms, Party::firewall, "hq", "late"});
    timeline.add({10ms, Party::appliance, "nx1", "early"});
    timeline.add({30ms, Party::bridge, "", "late too"});

    const auto entries = timeline.entries();

    REQUIRE(entries.size() == 3);
    CHECK(entries[0].what == "early");
    CHECK(entries[1].what == "late");
    CHECK(entries[2].what == "late too");
}

TEST_CASE("timeline: beyond its bound the middle is dropped, and how much is told", "[lab]") {
    Timeline timeline;
    for (int i = 0; i < 5000; ++i) {
        timeline.add({std::chrono::milliseconds(i), Party::bridge, "", std::to_string(i)});
    }

    const auto entries = timeline.entries();

    CHECK(entries.size() == 1000);
    CHECK(entries.front().what == "0");
    CHECK(entries[199].what == "199");
    CHECK(entries.back().what == "4999");
    CHECK(timeline.dropped() == 4000);
}

TEST_CASE("timeline: only the last lines are drawn, with what was left out", "[lab]") {
    const std::vector<TimelineEntry> entries{
        {1ms, Party::lab, "", "a"}, {2ms, Party::bridge, "", "b"}, {3ms, Party::firewall, "hq", "c"}};

    const std::string text = drawn(entries, 7, 2);

    CHECK_THAT(text, Catch::Contains("... 8 earlier") && Catch::Contains("firewall  hq") && !Catch::Contains("lab"));
}

TEST_CASE("timeline: secrets are blanked in every spelling, control characters too", "[lab]") {
    Secrets secrets;
    secrets.add("p@ss/word");
    secrets.add("abc");  // too short to be told from ordinary text

    CHECK(secrets.scrub("key=p@ss/word&x=p%40ss%2Fword\x1b[2J abc") == "key=***&x=***?[2J abc");
}
