#include "sim/panos/node.hpp"

#include <algorithm>

namespace sim::panos {
namespace {

constexpr std::size_t few_max = 24;

std::uint64_t mixed(std::uint64_t x) noexcept {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
}

std::uint64_t hash_of(std::string_view tag, std::string_view identity) noexcept {
    return mixed(std::hash<std::string_view>{}(tag)) ^ std::hash<std::string_view>{}(identity);
}

bool is(const Node& node, std::string_view tag, std::string_view identity) {
    return node.tag() == tag && node.identity() == identity;
}

template <class T>
T& owned(std::shared_ptr<const T>& pointer) {
    if (pointer.use_count() != 1) {
        pointer = std::make_shared<T>(*pointer);
    }
    return const_cast<T&>(*pointer);  // every T behind these pointers was made by make_shared<T>, not const
}

}  // namespace

// Treaps whose priorities come from their keys, so that the same keys have the same shape.
struct Children::Ordered {
    Child item;
    std::shared_ptr<const Ordered> left, right;
    std::uint64_t priority = 0;
    std::size_t size = 1;
    bool dirty = false;

    bool before(const Ordered& other) const noexcept { return item.place < other.item.place; }
    void refresh() noexcept {
        size = 1 + (left ? left->size : 0) + (right ? right->size : 0);
        dirty = item.node->dirty() || (left && left->dirty) || (right && right->dirty);
    }
};

struct Children::Indexed {
    std::uint64_t hash = 0;
    std::int64_t place = 0;
    std::shared_ptr<const Indexed> left, right;
    std::uint64_t priority = 0;

    bool before(const Indexed& other) const noexcept {
        return hash != other.hash ? hash < other.hash : place < other.place;
    }
    void refresh() noexcept {}
};

struct TreeWork {
    using Ordered = Children::Ordered;
    using Indexed = Children::Indexed;
    template <class T>
    using Ptr = std::shared_ptr<const T>;

    template <class T>
    static void split(Ptr<T> tree, const T& at, Ptr<T>& left, Ptr<T>& right) {
        if (!tree) {
            left = right = nullptr;
            return;
        }
        T& node = owned(tree);
        if (node.before(at)) {
            Ptr<T> rest = std::move(node.right);
            split(std::move(rest), at, node.right, right);
            node.refresh();
            left = std::move(tree);
        } else {
            Ptr<T> rest = std::move(node.left);
            split(std::move(rest), at, left, node.left);
            node.refresh();
            right = std::move(tree);
        }
    }

    template <class T>
    static Ptr<T> join(Ptr<T> left, Ptr<T> right) {
        if (!left || !right) {
            return left ? left : right;
        }
        if (left->priority > right->priority) {
            T& node = owned(left);
            node.right = join(std::move(node.right), std::move(right));
            node.refresh();
            return left;
        }
        T& node = owned(right);
        node.left = join(std::move(left), std::move(node.left));
        node.refresh();
        return right;
    }

    template <class T>
    static void insert(Ptr<T>& tree, Ptr<T> item) {
        if (!tree) {
            tree = std::move(item);
            return;
        }
        if (item->priority > tree->priority) {
            T& top = owned(item);
            split(std::move(tree), top, top.left, top.right);
            top.refresh();
            tree = std::move(item);
            return;
        }
        T& node = owned(tree);
        Ptr<T>& side = item->before(node) ? node.left : node.right;
        insert(side, std::move(item));
        node.refresh();
    }

    template <class T>
    static bool erase(Ptr<T>& tree, const T& key) {
        if (!tree) {
            return false;
        }
        const bool smaller = key.before(*tree);
        const bool larger = tree->before(key);
        T& node = owned(tree);
        if (!smaller && !larger) {
            Ptr<T> left = std::move(node.left);
            Ptr<T> right = std::move(node.right);
            tree = join(std::move(left), std::move(right));
            return true;
        }
        const bool found = erase(smaller ? node.left : node.right, key);
        node.refresh();
        return found;
    }

    static void insert_child(Children& children, NodePtr node, std::int64_t place) {
        const std::uint64_t hash = hash_of(node->tag(), node->identity());
        auto ordered = std::make_shared<Ordered>();
        ordered->item = Child{place, std::move(node)};
        ordered->priority = mixed(static_cast<std::uint64_t>(place));
        ordered->refresh();
        insert<Ordered>(children.by_place_, std::move(ordered));
        auto indexed = std::make_shared<Indexed>();
        indexed->hash = hash;
        indexed->place = place;
        indexed->priority = mixed(hash ^ mixed(static_cast<std::uint64_t>(place)));
        insert<Indexed>(children.by_identity_, std::move(indexed));
    }

    static const Ordered* at_place(const Children& children, std::int64_t place) {
        const Ordered* at = children.by_place_.get();
        while (at != nullptr && at->item.place != place) {
            at = place < at->item.place ? at->left.get() : at->right.get();
        }
        return at;
    }

    static const Child* look(const Children& children, const Indexed* at, std::uint64_t hash, std::string_view tag,
                             std::string_view identity) {
        while (at != nullptr) {
            if (hash == at->hash) {
                const Ordered* found = at_place(children, at->place);
                if (found != nullptr && is(*found->item.node, tag, identity)) {
                    return &found->item;
                }
                if (const Child* left = look(children, at->left.get(), hash, tag, identity)) {
                    return left;
                }
                at = at->right.get();
            } else {
                at = hash < at->hash ? at->left.get() : at->right.get();
            }
        }
        return nullptr;
    }

    static bool each(const Ordered* at, const Children::Visitor& visit, bool only_dirty) {
        if (at == nullptr || (only_dirty && !at->dirty)) {
            return true;
        }
        return each(at->left.get(), visit, only_dirty) &&
               ((only_dirty && !at->item.node->dirty()) || visit(at->item)) && each(at->right.get(), visit, only_dirty);
    }

    using Changed = std::vector<NodePtr>;

    static void all(const Ordered* at, Changed& out) {
        each(
            at, [&out](const Child& child) { return out.push_back(child.node), true; }, false);
    }

    // Equal keys stand at equal places of both trees, so that shared parts meet each other and are passed over.
    static void differ(Ptr<Ordered> before, Ptr<Ordered> after, Changed& gone, Changed& come) {
        if (before == after) {
            return;
        }
        if (!before || !after) {
            all(before.get(), gone);
            all(after.get(), come);
            return;
        }
        if (before->item.place == after->item.place) {
            if (before->item.node != after->item.node) {
                gone.push_back(before->item.node);
                come.push_back(after->item.node);
            }
            differ(before->left, after->left, gone, come);
            differ(before->right, after->right, gone, come);
            return;
        }
        Ptr<Ordered> left;
        Ptr<Ordered> right;
        if (before->priority > after->priority) {
            gone.push_back(before->item.node);
            split(std::move(after), *before, left, right);
            differ(before->left, std::move(left), gone, come);
            differ(before->right, std::move(right), gone, come);
        } else {
            come.push_back(after->item.node);
            split(std::move(before), *after, left, right);
            differ(std::move(left), after->left, gone, come);
            differ(std::move(right), after->right, gone, come);
        }
    }

    static void few(const Children& children, Changed& out) {
        children.each([&out](const Child& child) { return out.push_back(child.node), true; });
    }

    static void modify(std::shared_ptr<const Ordered>& tree, std::int64_t place,
                       const std::function<void(NodePtr&)>& change) {
        Ordered& node = owned(tree);
        if (node.item.place == place) {
            change(node.item.node);
        } else {
            modify(place < node.item.place ? node.left : node.right, place, change);
        }
        node.refresh();
    }
};

std::size_t Children::size() const noexcept {
    return by_place_ ? by_place_->size : few_.size();
}

bool Children::dirty() const noexcept {
    return by_place_ ? by_place_->dirty : few_dirty_;
}

const Child* Children::find(std::string_view tag, std::string_view identity) const {
    if (by_place_) {
        return TreeWork::look(*this, by_identity_.get(), hash_of(tag, identity), tag, identity);
    }
    for (const Child& child : few_) {
        if (is(*child.node, tag, identity)) {
            return &child;
        }
    }
    return nullptr;
}

void Children::each(const Visitor& visit) const {
    if (by_place_) {
        TreeWork::each(by_place_.get(), visit, false);
        return;
    }
    for (const Child& child : few_) {
        if (!visit(child)) {
            return;
        }
    }
}

void Children::each_dirty(const Visitor& visit) const {
    if (by_place_) {
        TreeWork::each(by_place_.get(), visit, true);
        return;
    }
    for (const Child& child : few_) {
        if (child.node->dirty() && !visit(child)) {
            return;
        }
    }
}

void Children::grow() {
    for (Child& child : few_) {
        TreeWork::insert_child(*this, std::move(child.node), child.place);
    }
    few_.clear();
    few_.shrink_to_fit();
    few_dirty_ = false;
}

void Children::look_again() noexcept {
    few_dirty_ = std::any_of(few_.begin(), few_.end(), [](const Child& child) { return child.node->dirty(); });
}

void Children::put(NodePtr node, std::int64_t place) {
    const Child* present = find(node->tag(), node->identity());
    if (present != nullptr && present->place == place) {
        const std::string tag = node->tag();
        const std::string identity(node->identity());
        modify(tag, identity, [&node](NodePtr& slot) { slot = std::move(node); });
        return;
    }
    if (present != nullptr) {
        erase(node->tag(), node->identity());
    }
    if (!by_place_ && few_.size() >= few_max) {
        grow();
    }
    if (by_place_) {
        while (TreeWork::at_place(*this, place) != nullptr) {
            ++place;  // a place may be taken in another version of the tree: next to it is as good
        }
        TreeWork::insert_child(*this, std::move(node), place);
        return;
    }
    auto at = std::lower_bound(few_.begin(), few_.end(), place,
                               [](const Child& child, std::int64_t wanted) { return child.place < wanted; });
    while (at != few_.end() && at->place == place) {
        ++place;
        ++at;
    }
    few_.insert(at, Child{place, std::move(node)});
    look_again();
}

bool Children::erase(std::string_view tag, std::string_view identity) {
    const Child* present = find(tag, identity);
    if (present == nullptr) {
        return false;
    }
    if (by_place_) {
        Ordered by_place;
        by_place.item.place = present->place;
        Indexed by_identity;
        by_identity.hash = hash_of(tag, identity);
        by_identity.place = present->place;
        TreeWork::erase<Indexed>(by_identity_, by_identity);
        TreeWork::erase<Ordered>(by_place_, by_place);
        return true;
    }
    few_.erase(few_.begin() + (present - few_.data()));
    look_again();
    return true;
}

bool Children::modify(std::string_view tag, std::string_view identity, const std::function<void(NodePtr&)>& change) {
    const Child* present = find(tag, identity);
    if (present == nullptr) {
        return false;
    }
    if (by_place_) {
        TreeWork::modify(by_place_, present->place, change);
        return true;
    }
    change(few_[static_cast<std::size_t>(present - few_.data())].node);
    look_again();
    return true;
}

void Children::differences(const Children& before, const Children& after, const Difference& tell) {
    TreeWork::Changed gone;
    TreeWork::Changed come;
    if (before.by_place_ && after.by_place_) {
        TreeWork::differ(before.by_place_, after.by_place_, gone, come);
    } else {
        TreeWork::few(before, gone);
        TreeWork::few(after, come);
    }
    for (const NodePtr& node : gone) {
        const Child* now = after.find(node->tag(), node->identity());
        if (now == nullptr || now->node != node) {
            tell(node, now == nullptr ? nullptr : now->node);
        }
    }
    for (const NodePtr& node : come) {
        if (before.find(node->tag(), node->identity()) == nullptr) {
            tell(nullptr, node);
        }
    }
}

std::optional<std::int64_t> Children::first_place() const {
    if (empty()) {
        return std::nullopt;
    }
    if (!by_place_) {
        return few_.front().place;
    }
    const Ordered* at = by_place_.get();
    while (at->left) {
        at = at->left.get();
    }
    return at->item.place;
}

std::optional<std::int64_t> Children::last_place() const {
    if (empty()) {
        return std::nullopt;
    }
    if (!by_place_) {
        return few_.back().place;
    }
    const Ordered* at = by_place_.get();
    while (at->right) {
        at = at->right.get();
    }
    return at->item.place;
}

std::optional<std::int64_t> Children::place_before(std::int64_t place) const {
    std::optional<std::int64_t> best;
    if (!by_place_) {
        for (const Child& child : few_) {
            if (child.place < place) {
                best = child.place;
            }
        }
        return best;
    }
    for (const Ordered* at = by_place_.get(); at != nullptr;) {
        if (at->item.place < place) {
            best = at->item.place;
            at = at->right.get();
        } else {
            at = at->left.get();
        }
    }
    return best;
}

std::optional<std::int64_t> Children::place_after(std::int64_t place) const {
    std::optional<std::int64_t> best;
    if (!by_place_) {
        for (const Child& child : few_) {
            if (child.place > place) {
                return child.place;
            }
        }
        return best;
    }
    for (const Ordered* at = by_place_.get(); at != nullptr;) {
        if (at->item.place > place) {
            best = at->item.place;
            at = at->left.get();
        } else {
            at = at->right.get();
        }
    }
    return best;
}

std::string_view identity_of(std::string_view tag, std::string_view value) noexcept {
    return tag == "entry" || tag == "member" ? value : std::string_view{};
}

std::string_view Node::identity() const noexcept {
    return identity_of(tag_, value_);
}

const Attributes& Node::attributes() const noexcept {
    static const Attributes none;
    return attributes_ ? *attributes_ : none;
}

const Tombs& Node::tombs() const noexcept {
    static const Tombs none;
    return tombs_ ? *tombs_ : none;
}

const Node* Node::child(std::string_view tag, std::string_view identity) const {
    const Child* found = children_.find(tag, identity);
    return found == nullptr ? nullptr : found->node.get();
}

NodePtr Node::child_ptr(std::string_view tag, std::string_view identity) const {
    const Child* found = children_.find(tag, identity);
    return found == nullptr ? nullptr : found->node;
}

std::string_view Node::text_of(std::string_view tag) const {
    const Node* found = child(tag);
    return found == nullptr ? std::string_view{} : std::string_view(found->value_);
}

void Node::set_attributes(Attributes attributes) {
    attributes_ = attributes.empty() ? nullptr : std::make_shared<const Attributes>(std::move(attributes));
}

void Node::set_mark(MarkPtr mark, bool fresh, bool moved) {
    mark_ = std::move(mark);
    fresh_ = fresh;
    moved_ = moved;
}

void Node::add_tomb(const Node& gone, MarkPtr mark) {
    if (!tombs_) {
        tombs_ = std::make_shared<Tombs>();
    }
    owned(tombs_).insert_or_assign(std::pair(gone.tag(), std::string(gone.identity())), std::move(mark));
}

void Node::drop_tomb(std::string_view tag, std::string_view identity) {
    if (!tombs_) {
        return;
    }
    const auto key = std::pair(std::string(tag), std::string(identity));
    if (!tombs_->contains(key)) {
        return;
    }
    if (tombs_->size() == 1) {
        tombs_ = nullptr;
        return;
    }
    owned(tombs_).erase(key);
}

void Node::set_tombs(Tombs tombs) {
    tombs_ = tombs.empty() ? nullptr : std::make_shared<Tombs>(std::move(tombs));
}

Node& own(NodePtr& pointer) {
    return owned(pointer);
}

NodePtr unmarked(const NodePtr& node) {
    if (!node || !node->dirty()) {
        return node;
    }
    auto copy = std::make_shared<Node>(*node);
    copy->set_mark(nullptr, false, false);
    copy->set_tombs({});
    node->children().each_dirty([&copy](const Child& child) {
        copy->children().put(unmarked(child.node), child.place);
        return true;
    });
    return copy;
}

bool same_content(const Node& left, const Node& right) {
    if (&left == &right) {
        return true;
    }
    if (left.tag() != right.tag() || left.value() != right.value() || left.attributes() != right.attributes() ||
        left.children().size() != right.children().size()) {
        return false;
    }
    std::vector<const Node*> others;
    others.reserve(right.children().size());
    right.children().each([&others](const Child& child) {
        others.push_back(child.node.get());
        return true;
    });
    std::size_t at = 0;
    bool same = true;
    left.children().each([&](const Child& child) {
        same = same_content(*child.node, *others[at++]);
        return same;
    });
    return same;
}

}  // namespace sim::panos
