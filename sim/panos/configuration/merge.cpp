#include "sim/panos/configuration/merge.hpp"

#include <algorithm>
#include <functional>

namespace sim::panos {
namespace {

// The way to the node at hand. Sections begin at the scopes, and what a commit names are objects: deeper steps are not
// needed.
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
    static constexpr std::size_t kept = 12;
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
        from.tombs().each([&](const Child& tomb) {
            const Node& gone = *tomb.node;
            trail_.push(gone);
            const bool taken = takes_(*gone.mark(), trail_.way());
            trail_.pop();
            if (!taken) {
                return true;
            }
            if (out->child(gone.tag(), gone.identity()) != nullptr) {
                own(out).children().erase(gone.tag(), gone.identity());
                changed = true;
            }
            if (keep_marks_) {
                own(out).add_tomb(gone, gone.mark());
                changed = true;
            }
            return true;
        });
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
        if (!candidate->tombs().empty()) {
            Tombs left;
            candidate->tombs().each([&](const Child& tomb) {
                trail_.push(*tomb.node);
                if (!take_.takes(*tomb.node->mark(), trail_.way())) {
                    left.put(tomb.node, tomb.place);
                }
                trail_.pop();
                return true;
            });
            node.set_tombs(std::move(left));
        }
        node.children().change_dirty([&](NodePtr& child) {
            trail_.push(*child);
            child = (*this)(child, running ? running->child_ptr(child->tag(), child->identity()) : nullptr);
            trail_.pop();
        });
        return !node.dirty() && running ? running : out;
    }

private:
    const Take& take_;
    Trail trail_;
};

NodePtr all_marked(const Node& node, const Node& stamp) {
    auto copy = std::make_shared<Node>(node.tag(), node.value());
    copy->share_state_of(stamp);
    if (!node.attributes().empty()) {
        copy->set_attributes(node.attributes());
    }
    node.children().each([&](const Child& child) {
        copy->children().put(all_marked(*child.node, stamp), child.place);
        return true;
    });
    return copy;
}

NodePtr marked_where_different(const NodePtr& running, const NodePtr& wanted, const Node& stamp) {
    if (running == wanted || same_content(*running, *wanted)) {
        return running;
    }
    auto out = std::make_shared<Node>(wanted->tag(), wanted->value());
    out->set_attributes(wanted->attributes());
    if (running->value() != wanted->value() || running->attributes() != wanted->attributes()) {
        out->set_mark(stamp.mark(), false, false);
    }
    running->children().each([&](const Child& child) {
        if (wanted->child(child.node->tag(), child.node->identity()) == nullptr) {
            out->add_tomb(*child.node, stamp.mark());
        }
        return true;
    });
    std::int64_t last = running->children().first_place().value_or(0) - place_gap;
    wanted->children().each([&](const Child& child) {
        const Child* const before = running->children().find(child.node->tag(), child.node->identity());
        if (before == nullptr) {
            out->children().put(all_marked(*child.node, stamp), ++last);
            return true;
        }
        NodePtr made = marked_where_different(before->node, child.node, stamp);
        if (before->place > last) {
            last = before->place;
        } else {
            own(made).set_mark(stamp.mark(), false, true);
            ++last;
        }
        out->children().put(std::move(made), last);
        return true;
    });
    return out;
}

}  // namespace

// The part of a Panorama that a partial commit can name; its own entry under readonly goes with a device group.
static std::string part_of(const Way& way) {
    const std::size_t at = way[1].tag == "readonly" ? 4 : 3;
    return way.size() > at + 1 ? way[at].tag + ' ' + way[at + 1].identity : std::string();
}

bool Take::takes(const Mark& mark, const Way& way) const {
    if (mark.dirty_id > up_to || (!admins.empty() && !admins.contains(mark.admin))) {
        return false;
    }
    if (!vsys.empty() && way.size() >= 5 && way[3].tag == "vsys" && !vsys.contains(way[4].identity)) {
        return false;
    }
    if (!parts.empty() && way.size() >= 5 && !parts.contains(part_of(way))) {
        return false;
    }
    const auto leads_here = [&way](const Way& top) {
        return top.size() <= way.size() && std::equal(top.begin(), top.end(), way.begin());
    };
    if (!within.empty() && std::none_of(within.begin(), within.end(), leads_here)) {
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

NodePtr as_candidate(const NodePtr& running, const NodePtr& wanted, const MarkPtr& mark) {
    Node stamp("", "");
    stamp.set_mark(mark, true, false);
    return marked_where_different(running, wanted, stamp);
}

NodePtr reverted(const NodePtr& candidate, const NodePtr& running, const Take& take) {
    Merge merge([&take](const Mark& mark, const Way& way) { return !take.takes(mark, way); }, true, *candidate);
    return merge(running, candidate);
}

}  // namespace sim::panos
