#include "bridge/fireeye/field_tree.hpp"

namespace bridge::fireeye {

FieldTree::FieldTree() : first_block_(std::make_unique_for_overwrite<Stored[]>(block_fields)), size_(1) {
    first_block_[root_index] = Stored{{}, none, none, none, Name::root, true};
}

FieldTree::Index FieldTree::add(Index parent, Name name) {
    if (size_ >= fields_max) {
        return none;
    }
    if (size_ == (more_blocks_.size() + 1) * block_fields) {
        more_blocks_.push_back(std::make_unique_for_overwrite<Stored[]>(block_fields));
    }
    const auto index = static_cast<Index>(size_++);
    at(index) = Stored{{}, none, none, none, name, false};
    Stored& above = at(parent);
    if (above.last_child == none) {
        above.first_child = index;
    } else {
        at(above.last_child).next = index;
    }
    above.last_child = index;
    return index;
}

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && is_blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::string_view Field::text() const {
    if (!*this) {
        return {};
    }
    if (const auto own = trimmed(tree_->raw_text(index_)); !own.empty()) {
        return own;
    }
    for (auto at = tree_->first_child(index_); at != FieldTree::none; at = tree_->next(at)) {
        const Name name = tree_->name(at);
        if (name == tree_->name(index_) || name == Name::value || name == Name::content) {
            if (const auto wrapped = trimmed(tree_->raw_text(at)); !wrapped.empty()) {
                return wrapped;
            }
        }
    }
    return {};
}

Field Field::child(Name name) const {
    if (*this) {
        for (auto at = tree_->first_child(index_); at != FieldTree::none; at = tree_->next(at)) {
            if (tree_->name(at) == name) {
                return Field(*tree_, at);
            }
        }
    }
    return {};
}

Children::Children(Field parent) : parent_(parent) {
    first_.fill(FieldTree::none);
    if (!parent) {
        return;
    }
    const FieldTree& tree = *parent.tree_;
    for (auto at = tree.first_child(parent.index_); at != FieldTree::none; at = tree.next(at)) {
        FieldTree::Index& first = first_[static_cast<std::size_t>(tree.name(at))];
        first = first == FieldTree::none ? at : first;
    }
}

std::string_view Children::text_of(Name name) const {
    const std::string_view text = (*this)[name].text();
    return text.empty() && (*this)[name] ? parent_.text_of(name) : text;
}

std::string_view Field::text_of(Name name) const {
    std::string_view found;
    for_each(name, [&](Field field) {
        if (found.empty()) {
            found = field.text();
        }
    });
    return found;
}

}  // namespace bridge::fireeye
