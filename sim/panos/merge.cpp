#include "sim/panos/merge.hpp"

#include <functional>

namespace sim::panos {
namespace {

// The way to the node at hand. Below the scopes no section begins, so deeper steps are not needed.
class Trail {
public:
    explicit Trail(const Node& root) { push(root); }
    void push(const Node& node) {
        if (++depth_ <= kept) {
            way_.push_back(Step{node.tag(), std::string(node.identity())});
        }
    }
    void pop() {
        if (depth_-- <= kept) {
            way_.pop_back();
        }
    }
    const Way& way() const { return way_; }

private:
    static constexpr std::size_t kept = 6;
    Way way_;
    std::size_t depth_ = 0;
};

class Merge {
public:
    using Takes = std::function<bool(const Mark&, const Way&)>;
    // `keep_marks`: the result is a candidate again, and what was taken stays uncommitted.
    Merge(Takes takes, bool keep_marks, const Node& root)
        : takes_(std::move(takes)), keep_marks_(keep_marks), trail_(root) {}

    NodePtr operator()(const NodePtr& base, const NodePtr& from) {
        if (!from->dirty()) {
            return base;
        }
        const bool taken = from->mark() && takes_(*from->mark(), trail_.way());
        const bool replaced = taken && from->fresh();
        NodePtr out = replaced || !base ? shell(*from) : base;
        bool changed = taken;
        if (taken) {
            Node& node = own(out);
            if (!node.is_entry() && node.tag() != "member") {
                node.set_value(from->value());
            }
            node.set_attributes(from->attributes());
            node.set_mark(keep_marks_ ? from->mark() : nullptr, keep_marks_ && from->fresh(),
                          keep_marks_ && from->moved());
        }
        changed = deletions(*from, out) || changed;
        changed = children(base, *from, replaced, out) || changed;
        return changed ? out : base;
    }

private:
    Takes takes_;
    bool keep_marks_;
    Trail trail_;

    static NodePtr shell(const Node& like) {
        auto node = std::make_shared<Node>(like.tag(), std::string(like.identity()));
        node->set_attributes(like.attributes());
        return node;
    }

    bool deletions(const Node& from, NodePtr& out) {
        bool changed = false;
        for (const auto& [key, mark] : from.tombs()) {
            const Node gone(key.first, key.second);
            trail_.push(gone);
            const bool taken = takes_(*mark, trail_.way());
            trail_.pop();
            if (!taken) {
                continue;
            }
            if (out->child(key.first, key.second) != nullptr) {
                own(out).children().erase(key.first, key.second);
                changed = true;
            }
            if (keep_marks_) {
                own(out).add_tomb(gone, mark);
                changed = true;
            }
        }
        return changed;
    }

    bool children(const NodePtr& base, const Node& from, bool replaced, NodePtr& out) {
        bool changed = false;
        const auto one = [&](const Child& child) {
            const NodePtr& below = child.node;
            const Child* before = base ? base->children().find(below->tag(), below->identity()) : nullptr;
            const NodePtr was = before == nullptr ? nullptr : before->node;
            NodePtr made = below;
            std::int64_t place = child.place;
            if (below->dirty()) {
                trail_.push(*below);
                const bool own_place =
                    !before || replaced ||
                    (below->mark() && (below->fresh() || below->moved()) && takes_(*below->mark(), trail_.way()));
                made = (*this)(was, below);
                trail_.pop();
                place = own_place ? child.place : before->place;
            }
            if (!made || (!replaced && made == was && before->place == place)) {
                return true;
            }
            own(out).children().put(std::move(made), place);
            changed = true;
            return true;
        };
        if (replaced) {
            from.children().each(one);
        } else {
            from.children().each_dirty(one);
        }
        return changed;
    }
};

class Settle {
public:
    Settle(const Take& take, const Node& root) : take_(take), trail_(root) {}

    NodePtr operator()(const NodePtr& candidate, const NodePtr& running) {
        if (!candidate->dirty()) {
            return candidate;
        }
        NodePtr out = std::make_shared<Node>(*candidate);
        Node& node = own(out);
        if (node.mark() && take_.takes(*node.mark(), trail_.way())) {
            node.set_mark(nullptr, false, false);
        }
        Tombs left;
        for (const auto& [key, mark] : candidate->tombs()) {
            const Node gone(key.first, key.second);
            trail_.push(gone);
            if (!take_.takes(*mark, trail_.way())) {
                left.emplace(key, mark);
            }
            trail_.pop();
        }
        node.set_tombs(std::move(left));
        candidate->children().each_dirty([&](const Child& child) {
            trail_.push(*child.node);
            NodePtr cleaned =
                (*this)(child.node, running ? running->child_ptr(child.node->tag(), child.node->identity()) : nullptr);
            trail_.pop();
            node.children().put(std::move(cleaned), child.place);
            return true;
        });
        return !node.dirty() && running ? running : out;
    }

private:
    const Take& take_;
    Trail trail_;
};

}  // namespace

bool Take::takes(const Mark& mark, const Way& way) const {
    if (mark.dirty_id > up_to || (!admins.empty() && !admins.contains(mark.admin))) {
        return false;
    }
    if (!vsys.empty() && way.size() >= 5 && way[3].tag == "vsys" && !vsys.contains(way[4].identity)) {
        return false;
    }
    switch (section_of(way)) {
        case Section::shared:
            return shared;
        case Section::device_and_network:
            return device_and_network;
        case Section::policy_and_objects:
            return policy_and_objects;
        case Section::undecided:
            return true;
    }
    return true;
}

NodePtr merged(const NodePtr& running, const NodePtr& candidate, const Take& take) {
    Merge merge([&take](const Mark& mark, const Way& way) { return take.takes(mark, way); }, false, *candidate);
    return merge(running, candidate);
}

NodePtr settled(const NodePtr& candidate, const NodePtr& running, const Take& take) {
    Settle settle(take, *candidate);
    return settle(candidate, running);
}

NodePtr reverted(const NodePtr& candidate, const NodePtr& running, const Take& take) {
    Merge merge([&take](const Mark& mark, const Way& way) { return !take.takes(mark, way); }, true, *candidate);
    return merge(running, candidate);
}

}  // namespace sim::panos
