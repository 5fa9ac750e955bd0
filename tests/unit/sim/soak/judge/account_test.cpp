#include "sim/soak/judge/account.hpp"

#include <catch2/catch.hpp>

using namespace sim::soak;
using namespace std::chrono_literals;

namespace {

/// Two firewalls, three attackers; a block lasts two minutes, the patience is 100 s.
struct Books {
    Account account{{2min, 100s, 3s}, {"198.18.0.1", "198.18.0.2", "198.18.0.3"}, {"fw1", "fw2"}};

    void alert(std::uint64_t id, std::size_t address, Micros at) {
        account.sent(address, at);
        account.acknowledged(id, address, at);
    }
    void denies(std::size_t firewall, std::vector<bool> denied, Micros at) { account.looked(firewall, denied, at); }

    std::vector<std::string> wrong() const {
        std::vector<std::string> all;
        for (const Finding& each : account.findings()) {
            all.push_back(each.told());
        }
        return all;
    }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("an alert is accounted for when its attacker is denied on each firewall") {
    Books books;
    books.alert(1, 0, 10s);
    books.alert(2, 0, 12s);
    CHECK(books.account.open() == 2);
    books.denies(0, {true, false, false}, 15s);
    CHECK(books.account.accounted() == 2);
    books.denies(1, {true, false, false}, 20s);
    CHECK(books.account.accounted() == 4);
    CHECK(books.account.open() == 0);
    books.alert(3, 0, 30s);  // it is denied already
    CHECK(books.account.accounted() == 6);
    CHECK(books.account.waits().at(1).at == 10s);
    books.account.tick(10min);
    CHECK(books.wrong() ==
          Texts{"10:00.0 overstays fw1 198.18.0.1 alert 3: is denied still, and the last alert about it "
                "left at 0:30.0",
                "10:00.0 overstays fw2 198.18.0.1 alert 3: is denied still, and the last alert about it "
                "left at 0:30.0"});
}

TEST_CASE("a block that does not come within the patience is told with alert, address, firewall and time") {
    Books books;
    books.alert(77, 1, 10s);
    books.denies(0, {false, true, false}, 15s);
    books.account.tick(110s);
    CHECK(books.wrong().empty());
    books.account.tick(111s);
    books.account.tick(112s);
    CHECK(books.wrong() == Texts{"1:51.0 not-blocked fw2 198.18.0.2 alert 77: is owed since 0:10.0, and not denied"});
}

TEST_CASE("an alert whose time is over before it was ever denied is lost") {
    Books books;
    books.alert(77, 1, 10s);
    books.denies(0, {false, true, false}, 15s);
    books.account.tick(3min);
    CHECK(books.wrong() ==
          Texts{"3:00.0 never-denied fw2 198.18.0.2 alert 77: is not denied since 0:10.0, and its time "
                "is over"});
    CHECK(books.account.open() == 0);
    CHECK(books.account.accounted() == 1);
}

TEST_CASE("a block that ends with its time is no finding") {
    Books books;
    books.alert(1, 0, 10s);
    books.denies(0, {true, false, false}, 15s);
    books.denies(1, {true, false, false}, 15s);
    books.denies(0, {false, false, false}, 135s);
    books.denies(1, {false, false, false}, 128s);  // two seconds early: the bridge stores an expiry a little behind
    books.account.tick(10min);
    CHECK(books.wrong().empty());
    CHECK(books.account.removals() == 2);
}

TEST_CASE("a block that is let go while alerts ask for it is found, and owed again") {
    Books books;
    for (std::uint64_t i = 0; i < 30; ++i) {
        books.alert(i, 0, std::chrono::seconds(10 + 5 * i));  // to 155 s
    }
    books.denies(0, {true, false, false}, 156s);
    books.denies(1, {true, false, false}, 156s);
    // As if the repeats since 35 s were forgotten.
    books.denies(0, {false, false, false}, 160s);
    CHECK(books.wrong() ==
          Texts{"2:40.0 let-go fw1 198.18.0.1 alert 29: is let go, though the alert was acknowledged at "
                "2:35.0 and alerts ask for it since 0:10.0"});
    CHECK(books.account.open() == 1);
}

TEST_CASE("a removal that was under way when an alert came anew is made good, not a finding") {
    Books books;
    books.alert(1, 0, 10s);
    books.denies(0, {true, false, false}, 15s);
    books.denies(1, {true, false, false}, 15s);
    books.alert(2, 0, 131s);  // its time was over at 130 s
    books.denies(0, {false, false, false}, 134s);
    CHECK(books.account.open() == 1);
    books.denies(0, {true, false, false}, 140s);
    CHECK(books.wrong().empty());
    CHECK(books.account.open() == 0);
}

TEST_CASE("what a colleague takes away is his doing, and owed again") {
    Books books;
    for (std::uint64_t i = 0; i < 30; ++i) {
        books.alert(i, 0, std::chrono::seconds(10 + 5 * i));
    }
    books.denies(0, {true, false, false}, 156s);
    books.denies(1, {true, false, false}, 156s);
    books.account.tampered(0, 0);
    books.denies(0, {false, false, false}, 160s);
    CHECK(books.wrong().empty());
    CHECK(books.account.open() == 1);
    books.denies(0, {true, false, false}, 190s);
    // It was put back: the next time is the bridge's.
    books.denies(0, {false, false, false}, 200s);
    CHECK(books.wrong().size() == 1);
}

TEST_CASE("an address that no alert named must not be denied") {
    Books books;
    books.account.sent(0, 1s);  // it left; nobody knows whether it arrived
    books.denies(0, {true, true, false}, 5s);
    CHECK(books.wrong() == Texts{"0:05.0 not-named fw1 198.18.0.2: is denied, and no alert has named it"});
}

TEST_CASE("what the bridge gives a reason for is accounted for, and one without a reason is not") {
    Books books;
    books.alert(1, 0, 10s);
    books.account.explained(0, 0, "");
    CHECK(books.account.open() == 2);
    books.account.explained(0, 0, "no room: the group is full");
    CHECK(books.account.open() == 1);
    CHECK(books.account.explained_count() == 1);
    books.account.tick(115s);
    CHECK(books.wrong().size() == 1);  // fw2
}

TEST_CASE("who must be denied at a time, and who may be") {
    Books books;
    books.account.sent(0, 10s);
    CHECK_FALSE(books.account.is_due(0, 11s));  // not acknowledged
    CHECK(books.account.may_stand(0, 11s));
    books.account.acknowledged(1, 0, 10s);
    CHECK(books.account.is_due(0, 126s));
    CHECK_FALSE(books.account.is_due(0, 128s));
    CHECK(books.account.may_stand(0, 132s));
    CHECK_FALSE(books.account.may_stand(0, 134s));
    CHECK_FALSE(books.account.may_stand(1, 11s));
}

TEST_CASE("a thousand findings are kept and all are counted") {
    Books books;
    for (int i = 0; i < 1500; ++i) {
        books.account.add({});
    }
    CHECK(books.account.findings().size() == 1000);
    CHECK(books.account.findings_count() == 1500);
}
