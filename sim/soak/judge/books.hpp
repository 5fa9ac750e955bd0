// The account as the threads of a soak share it: the sender books what leaves, the firewalls' thread what is denied,
// the conductor what is late.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/soak/judge/account.hpp"
#include "sim/soak/judge/run_time.hpp"
#include "sim/soak/plan/campaign.hpp"

namespace sim::soak {

class Books {
public:
    /// `time` must outlive them.
    Books(const Campaign& campaign, const Rules& rules, const std::vector<std::string>& firewalls, const RunTime& time);

    /// The account, and nobody else has it as long as this lives.
    class Open {
    public:
        Open(std::mutex& mutex, Account& account) : guard_(mutex), account_(account) {}
        Account* operator->() const noexcept { return &account_; }
        Account& operator*() const noexcept { return account_; }

    private:
        std::unique_lock<std::mutex> guard_;
        Account& account_;
    };
    Open open() { return {mutex_, account_}; }

    /// Opens them for this one finding, of now.
    void find(Wrong wrong, std::string firewall, std::string text);

    // These do not change, and need no opening.
    const std::vector<std::string>& addresses() const noexcept { return addresses_; }
    std::optional<std::size_t> address_index(const std::string& address) const;
    std::optional<std::size_t> firewall_index(const std::string& name) const;
    const std::string& firewall(std::size_t i) const { return firewalls_[i]; }
    std::size_t firewalls() const noexcept { return firewalls_.size(); }

private:
    const RunTime& time_;
    std::vector<std::string> addresses_;
    std::vector<std::string> firewalls_;
    std::unordered_map<std::string, std::size_t> by_address_;
    std::mutex mutex_;
    Account account_;
};

}  // namespace sim::soak
