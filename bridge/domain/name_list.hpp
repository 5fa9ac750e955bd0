// Many names in little memory, such as a device lists: one behind the other in one text, four bytes more for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace bridge::domain {

/// Keeps repetitions, and the order until it is sorted. Holds 4 GiB of text at most; what fills it reads answers that
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
    NameList(std::initializer_list<std::string_view> names) : NameList(names.begin(), names.end()) {}
    template <typename From>
    NameList(From begin, From end) {
        for (; begin != end; ++begin) {
            push_back(*begin);
        }
    }

    void push_back(std::string_view name) {
        text_ += name;
        ends_.push_back(static_cast<std::uint32_t>(text_.size()));
    }

    std::size_t size() const noexcept { return ends_.size(); }
    bool empty() const noexcept { return ends_.empty(); }
    std::string_view operator[](std::size_t at) const {
        const std::size_t begin = at == 0 ? 0 : ends_[at - 1];
        return std::string_view(text_).substr(begin, ends_[at] - begin);
    }
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }

    /// Byte by byte, ascending. Whoever looks all of them up is faster then.
    void sort();

    bool operator==(const NameList&) const = default;

private:
    std::string text_;
    std::vector<std::uint32_t> ends_;  // where each name ends
};

}  // namespace bridge::domain
