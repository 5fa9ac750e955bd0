// The configuration tree's node: a value that shares what it has in common with its earlier versions. Copying a tree
// is copying a pointer; changing one copies the way down to the change and nothing else, however large its siblings.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sim::panos {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;

class Node;
using NodePtr = std::shared_ptr<const Node>;

/// Who changed an uncommitted node, in which edit, and when: what `get` prints as admin, dirtyId and time.
struct Mark {
    std::string admin;
    std::uint64_t dirty_id = 0;
    Instant time{};
};
using MarkPtr = std::shared_ptr<const Mark>;

/// A child and its place among its siblings. Places are stable: an entry keeps its own in every version of the tree.
struct Child {
    std::int64_t place = 0;
    NodePtr node;
};

/// The children of a node, in order, found by identity. Few are kept in one block, many in two balanced trees
/// (by place, and by hash of the identity) that share their unchanged parts with other versions. Without a child it
/// costs a pointer.
class Children {
public:
    using Visitor = std::function<bool(const Child&)>;  // false ends the walk

    Children() noexcept = default;
    Children(const Children& other);
    Children(Children&& other) noexcept : store_(std::exchange(other.store_, 0)) {}
    Children& operator=(const Children& other);
    Children& operator=(Children&& other) noexcept;
    ~Children();

    std::size_t size() const noexcept;
    bool empty() const noexcept { return store_ == 0; }
    /// Some child, or something under it, is not committed.
    bool dirty() const noexcept;

    /// The child of that tag and identity (the name of an `entry`, the text of a `member`, nothing for others).
    const Child* find(std::string_view tag, std::string_view identity) const;

    /// All children in order.
    void each(const Visitor& visit) const;
    /// The dirty children in order; what is clean is not walked.
    void each_dirty(const Visitor& visit) const;

    /// Adds a child, or replaces the one of its identity, which then has the new place.
    void put(NodePtr node, std::int64_t place);
    /// Takes the child away; false when there is none.
    bool erase(std::string_view tag, std::string_view identity);
    /// Lets `change` replace or alter a child that keeps its identity; false when there is none.
    bool modify(std::string_view tag, std::string_view identity, const std::function<void(NodePtr&)>& change);

    /// Lets `change` replace or alter every dirty child; each keeps tag and identity. Costs by the dirty ones, and what
    /// no other version of the tree has is changed where it is.
    void change_dirty(const std::function<void(NodePtr&)>& change);

    /// What is in one of the two and not, or otherwise, in the other: `before` and `after` of an identity, one of them
    /// null when it is missing there. Costs by the differences, not by the size, when one is a version of the other.
    using Difference = std::function<void(const NodePtr& before, const NodePtr& after)>;
    static void differences(const Children& before, const Children& after, const Difference& tell);

    std::optional<std::int64_t> first_place() const;
    std::optional<std::int64_t> last_place() const;
    std::optional<std::int64_t> place_before(std::int64_t place) const;
    std::optional<std::int64_t> place_after(std::int64_t place) const;
    /// The neighbours of a place in the order; null at the end.
    const Child* before(std::int64_t place) const;
    const Child* after(std::int64_t place) const;

private:
    struct Few;
    struct Ordered;
    struct Indexed;
    struct Trees;
    friend struct TreeWork;

    std::uintptr_t store_ = 0;  // a Few, or a Trees with the lowest bit set; nothing without children

    Few* few() const noexcept;
    Trees* trees() const noexcept;
    void become(Few* few) noexcept;
    void become(Trees* trees) noexcept;
    void clear() noexcept;
    void grow();
};

using Attributes = std::vector<std::pair<std::string, std::string>>;

/// What was deleted under a node and is not committed: for each a node with its tag and identity, marked by the
/// deletion. A tree like the children, so that a long row of deletions does not cost more each time.
using Tombs = Children;

class Node {
public:
    Node(std::string_view tag, std::string value);
    Node(const Node& other);
    Node(Node&& other) noexcept;
    Node& operator=(const Node&) = delete;
    Node& operator=(Node&&) = delete;
    ~Node();

    const std::string& tag() const noexcept { return *reinterpret_cast<const std::string*>(tag_ & ~std::uintptr_t{1}); }
    /// The name of an `entry`, the text of anything else.
    const std::string& value() const noexcept { return value_; }
    bool is_entry() const noexcept { return tag() == std::string_view("entry"); }
    /// What tells it from its siblings of the same tag.
    std::string_view identity() const noexcept;
    /// For messages: an entry's name, any other node's tag.
    const std::string& label() const noexcept { return is_entry() ? value_ : tag(); }

    const Attributes& attributes() const noexcept;
    const Children& children() const noexcept { return children_; }
    const Node* child(std::string_view tag, std::string_view identity = {}) const;
    NodePtr child_ptr(std::string_view tag, std::string_view identity = {}) const;
    /// Text of a child leaf, or empty.
    std::string_view text_of(std::string_view tag) const;

    const MarkPtr& mark() const noexcept;
    /// Made or replaced as a whole by its mark's edit: nothing of the committed node of its name is left in it.
    bool fresh() const noexcept;
    /// Given another place among its siblings by its mark's edit.
    bool moved() const noexcept;
    const Tombs& tombs() const noexcept;
    bool dirty() const noexcept { return mark() != nullptr || !tombs().empty() || children_.dirty(); }

    void set_value(std::string value) { value_ = std::move(value); }
    void set_attributes(Attributes attributes);
    void set_mark(MarkPtr mark, bool fresh, bool moved);
    /// Takes away its mark and its deletions; attributes stay.
    void unmark();
    /// Takes over another node's mark, attributes and deletions, sharing them: thousands of nodes of one edit hold one.
    void share_state_of(const Node& other) noexcept;
    void add_tomb(const Node& gone, MarkPtr mark);
    void drop_tomb(std::string_view tag, std::string_view identity);
    void set_tombs(Tombs tombs);
    Children& children() noexcept { return children_; }

private:
    struct State;

    std::uintptr_t tag_;  // one of the common tags, or with the lowest bit set a string of its own
    std::string value_;
    Children children_;
    State* state_ = nullptr;  // what few nodes have; counted, shared by copies

    State& own_state();
    void drop_state() noexcept;
    void tidy_state() noexcept;
};

/// The node behind `pointer`, for changing: itself when nobody else holds it, a copy otherwise.
Node& own(NodePtr& pointer);

/// The identity under which a node of that tag and value is kept.
std::string_view identity_of(std::string_view tag, std::string_view value) noexcept;

/// A whole subtree without any mark, sharing what has none. What nobody else holds is not copied: move in a tree that
/// is not needed with its marks.
NodePtr unmarked(NodePtr node);

inline constexpr std::int64_t place_gap = std::int64_t{1} << 32U;

/// Same tags, values, attributes and order all the way down; marks don't count.
bool same_content(const Node& left, const Node& right);

/// How often children were compared with a name or walked, by this thread, since the program began: what tests of
/// scale compare, because it does not depend on the machine.
std::uint64_t nodes_visited() noexcept;

}  // namespace sim::panos
