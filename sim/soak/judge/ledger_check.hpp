// Compares what the bridge's ledger says with what the firewalls deny.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/soak/judge/books.hpp"
#include "sim/soak/judge/bridge_pages.hpp"

namespace sim::soak {

/// Every row must be about an attacker and a firewall of ours; what the bridge refuses or holds is explained by its
/// reason. `strictly`, when all is at rest: what it says is enforced must be denied, what is denied must be in its
/// ledger, and what is owed must be denied. Findings go to the books; `remark` gets the reasons, each as often as it
/// comes. While no firewall changes.
void check_ledger(const std::vector<LedgerRow>& rows, bool strictly, Books& books, const RunTime& time,
                  const std::function<void(std::string)>& remark);

}  // namespace sim::soak
