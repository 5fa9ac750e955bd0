// Which of many addresses, prefixes and ranges hold an address. Prefixes are looked up by their length, so that a
// hundred thousand of them cost no more than one of each length; ranges that are no prefix are walked.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/panos/configuration/address.hpp"

namespace sim::panos {

template <class Value>
class AddressIndex {
public:
    void add(const IpRange& range, Value value) {
        if (const auto length = prefix_length(range)) {
            prefixes_[{range.first.v6, *length}].emplace(range.first, std::move(value));
        } else {
            ranges_.emplace_back(range, std::move(value));
        }
    }

    /// False when there is no such range with that value.
    bool remove(const IpRange& range, const Value& value) {
        const auto length = prefix_length(range);
        if (!length) {
            const auto at = std::find(ranges_.begin(), ranges_.end(), std::pair<IpRange, Value>(range, value));
            if (at == ranges_.end()) {
                return false;
            }
            ranges_.erase(at);
            return true;
        }
        const auto table = prefixes_.find({range.first.v6, *length});
        if (table == prefixes_.end()) {
            return false;
        }
        const auto [begin, end] = table->second.equal_range(range.first);
        const auto at = std::find_if(begin, end, [&value](const auto& each) { return each.second == value; });
        if (at == end) {
            return false;
        }
        table->second.erase(at);
        if (table->second.empty()) {
            prefixes_.erase(table);
        }
        return true;
    }

    /// Calls visit(range, value) for all that hold the address, the narrowest prefix first; false from it ends the
    /// walk.
    template <class Visit>
    void each(const Ip& ip, Visit visit) const {
        for (const auto& [family, table] : prefixes_) {
            if (family.v6 != ip.v6) {
                continue;
            }
            const IpRange range = prefix_range(ip, family.length);
            const auto [begin, end] = table.equal_range(range.first);
            for (auto at = begin; at != end; ++at) {
                if (!visit(range, at->second)) {
                    return;
                }
            }
        }
        for (const auto& [range, value] : ranges_) {
            if (range.contains(ip) && !visit(range, value)) {
                return;
            }
        }
    }

    void clear() {
        prefixes_.clear();
        ranges_.clear();
    }

private:
    struct Family {
        bool v6 = false;
        unsigned length = 0;

        friend bool operator<(const Family& a, const Family& b) {
            return a.v6 != b.v6 ? b.v6 : a.length > b.length;  // longest first
        }
    };

    std::map<Family, std::unordered_multimap<Ip, Value, IpHash>> prefixes_;
    std::vector<std::pair<IpRange, Value>> ranges_;
};

}  // namespace sim::panos
