#include "sim/soak/judge/books.hpp"

#include <catch2/catch.hpp>
#include <thread>

using namespace sim::soak;
using namespace std::chrono_literals;

namespace {

struct Desk {
    Campaign campaign{2.0, 10s, 1};
    RunTime time{std::chrono::steady_clock::now() - 65s};
    Books books{campaign, Rules{10s, 20s, 1s}, {"fw1", "fw2"}, time};
};

}  // namespace

TEST_CASE("books know each attacker and each firewall by its name, and no others") {
    Desk desk;
    REQUIRE(desk.books.addresses() == attackers_of(desk.campaign));
    for (std::size_t i = 0; i < desk.books.addresses().size(); ++i) {
        REQUIRE(desk.books.address_index(desk.books.addresses()[i]) == i);
    }
    CHECK_FALSE(desk.books.address_index("192.0.2.1"));
    CHECK(desk.books.firewalls() == 2);
    CHECK(desk.books.firewall_index("fw2") == std::optional<std::size_t>(1));
    CHECK_FALSE(desk.books.firewall_index("fw3"));
}

TEST_CASE("a finding is booked with the time of the run when it was made") {
    Desk desk;
    desk.books.find(Wrong::firewall, "fw2", "is not what it must be");
    const auto account = desk.books.open();
    REQUIRE(account->findings().size() == 1);
    const Finding& found = account->findings().front();
    CHECK(found.wrong == Wrong::firewall);
    CHECK(found.firewall == "fw2");
    CHECK(found.text == "is not what it must be");
    CHECK(found.at >= 65s);
    CHECK(found.at < 300s);
}

TEST_CASE("books that several threads open at a time lose no line") {
    Desk desk;
    constexpr int each = 200;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < each; ++i) {
                    desk.books.find(Wrong::bridge, {}, "one of many");
                }
            });
        }
    }
    CHECK(desk.books.open()->findings_count() == 4 * each);
}
