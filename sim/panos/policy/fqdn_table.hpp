// What names resolve to: what the name servers say (a test gives it), and what the device has asked them for. It asks
// for a name when an object with it is committed, when it is told to refresh, and some time after an answer changed.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/panos/configuration/address.hpp"
#include "sim/panos/tree/node.hpp"

namespace sim::panos {

class FqdnTable {
public:
    /// `pause`: how long the device keeps an answer before it asks anew.
    explicit FqdnTable(std::chrono::microseconds pause = std::chrono::seconds(30)) : pause_(pause) {}

    using Answers = std::map<std::string, std::vector<Ip>>;  // names in lower case

    /// What the name servers say from now on; no addresses: the name is not known.
    void say(std::string_view name, std::vector<Ip> addresses, Instant now);
    const Answers& said() const noexcept { return said_; }

    /// The device asks for the names of the address objects in `running`, for those that are new at once. Costs by what
    /// differs from the configuration before.
    void follow(const NodePtr& running, Instant now);
    /// Asks for all of them.
    void refresh(Instant now);

    /// Names that the device holds this address for.
    const std::set<std::string>& names_of(const Ip& ip) const;
    /// What the device holds; empty when it did not resolve, or is not used.
    std::vector<Ip> held(std::string_view name) const;
    /// The names in use, with how many address objects have each.
    const std::map<std::string, std::size_t>& used() const noexcept { return used_; }
    std::optional<Instant> refreshed() const noexcept { return refreshed_; }

    void advance(Instant now);
    std::optional<Instant> next_event() const noexcept { return due_; }

private:
    std::chrono::microseconds pause_;
    Answers said_;
    Answers held_;
    std::map<std::string, std::size_t> used_;
    std::map<std::string, NodePtr> followed_;  // the containers of addresses, by scope
    std::unordered_map<Ip, std::set<std::string>, IpHash> by_address_;
    std::optional<Instant> refreshed_;
    std::optional<Instant> due_;  // something that is held is no longer what is said

    void look_up(const std::string& name);
    void forget(const std::string& name);
};

}  // namespace sim::panos
