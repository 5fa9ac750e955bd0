// Our objects in one running configuration, called by attacker: each attacker's is there once, and each is an
// attacker's.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "sim/soak/judge/books.hpp"

namespace sim::soak {

class ObjectRoll {
public:
    /// `told` has the addresses that were found wrong on this firewall already; what is found is added. Both must
    /// outlive it.
    ObjectRoll(const Books& books, std::size_t firewall, std::set<std::string>& told, Micros now)
        : books_(books), firewall_(firewall), told_(told), now_(now), names_(books.addresses().size()) {}

    /// An object of ours, and the address that it stands for.
    void add(const std::string& name, const std::string& value);

    std::size_t count() const noexcept { return count_; }
    /// By address, its object's name; empty: it has none. Of two objects the last.
    const std::vector<std::string>& names() const noexcept { return names_; }
    /// not_named and duplicate, an address once however often it is looked at.
    const std::vector<Finding>& wrong() const noexcept { return wrong_; }

private:
    const Books& books_;
    std::size_t firewall_;
    std::set<std::string>& told_;
    Micros now_;
    std::size_t count_ = 0;
    std::vector<std::string> names_;
    std::vector<Finding> wrong_;
};

}  // namespace sim::soak
