#include "bridge/domain/name_list.hpp"

#include <algorithm>
#include <utility>

namespace bridge::domain {

void NameList::sort() {
    if (std::is_sorted(begin(), end())) {
        return;
    }
    std::vector<std::string_view> names(begin(), end());
    std::sort(names.begin(), names.end());
    NameList sorted;
    sorted.text_.reserve(text_.size());
    sorted.ends_.reserve(ends_.size());
    for (const std::string_view name : names) {
        sorted.push_back(name);
    }
    *this = std::move(sorted);
}

}  // namespace bridge::domain
