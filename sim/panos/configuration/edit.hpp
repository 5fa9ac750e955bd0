// Changes to the candidate: set, edit, delete, rename, clone, move and others, with what the management server refuses.
// An Edit works on its own version of the tree, so that several of them can be applied together or not at all.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/panos/configuration/check.hpp"
#include "sim/panos/configuration/references.hpp"
#include "sim/panos/tree/xml.hpp"
#include "sim/panos/tree/xpath.hpp"

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

/// What an edit is told of the device.
struct EditTerms {
    bool multi_vsys = false;           // a further vsys can be made
    Version version{};                 // from 9.0 on every rule has a uuid, made by the device
    NodePtr pushed{};                  // what a template gave this device, <config>...; null: nothing
    References* references = nullptr;  // speeds up the checks of deletions
};

/// The names of a multi-move or multi-clone, as they are at the destination.
struct Gathered {
    Way to;
    std::vector<std::string> names;
};

class Edit {
public:
    Edit(NodePtr candidate, MarkPtr mark, EditTerms terms = {});

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

    /// Sets a value over the one that a template gave; refused where no template gave any.
    Outcome override_pushed(std::string_view xpath, const std::vector<Element>& elements);
    /// Moves or copies the objects that <selected-list><source xpath=".."><member>.. names into the container at
    /// `xpath`. Copies get the suffix -1 (or the next that is free).
    tl::expected<Gathered, Refusal> gather(std::string_view xpath, const std::vector<Element>& elements, bool copy);
    /// Puts a node of another configuration into the candidate at `way`, in place of what is there or merged into it.
    /// References are not looked at, as the commit will do that.
    Outcome load(const Way& way, const NodePtr& node, bool replace);

    const NodePtr& root() const noexcept { return root_; }
    const std::vector<JournalLine>& journal() const noexcept { return journal_; }
    std::vector<JournalLine> take_journal() noexcept { return std::exchange(journal_, {}); }
    /// The one object that was set or replaced, or something in it; empty when there may be more to it.
    const Way& object() const noexcept { return object_; }

private:
    NodePtr root_;
    MarkPtr mark_;
    EditTerms terms_;
    Node stamp_;  // holds the mark that all new nodes share
    std::vector<JournalLine> journal_;
    Way object_;

    tl::expected<Way, Refusal> way_of(std::string_view xpath) const;
    tl::expected<Way, Refusal> one_object(std::string_view xpath) const;
    InputTerms input() const;
    /// Users in `root_` of names that are gone from the scope.
    Lines users_of_gone(const Way& scope, Kind kind, std::unordered_set<std::string> names) const;
    Lines gather_from(const Element& source, const Way& to, bool copy, Gathered& out);
    bool may_be_named(const Way& scope, Kind kind, const std::string& name) const;
    void apply(const Way& way, const NodePtr& last, bool replace);
    void give_uuids(Way& way, const Node& draft, const NodePtr& before);
    Outcome put(Way way, const NodePtr& last, bool replace);
    void follow_rename(const Way& old_way, const std::string& new_name);
    std::int64_t next_place(const Node& parent) const;
    NodePtr marked(const Node& draft) const;
    void merge_at(NodePtr& slot, const Way& way, std::size_t depth, const NodePtr& last, std::size_t from);
    void merge(Node& node, const Node& draft, std::size_t depth, std::size_t touched_from);
    void change_at(const Way& way, const std::function<void(Node&)>& change);
    void touch(Node& node) const;
    void note(std::string action, Way way, Way object = {});
};

}  // namespace sim::panos
