#include "sim/soak/judge/ledger_check.hpp"

#include <catch2/catch.hpp>

using namespace sim::soak;
using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

namespace {

/// Two firewalls; the first attacker of the pool is owed on both and denied on both.
class Ledger {
public:
    Ledger() {
        time_.began = std::chrono::steady_clock::now();
        const Books::Open account = books_.open();
        account->sent(0, 0s);
        account->acknowledged(1'000'000, 0, 0s);
        std::vector<bool> denied(books_.addresses().size());
        denied[0] = true;
        account->looked(0, denied, 0s);
        account->looked(1, denied, 0s);
    }

    std::string address(std::size_t i) const { return books_.addresses()[i]; }
    Books& books() { return books_; }

    /// What a check finds, as kind, firewall and address.
    Texts found(const std::vector<LedgerRow>& rows, bool strictly) {
        const std::size_t before = books_.open()->findings().size();
        remarks.clear();
        check_ledger(rows, strictly, books_, time_, [this](std::string text) { remarks.push_back(std::move(text)); });
        Texts all;
        const Books::Open account = books_.open();
        for (std::size_t i = before; i < account->findings().size(); ++i) {
            const Finding& each = account->findings()[i];
            all.push_back(std::string(name_of(each.wrong)) + " " + each.firewall + " " + each.address);
        }
        return all;
    }

    Texts remarks;

private:
    RunTime time_;
    Campaign campaign_{200, 2min, 1};
    Books books_{campaign_, {2min, 100s, 3s}, {"fw1", "fw2"}, time_};
};

}  // namespace

TEST_CASE("a ledger that says what the firewalls deny is found right") {
    Ledger ledger;
    const std::string owed = ledger.address(0);
    CHECK(ledger.found({{"fw1", owed, "enforced", ""}, {"fw2", owed, "enforced", ""}}, true).empty());
    CHECK(ledger.remarks.empty());
}

TEST_CASE("what is denied and in no ledger is told when all is at rest, and not before") {
    Ledger ledger;
    const std::string owed = ledger.address(0);
    CHECK(ledger.found({{"fw1", owed, "enforced", ""}}, false).empty());
    CHECK(ledger.found({{"fw1", owed, "enforced", ""}}, true) == Texts{"bridge fw2 " + owed});
}

TEST_CASE("what the bridge calls enforced and the firewall lets through is told when all is at rest") {
    Ledger ledger;
    const std::string owed = ledger.address(0);
    const std::string other = ledger.address(1);
    const std::vector<LedgerRow> rows{
        {"fw1", owed, "enforced", ""}, {"fw2", owed, "enforced", ""}, {"fw1", other, "enforced", ""}};
    CHECK(ledger.found(rows, false).empty());
    CHECK(ledger.found(rows, true) == Texts{"bridge fw1 " + other});
}

TEST_CASE("what is owed and not denied is told when all is at rest") {
    Ledger ledger;
    const std::string owed = ledger.address(0);
    ledger.books().open()->looked(1, std::vector<bool>(ledger.books().addresses().size()), 1s);
    const Texts found = ledger.found({{"fw1", owed, "enforced", ""}, {"fw2", owed, "wanted", ""}}, true);
    CHECK(found == Texts{"not-blocked fw2 " + owed});
}

TEST_CASE("a row about nobody's attacker or firewall is told at any time") {
    Ledger ledger;
    CHECK(ledger.found({{"fw1", "192.0.2.1", "wanted", ""}}, false) == Texts{"not-named fw1 192.0.2.1"});
    CHECK(ledger.found({{"fw9", ledger.address(0), "wanted", ""}}, false) ==
          Texts{"not-named fw9 " + ledger.address(0)});
}

TEST_CASE("what the bridge refuses or holds is explained by its reason") {
    Ledger ledger;
    CHECK(ledger.found({{"fw1", ledger.address(1), "held", "over the limit"}}, false).empty());
    CHECK(ledger.remarks == Texts{"fw1: held blocks because of: over the limit"});
}
