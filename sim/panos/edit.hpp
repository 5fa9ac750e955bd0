// Changes to the candidate: set, edit, delete, rename, clone, move, with what the management server refuses. An Edit
// works on its own version of the tree, so that several of them can be applied together or not at all.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/panos/check.hpp"
#include "sim/panos/xml.hpp"
#include "sim/panos/xpath.hpp"

namespace sim::panos {

/// An answer with status="error": the code (0: none is printed) and the lines.
struct Refusal {
    int code = 0;
    Lines lines;
};

enum class Applied { changed, nothing_there };
using Outcome = tl::expected<Applied, Refusal>;

/// One uncommitted change as `show config list changes` tells it.
struct JournalLine {
    MarkPtr mark;
    std::string action;  // CREATE, EDIT, DELETE, ...
    Way way;
};

class Edit {
public:
    Edit(NodePtr candidate, MarkPtr mark) : root_(std::move(candidate)), mark_(std::move(mark)) {}

    /// Merges the elements into the node at `xpath`, which is made with its parents when missing.
    Outcome set(std::string_view xpath, const std::vector<Element>& elements);
    /// Replaces the node at `xpath` by the element, whose tag and name must be those of the last step.
    Outcome edit(std::string_view xpath, const std::vector<Element>& elements);
    /// Removes all that `xpath` selects, or nothing when something of it is still referred to.
    Outcome erase(std::string_view xpath);
    Outcome rename(std::string_view xpath, std::string_view new_name);
    Outcome clone(std::string_view container_xpath, std::string_view from_xpath, std::string_view new_name);
    /// `where`: top, bottom, before or after the sibling named `sibling`.
    Outcome move(std::string_view xpath, std::string_view where, std::string_view sibling);

    const NodePtr& root() const noexcept { return root_; }
    const std::vector<JournalLine>& journal() const noexcept { return journal_; }

private:
    NodePtr root_;
    MarkPtr mark_;
    std::vector<JournalLine> journal_;

    tl::expected<Way, Refusal> way_of(std::string_view xpath) const;
    Outcome put(const Way& way, const NodePtr& draft, bool replace);
    void follow_rename(const Way& old_way, const std::string& new_name);
    std::int64_t next_place(const Node& parent) const;
    NodePtr marked(const Node& draft) const;
    void merge(Node& node, const Node& draft, std::size_t depth, std::size_t touched_from);
    void change_at(const Way& way, const std::function<void(Node&)>& change);
    void touch(Node& node) const;
    void note(std::string action, Way way);
};

}  // namespace sim::panos
