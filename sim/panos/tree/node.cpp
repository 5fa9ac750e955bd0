#include "sim/panos/tree/node.hpp"

#include <algorithm>
#include <atomic>
#include <new>
#include <span>
#include <unordered_set>

#include "sim/panos/tree/splitmix.hpp"

namespace sim::panos {
namespace {

thread_local std::uint64_t visited = 0;

constexpr std::size_t few_max = 24;

std::uint64_t hash_of(std::string_view tag, std::string_view identity) noexcept {
    return mixed(std::hash<std::string_view>{}(tag)) ^ std::hash<std::string_view>{}(identity);
}

bool is(const Node& node, std::string_view tag, std::string_view identity) {
    ++visited;
    return node.tag() == tag && node.identity() == identity;
}

template <class T>
T& owned(std::shared_ptr<const T>& pointer) {
    if (pointer.use_count() != 1) {
        pointer = std::make_shared<T>(*pointer);
    }
    return const_cast<T&>(*pointer);  // every T behind these pointers was made by make_shared<T>, not const
}

// Tags that most nodes have, so that a node holds a pointer instead of a text.
const std::string* common_tag(std::string_view tag) {
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    static const auto& tags = *new std::unordered_set<std::string, Hash, std::equal_to<>>{"",
                                                                                          "config",
                                                                                          "shared",
                                                                                          "devices",
                                                                                          "entry",
                                                                                          "member",
                                                                                          "vsys",
                                                                                          "address",
                                                                                          "address-group",
                                                                                          "static",
                                                                                          "dynamic",
                                                                                          "filter",
                                                                                          "tag",
                                                                                          "color",
                                                                                          "comments",
                                                                                          "description",
                                                                                          "ip-netmask",
                                                                                          "ip-range",
                                                                                          "ip-wildcard",
                                                                                          "fqdn",
                                                                                          "service",
                                                                                          "service-group",
                                                                                          "members",
                                                                                          "protocol",
                                                                                          "tcp",
                                                                                          "udp",
                                                                                          "port",
                                                                                          "source-port",
                                                                                          "external-list",
                                                                                          "type",
                                                                                          "ip",
                                                                                          "domain",
                                                                                          "url",
                                                                                          "predefined-ip",
                                                                                          "predefined-url",
                                                                                          "imsi",
                                                                                          "imei",
                                                                                          "recurring",
                                                                                          "five-minute",
                                                                                          "hourly",
                                                                                          "daily",
                                                                                          "weekly",
                                                                                          "monthly",
                                                                                          "rulebase",
                                                                                          "pre-rulebase",
                                                                                          "post-rulebase",
                                                                                          "security",
                                                                                          "rules",
                                                                                          "nat",
                                                                                          "from",
                                                                                          "to",
                                                                                          "source",
                                                                                          "destination",
                                                                                          "source-user",
                                                                                          "category",
                                                                                          "application",
                                                                                          "action",
                                                                                          "log-start",
                                                                                          "log-end",
                                                                                          "log-setting",
                                                                                          "negate-source",
                                                                                          "negate-destination",
                                                                                          "disabled",
                                                                                          "hip-profiles",
                                                                                          "source-hip",
                                                                                          "destination-hip",
                                                                                          "schedule",
                                                                                          "profile-setting",
                                                                                          "profiles",
                                                                                          "group",
                                                                                          "virus",
                                                                                          "spyware",
                                                                                          "vulnerability",
                                                                                          "url-filtering",
                                                                                          "file-blocking",
                                                                                          "wildfire-analysis",
                                                                                          "data-filtering",
                                                                                          "zone",
                                                                                          "network",
                                                                                          "layer3",
                                                                                          "layer2",
                                                                                          "tap",
                                                                                          "virtual-wire",
                                                                                          "interface",
                                                                                          "ethernet",
                                                                                          "loopback",
                                                                                          "tunnel",
                                                                                          "vlan",
                                                                                          "units",
                                                                                          "virtual-router",
                                                                                          "routing-table",
                                                                                          "static-route",
                                                                                          "nexthop",
                                                                                          "ip-address",
                                                                                          "import",
                                                                                          "deviceconfig",
                                                                                          "system",
                                                                                          "setting",
                                                                                          "device-group",
                                                                                          "template",
                                                                                          "template-stack",
                                                                                          "application-group",
                                                                                          "application-filter",
                                                                                          "profile-group",
                                                                                          "log-settings",
                                                                                          "match-list",
                                                                                          "region",
                                                                                          "rule-type",
                                                                                          "option",
                                                                                          "disable-override",
                                                                                          "users",
                                                                                          "mgt-config",
                                                                                          "default",
                                                                                          "mode",
                                                                                          "default-action",
                                                                                          "packet-capture",
                                                                                          "severity",
                                                                                          "threat-name",
                                                                                          "host",
                                                                                          "risk",
                                                                                          "technology",
                                                                                          "subcategory",
                                                                                          "signature",
                                                                                          "timeout",
                                                                                          "list",
                                                                                          "custom-url-category",
                                                                                          "target",
                                                                                          "uuid"};
    const auto found = tags.find(tag);
    return found == tags.end() ? nullptr : &*found;
}

}  // namespace

std::uint64_t nodes_visited() noexcept {
    return visited;
}

// Treaps whose priorities come from their keys, so that the same keys have the same shape.
struct Children::Ordered {
    Child item;
    std::shared_ptr<const Ordered> left, right;
    std::uint32_t size = 1;
    bool dirty = false;

    std::uint64_t priority() const noexcept { return mixed(static_cast<std::uint64_t>(item.place)); }
    bool before(const Ordered& other) const noexcept { return item.place < other.item.place; }
    void refresh() noexcept {
        size = 1U + (left ? left->size : 0) + (right ? right->size : 0);
        dirty = item.node->dirty() || (left && left->dirty) || (right && right->dirty);
    }
};

struct Children::Indexed {
    std::uint64_t hash = 0;
    std::int64_t place = 0;
    std::shared_ptr<const Indexed> left, right;

    std::uint64_t priority() const noexcept { return mixed(hash ^ mixed(static_cast<std::uint64_t>(place))); }
    bool before(const Indexed& other) const noexcept {
        return hash != other.hash ? hash < other.hash : place < other.place;
    }
    void refresh() noexcept {}
};

struct Children::Trees {
    std::shared_ptr<const Ordered> by_place;
    std::shared_ptr<const Indexed> by_identity;
};

// A head, and behind it in the same piece of memory room for `capacity` children, of which `size` are there.
struct Children::Few {
    std::uint8_t size = 0;
    std::uint8_t capacity = 0;
    bool dirty = false;

    static Few* make(std::size_t capacity) {
        static_assert(few_max < 255);
        void* const memory = ::operator new(head + capacity * sizeof(Child));
        Few* const few = new (memory) Few;
        few->capacity = static_cast<std::uint8_t>(capacity);
        return few;
    }
    static void destroy(Few* few) noexcept {
        std::destroy(few->begin(), few->end());
        ::operator delete(static_cast<void*>(few));
    }
    Child* begin() noexcept { return reinterpret_cast<Child*>(reinterpret_cast<std::byte*>(this) + head); }
    Child* end() noexcept { return begin() + size; }

    void push_back(Child child) noexcept {
        new (static_cast<void*>(end())) Child(std::move(child));
        ++size;
    }
    /// A walk over them waits for memory more than it works.
    void fetch_all() noexcept {
        for (const Child& child : *this) {
            __builtin_prefetch(child.node.get());
        }
    }
    void look_again() noexcept {
        dirty = std::any_of(begin(), end(), [](const Child& child) { return child.node->dirty(); });
    }

private:
    static constexpr std::size_t head = alignof(Child);
};

Children::Few* Children::few() const noexcept {
    return (store_ & 1U) != 0 ? nullptr : reinterpret_cast<Few*>(store_);
}

Children::Trees* Children::trees() const noexcept {
    return (store_ & 1U) == 0 ? nullptr : reinterpret_cast<Trees*>(store_ & ~std::uintptr_t{1});
}

void Children::become(Few* few) noexcept {
    store_ = reinterpret_cast<std::uintptr_t>(few);
}

void Children::become(Trees* trees) noexcept {
    store_ = reinterpret_cast<std::uintptr_t>(trees) | 1U;
}

void Children::clear() noexcept {
    if (Trees* const all = trees()) {
        delete all;
    } else if (Few* const block = few()) {
        Few::destroy(block);
    }
    store_ = 0;
}

Children::Children(const Children& other) {
    if (const Trees* const all = other.trees()) {
        become(new Trees(*all));
    } else if (Few* const block = other.few()) {
        Few* const copy = Few::make(block->size);
        for (const Child& child : *block) {
            copy->push_back(child);
        }
        copy->dirty = block->dirty;
        become(copy);
    }
}

Children& Children::operator=(const Children& other) {
    if (this != &other) {
        Children copy(other);
        std::swap(store_, copy.store_);
    }
    return *this;
}

Children& Children::operator=(Children&& other) noexcept {
    std::swap(store_, other.store_);
    return *this;
}

Children::~Children() {
    clear();
}

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
        if (left->priority() > right->priority()) {
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
        if (item->priority() > tree->priority()) {
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

    static void insert_child(Children::Trees& trees, NodePtr node, std::int64_t place) {
        const std::uint64_t hash = hash_of(node->tag(), node->identity());
        auto ordered = std::make_shared<Ordered>();
        ordered->item = Child{place, std::move(node)};
        ordered->refresh();
        insert<Ordered>(trees.by_place, std::move(ordered));
        auto indexed = std::make_shared<Indexed>();
        indexed->hash = hash;
        indexed->place = place;
        insert<Indexed>(trees.by_identity, std::move(indexed));
    }

    static const Ordered* at_place(const Children::Trees& trees, std::int64_t place) {
        const Ordered* at = trees.by_place.get();
        while (at != nullptr && at->item.place != place) {
            ++visited;
            at = place < at->item.place ? at->left.get() : at->right.get();
        }
        return at;
    }

    static const Child* look(const Children::Trees& trees, const Indexed* at, std::uint64_t hash, std::string_view tag,
                             std::string_view identity) {
        while (at != nullptr) {
            ++visited;
            if (hash == at->hash) {
                const Ordered* found = at_place(trees, at->place);
                if (found != nullptr && is(*found->item.node, tag, identity)) {
                    return &found->item;
                }
                if (const Child* left = look(trees, at->left.get(), hash, tag, identity)) {
                    return left;
                }
                at = at->right.get();
            } else {
                at = hash < at->hash ? at->left.get() : at->right.get();
            }
        }
        return nullptr;
    }

    // A walk over all children waits for memory more than it works: what comes next is asked for early.
    static void fetch_soon(const Ordered& at) noexcept {
        __builtin_prefetch(at.item.node.get());
        __builtin_prefetch(at.right.get());
    }

    static bool each(const Ordered* at, const Children::Visitor& visit, bool only_dirty) {
        if (at == nullptr || (only_dirty && !at->dirty)) {
            return true;
        }
        ++visited;
        fetch_soon(*at);
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
        if (before->priority() > after->priority()) {
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

    // Of two short lists what is left when their common beginning and end, as versions of one list have, are passed
    // over.
    static std::pair<std::span<const Child>, std::span<const Child>> unlike(Children::Few* before,
                                                                            Children::Few* after) {
        using Row = std::span<const Child>;
        Row left = before == nullptr ? Row{} : Row(before->begin(), before->size);
        Row right = after == nullptr ? Row{} : Row(after->begin(), after->size);
        while (!left.empty() && !right.empty() && left.front().node == right.front().node) {
            left = left.subspan(1);
            right = right.subspan(1);
            ++visited;
        }
        while (!left.empty() && !right.empty() && left.back().node == right.back().node) {
            left = left.first(left.size() - 1);
            right = right.first(right.size() - 1);
            ++visited;
        }
        return {left, right};
    }

    static void few(const Children& children, Changed& out) {
        children.each([&out](const Child& child) { return out.push_back(child.node), true; });
    }

    static void change_dirty(Ptr<Ordered>& tree, const std::function<void(NodePtr&)>& change) {
        if (!tree || !tree->dirty) {
            return;
        }
        ++visited;
        fetch_soon(*tree);
        Ordered& node = owned(tree);
        change_dirty(node.left, change);
        if (node.item.node->dirty()) {
            change(node.item.node);
        }
        change_dirty(node.right, change);
        node.refresh();
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
    if (const Trees* const all = trees()) {
        return all->by_place ? all->by_place->size : 0;
    }
    const Few* const block = few();
    return block == nullptr ? 0 : block->size;
}

bool Children::dirty() const noexcept {
    if (const Trees* const all = trees()) {
        return all->by_place && all->by_place->dirty;
    }
    const Few* const block = few();
    return block != nullptr && block->dirty;
}

const Child* Children::find(std::string_view tag, std::string_view identity) const {
    if (const Trees* const all = trees()) {
        return TreeWork::look(*all, all->by_identity.get(), hash_of(tag, identity), tag, identity);
    }
    if (Few* const block = few()) {
        for (const Child& child : *block) {
            if (is(*child.node, tag, identity)) {
                return &child;
            }
        }
    }
    return nullptr;
}

void Children::each(const Visitor& visit) const {
    if (const Trees* const all = trees()) {
        TreeWork::each(all->by_place.get(), visit, false);
    } else if (Few* const block = few()) {
        block->fetch_all();
        for (const Child& child : *block) {
            ++visited;
            if (!visit(child)) {
                return;
            }
        }
    }
}

void Children::each_dirty(const Visitor& visit) const {
    if (const Trees* const all = trees()) {
        TreeWork::each(all->by_place.get(), visit, true);
    } else if (Few* const block = few()) {
        for (const Child& child : *block) {
            ++visited;
            if (child.node->dirty() && !visit(child)) {
                return;
            }
        }
    }
}

void Children::grow() {
    auto all = std::make_unique<Trees>();
    for (Child& child : *few()) {
        TreeWork::insert_child(*all, std::move(child.node), child.place);
    }
    Few::destroy(few());
    become(all.release());
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
    if (few() != nullptr && few()->size >= few_max) {
        grow();
    }
    if (Trees* const all = trees()) {
        while (TreeWork::at_place(*all, place) != nullptr) {
            ++place;  // a place may be taken in another version of the tree: next to it is as good
        }
        TreeWork::insert_child(*all, std::move(node), place);
        return;
    }
    Few* const old = few();
    const std::size_t size = old == nullptr ? 0 : old->size;
    Few* block = old;
    if (old == nullptr || old->size == old->capacity) {
        block = Few::make(size < 4 ? size + 1 : std::min(few_max, size + size / 2));
    }
    std::size_t at = 0;
    while (at < size && old->begin()[at].place < place) {
        ++at;
    }
    std::size_t after = at;
    while (after < size && old->begin()[after].place == place) {
        ++place;
        ++after;
    }
    at = after;
    if (block != old) {
        for (std::size_t i = 0; i < size; ++i) {
            block->push_back(std::move(old->begin()[i]));
        }
        if (old != nullptr) {
            Few::destroy(old);
        }
        become(block);
    }
    block->push_back(Child{place, std::move(node)});
    std::rotate(block->begin() + at, block->end() - 1, block->end());
    block->look_again();
}

bool Children::erase(std::string_view tag, std::string_view identity) {
    const Child* present = find(tag, identity);
    if (present == nullptr) {
        return false;
    }
    if (Trees* const all = trees()) {
        Ordered by_place;
        by_place.item.place = present->place;
        Indexed by_identity;
        by_identity.hash = hash_of(tag, identity);
        by_identity.place = present->place;
        TreeWork::erase<Indexed>(all->by_identity, by_identity);
        TreeWork::erase<Ordered>(all->by_place, by_place);
        if (!all->by_place) {
            clear();
        }
        return true;
    }
    Few* const block = few();
    if (block->size == 1) {
        clear();
        return true;
    }
    Child* const at = block->begin() + (present - block->begin());
    std::move(at + 1, block->end(), at);
    std::destroy_at(block->end() - 1);
    --block->size;
    block->look_again();
    return true;
}

bool Children::modify(std::string_view tag, std::string_view identity, const std::function<void(NodePtr&)>& change) {
    const Child* present = find(tag, identity);
    if (present == nullptr) {
        return false;
    }
    if (Trees* const all = trees()) {
        TreeWork::modify(all->by_place, present->place, change);
        return true;
    }
    Few* const block = few();
    change(block->begin()[present - block->begin()].node);
    block->look_again();
    return true;
}

void Children::change_dirty(const std::function<void(NodePtr&)>& change) {
    if (Trees* const all = trees()) {
        TreeWork::change_dirty(all->by_place, change);
    } else if (Few* const block = few()) {
        block->fetch_all();
        for (Child& child : *block) {
            ++visited;
            if (child.node->dirty()) {
                change(child.node);
            }
        }
        block->look_again();
    }
}

void Children::differences(const Children& before, const Children& after, const Difference& tell) {
    if (before.empty() || after.empty()) {
        before.each([&tell](const Child& child) { return tell(child.node, nullptr), true; });
        after.each([&tell](const Child& child) { return tell(nullptr, child.node), true; });
        return;
    }
    const auto went = [&](const NodePtr& node) {
        const Child* now = after.find(node->tag(), node->identity());
        if (now == nullptr || now->node != node) {
            tell(node, now == nullptr ? nullptr : now->node);
        }
    };
    const auto came = [&](const NodePtr& node) {
        if (before.find(node->tag(), node->identity()) == nullptr) {
            tell(nullptr, node);
        }
    };
    if (before.trees() == nullptr && after.trees() == nullptr) {
        const auto [gone, come] = TreeWork::unlike(before.few(), after.few());
        std::for_each(gone.begin(), gone.end(), [&](const Child& child) { went(child.node); });
        std::for_each(come.begin(), come.end(), [&](const Child& child) { came(child.node); });
        return;
    }
    TreeWork::Changed gone;
    TreeWork::Changed come;
    if (before.trees() != nullptr && after.trees() != nullptr) {
        TreeWork::differ(before.trees()->by_place, after.trees()->by_place, gone, come);
    } else {
        TreeWork::few(before, gone);
        TreeWork::few(after, come);
    }
    // Where nothing left, what came was not there before under its name, and the other way round.
    if (gone.empty()) {
        std::for_each(come.begin(), come.end(), [&tell](const NodePtr& node) { tell(nullptr, node); });
        return;
    }
    if (come.empty()) {
        std::for_each(gone.begin(), gone.end(), [&tell](const NodePtr& node) { tell(node, nullptr); });
        return;
    }
    std::for_each(gone.begin(), gone.end(), went);
    std::for_each(come.begin(), come.end(), came);
}

std::optional<std::int64_t> Children::first_place() const {
    if (empty()) {
        return std::nullopt;
    }
    if (Few* const block = few()) {
        return block->begin()->place;
    }
    const Ordered* at = trees()->by_place.get();
    while (at->left) {
        at = at->left.get();
    }
    return at->item.place;
}

std::optional<std::int64_t> Children::last_place() const {
    if (empty()) {
        return std::nullopt;
    }
    if (Few* const block = few()) {
        return (block->end() - 1)->place;
    }
    const Ordered* at = trees()->by_place.get();
    while (at->right) {
        at = at->right.get();
    }
    return at->item.place;
}

const Child* Children::before(std::int64_t place) const {
    const Child* best = nullptr;
    if (Few* const block = few()) {
        for (const Child& child : *block) {
            if (child.place < place) {
                best = &child;
            }
        }
        return best;
    }
    for (const Ordered* at = empty() ? nullptr : trees()->by_place.get(); at != nullptr;) {
        ++visited;
        if (at->item.place < place) {
            best = &at->item;
            at = at->right.get();
        } else {
            at = at->left.get();
        }
    }
    return best;
}

const Child* Children::after(std::int64_t place) const {
    const Child* best = nullptr;
    if (Few* const block = few()) {
        for (const Child& child : *block) {
            if (child.place > place) {
                return &child;
            }
        }
        return nullptr;
    }
    for (const Ordered* at = empty() ? nullptr : trees()->by_place.get(); at != nullptr;) {
        ++visited;
        if (at->item.place > place) {
            best = &at->item;
            at = at->left.get();
        } else {
            at = at->right.get();
        }
    }
    return best;
}

std::optional<std::int64_t> Children::place_before(std::int64_t place) const {
    const Child* const found = before(place);
    return found == nullptr ? std::nullopt : std::optional(found->place);
}

std::optional<std::int64_t> Children::place_after(std::int64_t place) const {
    const Child* const found = after(place);
    return found == nullptr ? std::nullopt : std::optional(found->place);
}

// What few nodes have. Counted by hand, because a second word in every node would show.
struct Node::State {
    std::atomic<std::uint32_t> holders{1};
    bool fresh = false;
    bool moved = false;
    MarkPtr mark;
    Attributes attributes;
    Tombs tombs;

    State() = default;
    State(const State& other)
        : fresh(other.fresh), moved(other.moved), mark(other.mark), attributes(other.attributes), tombs(other.tombs) {}
    State& operator=(const State&) = delete;
};

Node::Node(std::string_view tag, std::string value) : tag_(0), value_(std::move(value)) {
    if (const std::string* const common = common_tag(tag)) {
        tag_ = reinterpret_cast<std::uintptr_t>(common);
    } else {
        tag_ = reinterpret_cast<std::uintptr_t>(new std::string(tag)) | 1U;
    }
}

Node::Node(const Node& other)
    : tag_(other.tag_), value_(other.value_), children_(other.children_), state_(other.state_) {
    if ((tag_ & 1U) != 0) {
        tag_ = reinterpret_cast<std::uintptr_t>(new std::string(other.tag())) | 1U;
    }
    if (state_ != nullptr) {
        state_->holders.fetch_add(1, std::memory_order_relaxed);
    }
}

Node::Node(Node&& other) noexcept
    : tag_(std::exchange(other.tag_, reinterpret_cast<std::uintptr_t>(common_tag("")))),
      value_(std::move(other.value_)),
      children_(std::move(other.children_)),
      state_(std::exchange(other.state_, nullptr)) {}

Node::~Node() {
    if ((tag_ & 1U) != 0) {
        delete &tag();
    }
    drop_state();
}

void Node::drop_state() noexcept {
    if (state_ != nullptr && state_->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        delete state_;
    }
    state_ = nullptr;
}

Node::State& Node::own_state() {
    if (state_ == nullptr) {
        state_ = new State;
    } else if (state_->holders.load(std::memory_order_acquire) != 1) {
        State* const copy = new State(*state_);
        drop_state();
        state_ = copy;
    }
    return *state_;
}

void Node::tidy_state() noexcept {
    if (state_ != nullptr && !state_->mark && state_->attributes.empty() && state_->tombs.empty()) {
        drop_state();
    }
}

void Node::share_state_of(const Node& other) noexcept {
    if (other.state_ != nullptr) {
        other.state_->holders.fetch_add(1, std::memory_order_relaxed);
    }
    drop_state();
    state_ = other.state_;
}

std::string_view identity_of(std::string_view tag, std::string_view value) noexcept {
    return tag == "entry" || tag == "member" ? value : std::string_view{};
}

std::string_view Node::identity() const noexcept {
    return identity_of(tag(), value_);
}

const Attributes& Node::attributes() const noexcept {
    static const Attributes none;
    return state_ == nullptr ? none : state_->attributes;
}

const Tombs& Node::tombs() const noexcept {
    static const Tombs none;
    return state_ == nullptr ? none : state_->tombs;
}

const MarkPtr& Node::mark() const noexcept {
    static const MarkPtr none;
    return state_ == nullptr ? none : state_->mark;
}

bool Node::fresh() const noexcept {
    return state_ != nullptr && state_->fresh;
}

bool Node::moved() const noexcept {
    return state_ != nullptr && state_->moved;
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
    if (state_ != nullptr || !attributes.empty()) {
        own_state().attributes = std::move(attributes);
        tidy_state();
    }
}

void Node::set_mark(MarkPtr mark, bool fresh, bool moved) {
    if (state_ != nullptr || mark) {
        State& state = own_state();
        state.mark = std::move(mark);
        state.fresh = fresh;
        state.moved = moved;
        tidy_state();
    }
}

void Node::unmark() {
    if (state_ == nullptr) {
        return;
    }
    if (state_->attributes.empty()) {
        drop_state();
        return;
    }
    State& state = own_state();
    state.mark = nullptr;
    state.fresh = state.moved = false;
    state.tombs = {};
}

void Node::add_tomb(const Node& gone, MarkPtr mark) {
    auto tomb = std::make_shared<Node>(gone.tag(), std::string(gone.identity()));
    tomb->set_mark(std::move(mark), false, false);
    Tombs& tombs = own_state().tombs;
    tombs.put(std::move(tomb), tombs.last_place().value_or(0) + 1);
}

void Node::drop_tomb(std::string_view tag, std::string_view identity) {
    if (tombs().find(tag, identity) != nullptr) {
        own_state().tombs.erase(tag, identity);
        tidy_state();
    }
}

void Node::set_tombs(Tombs tombs) {
    if (state_ != nullptr || !tombs.empty()) {
        own_state().tombs = std::move(tombs);
        tidy_state();
    }
}

Node& own(NodePtr& pointer) {
    return owned(pointer);
}

NodePtr unmarked(NodePtr node) {
    if (!node || !node->dirty()) {
        return node;
    }
    Node& bare = own(node);
    bare.unmark();
    bare.children().change_dirty([](NodePtr& child) { child = unmarked(std::move(child)); });
    return node;
}

bool same_content(const Node& left, const Node& right) {
    if (&left == &right) {
        return true;
    }
    if (left.tag() != right.tag() || left.value() != right.value() || left.attributes() != right.attributes() ||
        left.children().size() != right.children().size()) {
        return false;
    }
    if (left.children().size() > few_max) {
        // Two versions of a long list differ in few places, which are found without walking it.
        bool different = false;
        Children::differences(left.children(), right.children(),
                              [&different](const NodePtr& one, const NodePtr& other) {
                                  different = different || !one || !other || !same_content(*one, *other);
                              });
        if (different) {
            return false;
        }
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
