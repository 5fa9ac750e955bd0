// What is known of those who were here last: a table of bounded size in which the one that was looked at least recently
// makes room for a new one.
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

namespace bridge::intake {

template <class Key, class Value, class Hash>
class Recent {
public:
    explicit Recent(std::size_t size_max) : size_max_(size_max) {}

    /// nullptr when nothing is known (any more). What is found becomes the most recent.
    Value* find(const Key& key) {
        const auto found = places_.find(key);
        if (found == places_.end()) {
            return nullptr;
        }
        entries_.splice(entries_.begin(), entries_, found->second);
        return &entries_.front().second;
    }

    /// What is known, or a fresh value.
    Value& at(const Key& key) {
        if (Value* const known = find(key)) {
            return *known;
        }
        if (entries_.size() >= size_max_) {
            places_.erase(entries_.back().first);
            entries_.pop_back();
        }
        entries_.emplace_front(key, Value{});
        places_.emplace(key, entries_.begin());
        return entries_.front().second;
    }

    bool empty() const noexcept { return entries_.empty(); }
    std::size_t size() const noexcept { return entries_.size(); }
    void clear() {
        places_.clear();
        entries_.clear();
    }

private:
    using Entries = std::list<std::pair<Key, Value>>;

    std::size_t size_max_;
    Entries entries_;  // the most recent first
    std::unordered_map<Key, typename Entries::iterator, Hash> places_;
};

}  // namespace bridge::intake
