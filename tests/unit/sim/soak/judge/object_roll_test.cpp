#include "sim/soak/judge/object_roll.hpp"

#include <catch2/catch.hpp>

using namespace sim::soak;
using namespace std::chrono_literals;

namespace {

struct Desk {
    Campaign campaign{2.0, 10s, 1};
    RunTime time{std::chrono::steady_clock::now()};
    Books books{campaign, Rules{10s, 20s, 1s}, {"fw1", "fw2"}, time};
    std::set<std::string> told;

    ObjectRoll roll(Micros now = 90s) { return ObjectRoll(books, 1, told, now); }
};

}  // namespace

TEST_CASE("objects of attackers are called by address, and nothing is wrong with one of each") {
    Desk desk;
    ObjectRoll roll = desk.roll();
    roll.add("firebreak-b", desk.books.addresses().at(2));
    roll.add("firebreak-a", desk.books.addresses().at(0));
    CHECK(roll.wrong().empty());
    CHECK(roll.count() == 2);
    CHECK(roll.names().at(0) == "firebreak-a");
    CHECK(roll.names().at(1).empty());
    CHECK(roll.names().at(2) == "firebreak-b");
}

TEST_CASE("an object of nobody's attacker is told with firewall, address and time, once for all looks") {
    Desk desk;
    ObjectRoll first = desk.roll();
    first.add("firebreak-x", "192.0.2.1");
    REQUIRE(first.wrong().size() == 1);
    CHECK(first.wrong().front().wrong == Wrong::not_named);
    CHECK(first.wrong().front().firewall == "fw2");
    CHECK(first.wrong().front().address == "192.0.2.1");
    CHECK(first.wrong().front().at == 90s);
    CHECK_THAT(first.wrong().front().text, Catch::Contains("firebreak-x"));
    ObjectRoll second = desk.roll(100s);
    second.add("firebreak-x", "192.0.2.1");
    CHECK(second.wrong().empty());
    CHECK(second.count() == 1);
}

TEST_CASE("two objects for one attacker are told with both names, once for all looks") {
    Desk desk;
    const std::string address = desk.books.addresses().at(1);
    for (const bool first : {true, false}) {
        ObjectRoll roll = desk.roll();
        roll.add("firebreak-a", address);
        CHECK(roll.wrong().empty());
        roll.add("firebreak-b", address);
        REQUIRE(roll.wrong().size() == (first ? 1 : 0));
        if (first) {
            CHECK(roll.wrong().front().wrong == Wrong::duplicate);
            CHECK_THAT(roll.wrong().front().text, Catch::Contains("firebreak-a") && Catch::Contains("firebreak-b"));
        }
    }
}
