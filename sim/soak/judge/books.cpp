#include "sim/soak/judge/books.hpp"

#include <algorithm>
#include <utility>

namespace sim::soak {

Books::Books(const Campaign& campaign, const Rules& rules, const std::vector<std::string>& firewalls,
             const RunTime& time)
    : time_(time), addresses_(attackers_of(campaign)), firewalls_(firewalls), account_(rules, addresses_, firewalls_) {
    for (std::size_t i = 0; i < addresses_.size(); ++i) {
        by_address_.emplace(addresses_[i], i);
    }
}

void Books::find(Wrong wrong, std::string firewall, std::string text) {
    Finding finding;
    finding.wrong = wrong;
    finding.firewall = std::move(firewall);
    finding.text = std::move(text);
    const Open account = open();
    finding.at = time_.now();
    account->add(std::move(finding));
}

std::optional<std::size_t> Books::address_index(const std::string& address) const {
    const auto found = by_address_.find(address);
    return found == by_address_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> Books::firewall_index(const std::string& name) const {
    const auto found = std::find(firewalls_.begin(), firewalls_.end(), name);
    return found == firewalls_.end() ? std::nullopt
                                     : std::optional(static_cast<std::size_t>(found - firewalls_.begin()));
}

}  // namespace sim::soak
