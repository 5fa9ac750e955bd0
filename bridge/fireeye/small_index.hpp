// Keys in order of arrival, each once. An alert has two or three of a kind, for which a scan is fastest; a hostile one
// has a hundred thousand, for which a scan of all for each would take minutes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace bridge::fireeye {

template <class Key>
class SmallIndex {
public:
    std::optional<std::size_t> find(const Key& key) const {
        if (keys_.size() <= scanned_max) {
            const auto found = std::find(keys_.begin(), keys_.end(), key);
            return found == keys_.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - keys_.begin()));
        }
        const auto found = positions_.find(key);
        return found == positions_.end() ? std::nullopt : std::optional(found->second);
    }

    bool contains(const Key& key) const { return find(key).has_value(); }

    /// False, and nothing changes, when the key is there already.
    bool add(const Key& key) {
        if (contains(key)) {
            return false;
        }
        keys_.push_back(key);
        if (keys_.size() == scanned_max + 1) {
            for (std::size_t i = 0; i < keys_.size(); ++i) {
                positions_.emplace(keys_[i], i);
            }
        } else if (keys_.size() > scanned_max) {
            positions_.emplace(key, keys_.size() - 1);
        }
        return true;
    }

    std::size_t size() const { return keys_.size(); }

private:
    static constexpr std::size_t scanned_max = 16;

    std::vector<Key> keys_;
    std::map<Key, std::size_t> positions_;  // empty while a scan does
};

}  // namespace bridge::fireeye
