// The books of a soak: what was acknowledged, and what each firewall denies, by attacker. Without sockets, threads or
// clocks: times are handed in. What does not add up is a Finding that names alert, address, firewall and time.
//
// Its size is that of the pool of attackers, not of the alerts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/load/quantiles.hpp"

namespace sim::soak {

using load::Micros;
using load::never;

struct Rules {
    Micros expire{0};    // a block's time after the last alert about it
    Micros patience{0};  // whatever the faults: so long until an alert's attacker is denied, or no longer is
    /// How much earlier than `expire` a block may end: the bridge stores a repeat's expiry a hundredth of a block's
    /// time behind at most, and its clock runs from when it had read the alert, ours from when we had the answer.
    Micros early{0};
};

enum class Wrong {
    not_blocked,   // acknowledged, and not denied within the patience
    never_denied,  // acknowledged, and its time was over before it was ever denied
    let_go,        // denied, and let go though alerts asked for it still
    overstays,     // denied, though its time is over since more than the patience
    not_named,     // denied, and no alert ever named it
    duplicate,     // two objects of ours for the same address
    bridge,        // what the bridge did that it must not
    firewall,      // the firewall's configuration is not what it must be
    journal,       // an acknowledged alert is not in the journal
    growth,        // memory, files, descriptors, threads, commits
};
std::string_view name_of(Wrong wrong);

struct Finding {
    Micros at{0};
    Wrong wrong = Wrong::bridge;
    std::string firewall{};
    std::string address{};
    std::optional<std::uint64_t> alert{};
    std::string text{};

    /// "12:34.5 not-blocked fw2 198.18.0.5 alert 1000017: ..."
    std::string told() const;
};

class Account {
public:
    Account(Rules rules, std::vector<std::string> addresses, std::vector<std::string> firewalls);

    /// An alert about it leaves now, whatever becomes of it.
    void sent(std::size_t address, Micros now);
    void acknowledged(std::uint64_t alert, std::size_t address, Micros now);
    /// What this firewall denies now, by address.
    void looked(std::size_t firewall, const std::vector<bool>& denied, Micros now);
    /// A colleague takes it away there: that it is let go is not the bridge's doing until it is denied again.
    void tampered(std::size_t firewall, std::size_t address);
    /// Looks for what is late by now.
    void tick(Micros now);
    /// For what others find; kept as the account's own.
    void add(Finding finding);
    /// An address that the bridge explains: it says refused or held, with its reason.
    void explained(std::size_t firewall, std::size_t address, const std::string& reason);

    /// Its block must stand on every firewall at that time.
    bool is_due(std::size_t address, Micros now) const;
    /// An alert has named it within its time, the early part included: its block may stand.
    bool may_stand(std::size_t address, Micros now) const;
    bool denied(std::size_t firewall, std::size_t address) const;
    bool named(std::size_t address) const { return addresses_[address].first_sent != never; }

    /// Addresses and firewalls where a block is owed and not there.
    std::size_t open() const noexcept { return open_; }
    std::size_t denied_count(std::size_t firewall) const noexcept { return denied_[firewall]; }
    std::uint64_t acknowledged_count() const noexcept { return acknowledged_; }
    /// Alerts times firewalls whose attacker was denied at some time after the acknowledgement, and those that the
    /// bridge has given a reason for.
    std::uint64_t accounted() const noexcept { return accounted_; }
    std::uint64_t explained_count() const noexcept { return explained_; }
    /// Times that an address came to be denied, and to be allowed again.
    std::uint64_t blocks() const noexcept { return blocks_; }
    std::uint64_t removals() const noexcept { return removals_; }
    /// From the first acknowledgement that asked for a block until it stood.
    const load::Quantiles& waits() const noexcept { return waits_; }

    /// The first thousand; all are counted.
    const std::vector<Finding>& findings() const noexcept { return findings_; }
    std::uint64_t findings_count() const noexcept { return findings_count_; }
    const std::string& address(std::size_t i) const { return names_[i]; }
    const std::string& firewall(std::size_t i) const { return firewalls_[i]; }

private:
    struct Named {
        Micros first_sent = never;
        Micros last_sent = never;
        Micros last_acknowledged = never;
        Micros chain_since = never;  // the first alert of those that lie closer together than a block lasts
        std::uint64_t last_alert = 0;
    };
    /// An address at a firewall.
    struct Spot {
        bool denied = false;
        bool tampered = false;
        bool told = false;          // that it is late, or overstays
        Micros open_since = never;  // a block is owed since then
        std::uint64_t alert = 0;    // that it is owed to first
        std::uint32_t alerts = 0;   // that wait for it
    };

    Spot& spot(std::size_t firewall, std::size_t address) { return spots_[firewall * names_.size() + address]; }
    void open_spot(Spot& at, Micros since, std::uint64_t alert);
    void close_spot(Spot& at);
    void was_let_go(std::size_t firewall, std::size_t address, Micros now);
    void was_denied(std::size_t firewall, std::size_t address, Micros now);

    Rules rules_;
    std::vector<std::string> names_;
    std::vector<std::string> firewalls_;
    std::vector<Named> addresses_;
    std::vector<Spot> spots_;
    std::vector<std::size_t> denied_;
    std::size_t open_ = 0;
    std::uint64_t acknowledged_ = 0;
    std::uint64_t accounted_ = 0;
    std::uint64_t explained_ = 0;
    std::uint64_t blocks_ = 0;
    std::uint64_t removals_ = 0;
    load::Quantiles waits_;
    std::vector<Finding> findings_;
    std::uint64_t findings_count_ = 0;
};

}  // namespace sim::soak
