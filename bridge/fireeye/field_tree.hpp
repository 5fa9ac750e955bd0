// The small tree that both front ends fold a notification into: known names, texts, order. It hides what differs
// between the dialects, so that one extractor serves all of them:
//   - attribute or element, key with or without '@': a child
//   - object or array: an array's elements are children of the array's name, one after the other
//   - text next to attributes: a field's own text, or a child of the field's own name, `value` or `content`
//   - number or string: text
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridge/fireeye/vocabulary.hpp"

namespace bridge::fireeye {

/// Owns the fields; texts are views into the body where it holds them as they are, so the body must outlive the tree.
class FieldTree {
public:
    using Index = std::uint32_t;
    static constexpr Index none = UINT32_MAX;
    static constexpr Index root_index = 0;
    /// Far above what 16 MiB of real alerts hold, and a bound on memory for what is not real.
    static constexpr std::size_t fields_max = 2'000'000;
    /// Nesting in a body, skipped parts of JSON included. Real ones stay below 20.
    static constexpr std::size_t depth_max = 128;

    FieldTree();

    /// Appends a child; `none` when the tree is full.
    Index add(Index parent, Name name);
    void set_text(Index field, std::string_view text) { at(field).text = text; }

    /// Keeps a text that is not in the body as it stands (entities, escapes) as long as the tree.
    std::string_view keep(std::string text) { return kept_.emplace_front(std::move(text)); }

    /// A JSON object or an XML element, be it empty: something, where a blank string is nothing.
    void mark_structure(Index field) { at(field).structure = true; }
    bool is_structure(Index field) const { return at(field).structure; }

    Name name(Index field) const { return at(field).name; }
    std::string_view raw_text(Index field) const { return at(field).text; }
    Index first_child(Index field) const { return at(field).first_child; }
    Index next(Index field) const { return at(field).next; }

    bool saw_alerts = false;      // a place for alerts, be it empty
    bool saw_legacy_key = false;  // a key with '@'
    bool saw_rest_key = false;    // a key that only the REST dialect has

private:
    struct Stored {
        std::string_view text;
        Index first_child;
        Index last_child;
        Index next;
        Name name;
        bool structure;
    };

    /// Fields lie in blocks that never move: a small body costs one allocation, a large one no copying.
    static constexpr std::size_t block_fields = 32;

    Stored& at(Index field) {
        return field < block_fields ? first_block_[field]
                                    : more_blocks_[field / block_fields - 1][field % block_fields];
    }
    const Stored& at(Index field) const {
        return field < block_fields ? first_block_[field]
                                    : more_blocks_[field / block_fields - 1][field % block_fields];
    }

    std::unique_ptr<Stored[]> first_block_;
    std::vector<std::unique_ptr<Stored[]>> more_blocks_;
    std::size_t size_ = 0;
    std::forward_list<std::string> kept_;
};

/// One field of a tree, or the absence of one: asking an absent field gives nothing, so that paths need no checks.
class Field {
public:
    Field() = default;
    Field(const FieldTree& tree, FieldTree::Index index) : tree_(&tree), index_(index) {}

    explicit operator bool() const { return tree_ != nullptr && index_ != FieldTree::none; }

    Name name() const { return *this ? tree_->name(index_) : Name::unknown; }

    /// The field's text without surrounding white space, from wherever the dialect puts it.
    std::string_view text() const;

    /// The first child of that name.
    Field child(Name name) const;

    /// The text of the first child of that name that has one.
    std::string_view text_of(Name name) const;

    bool is_structure() const { return *this && tree_->is_structure(index_); }

    template <class Visit>
    void for_each(Name name, Visit visit) const {
        if (!*this) {
            return;
        }
        for (auto at = tree_->first_child(index_); at != FieldTree::none; at = tree_->next(at)) {
            if (tree_->name(at) == name) {
                visit(Field(*tree_, at));
            }
        }
    }

private:
    friend class Children;

    Field sibling(FieldTree::Index index) const { return tree_ == nullptr ? Field() : Field(*tree_, index); }

    const FieldTree* tree_ = nullptr;
    FieldTree::Index index_ = FieldTree::none;
};

/// The children of a field, found once: for a field that is asked for many of them.
class Children {
public:
    explicit Children(Field parent);

    /// The first child of that name.
    Field operator[](Name name) const { return parent_.sibling(first_[static_cast<std::size_t>(name)]); }

    /// As Field::text_of.
    std::string_view text_of(Name name) const;

private:
    Field parent_;
    std::array<FieldTree::Index, name_count> first_;
};

std::string_view trimmed(std::string_view text);

}  // namespace bridge::fireeye
