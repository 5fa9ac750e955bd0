#include "bridge/domain/firewall/name_list.hpp"

namespace bridge::domain {

void NameList::push_back(std::string_view name) {
    constexpr std::size_t least = 256;
    constexpr std::size_t most = std::size_t{1} << offset_bits;
    const auto size = static_cast<std::uint32_t>(name.size());
    const std::size_t needed = sizeof(size) + name.size();
    if (blocks_.empty() || used_ + needed > block_bytes_) {
        block_bytes_ = std::max(needed, std::clamp(2 * block_bytes_, least, most));
        blocks_.emplace_back(new char[block_bytes_]);
        used_ = 0;
    }
    char* const at = blocks_.back().get() + used_;
    std::memcpy(at, &size, sizeof(size));
    std::copy(name.begin(), name.end(), at + sizeof(size));
    places_.push_back(static_cast<Place>(((blocks_.size() - 1) << offset_bits) | used_));
    used_ += needed;
}

void NameList::sort() {
    std::sort(places_.begin(), places_.end(),
              [this](Place left, Place right) { return name_at(left) < name_at(right); });
}

}  // namespace bridge::domain
