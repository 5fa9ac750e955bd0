#include "sim/soak/judge/ledger_check.hpp"

#include <fmt/format.h>

namespace sim::soak {

namespace {

/// By firewall and address: the ledger has it.
using Known = std::vector<std::vector<bool>>;

void check_firewalls(const Known& known, const Books& books, const Books::Open& account, const RunTime& time) {
    for (std::size_t f = 0; f < books.firewalls(); ++f) {
        for (std::size_t a = 0; a < books.addresses().size(); ++a) {
            if (account->denied(f, a) && !known[f][a]) {
                account->add({time.now(),
                              Wrong::bridge,
                              books.firewall(f),
                              books.addresses()[a],
                              {},
                              "is denied, and the bridge knows of no such block"});
            }
            if (account->is_due(a, time.now()) && !account->denied(f, a)) {
                account->add({time.now(),
                              Wrong::not_blocked,
                              books.firewall(f),
                              books.addresses()[a],
                              {},
                              "is owed when all is at rest, and not denied"});
            }
        }
    }
}

}  // namespace

void check_ledger(const std::vector<LedgerRow>& rows, bool strictly, Books& books, const RunTime& time,
                  const std::function<void(std::string)>& remark) {
    const Books::Open account = books.open();
    Known known(books.firewalls(), std::vector<bool>(books.addresses().size()));
    for (const LedgerRow& row : rows) {
        const auto address = books.address_index(row.indicator);
        const auto firewall = books.firewall_index(row.target);
        if (!address || !firewall) {
            account->add({time.now(), Wrong::not_named, row.target, row.indicator, {}, "is in the ledger"});
            continue;
        }
        known[*firewall][*address] = true;
        if (row.state == "refused" || row.state == "held") {
            account->explained(*firewall, *address, row.reason);
            remark(fmt::format("{}: {} blocks because of: {}", row.target, row.state, row.reason));
        }
        if (strictly && row.state == "enforced" && !account->denied(*firewall, *address)) {
            account->add({time.now(),
                          Wrong::bridge,
                          row.target,
                          row.indicator,
                          {},
                          "the bridge says that it is enforced, and its traffic is allowed"});
        }
    }
    if (strictly) {
        check_firewalls(known, books, account, time);
    }
}

}  // namespace sim::soak
