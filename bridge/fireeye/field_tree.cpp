#include "bridge/fireeye/field_tree.hpp"

namespace bridge::fireeye {

FieldTree::FieldTree() {
    blocks_.push_back(std::make_unique<Stored[]>(block_fields));
    size_ = 1;
    at(root_index).name = Name::root;
    at(root_index).structure = true;
}

FieldTree::Index FieldTree::add(Index parent, Name name) {
    if (size_ >= fields_max) {
        return none;
    }
    if (size_ == blocks_.size() * block_fields) {
        blocks_.push_back(std::make_unique<Stored[]>(block_fields));
    }
    const auto index = static_cast<Index>(size_++);
    at(index).name = name;
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
    constexpr std::string_view blanks = " \t\r\n\f\v";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
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
