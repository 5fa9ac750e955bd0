// Many names in little memory, such as a device lists: a hundred thousand of 22 characters take 3 MB, also while the
// list grows and while it is sorted.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string_view>
#include <vector>

namespace bridge::domain {

/// Keeps repetitions, and the order until it is sorted. Takes 4 GiB of text at most; what fills it reads answers that
/// are bounded far below.
class NameList {
public:
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;  // it makes what it points to
        using iterator_concept = std::forward_iterator_tag;
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = std::string_view;

        Iterator(const NameList& list, std::size_t at) : list_(&list), at_(at) {}
        std::string_view operator*() const { return (*list_)[at_]; }
        Iterator& operator++() {
            ++at_;
            return *this;
        }
        Iterator operator++(int) {
            const Iterator before = *this;
            ++at_;
            return before;
        }
        bool operator==(const Iterator& other) const { return at_ == other.at_; }

    private:
        const NameList* list_;
        std::size_t at_;
    };

    NameList() = default;
    NameList(const NameList& other) : NameList(other.begin(), other.end()) {}
    NameList(NameList&& other) noexcept = default;
    NameList& operator=(const NameList& other) { return *this = NameList(other); }
    NameList& operator=(NameList&& other) noexcept = default;
    ~NameList() = default;
    NameList(std::initializer_list<std::string_view> listed) : NameList(listed.begin(), listed.end()) {}
    template <typename From>
    NameList(From begin, From end) {
        for (; begin != end; ++begin) {
            push_back(*begin);
        }
    }

    void push_back(std::string_view name);

    std::size_t size() const noexcept { return places_.size(); }
    bool empty() const noexcept { return places_.empty(); }
    std::string_view operator[](std::size_t at) const { return name_at(places_[at]); }
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }

    /// Byte by byte, ascending. Whoever looks all of them up is faster then.
    void sort();

    bool operator==(const NameList& other) const { return std::equal(begin(), end(), other.begin(), other.end()); }

private:
    /// Which block of the text, and where in it the name's size stands, before the name.
    using Place = std::uint32_t;
    static constexpr unsigned offset_bits = 16;

    std::string_view name_at(Place place) const {
        const char* const at = blocks_[place >> offset_bits].get() + (place & ((1U << offset_bits) - 1));
        std::uint32_t size = 0;
        std::memcpy(&size, at, sizeof(size));
        return {at + sizeof(size), size};
    }

    std::vector<std::unique_ptr<char[]>> blocks_;
    std::size_t used_ = 0;  // of the last block
    std::size_t block_bytes_ = 0;
    std::vector<Place> places_;
};

}  // namespace bridge::domain
