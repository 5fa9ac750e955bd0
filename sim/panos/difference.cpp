#include "sim/panos/difference.hpp"

namespace sim::panos {
namespace {

const Children& children_of(const NodePtr& node) {
    static const Children none;
    return node ? node->children() : none;
}

bool leads_to_objects(const Way& way) {
    const std::size_t scope = scope_length(way);
    if (way.size() < 5 && scope == 0) {
        return way.size() == 1 || way[1].tag == "devices";
    }
    return scope != 0 && (way.size() == scope || way[scope].tag == "rulebase") && way.size() < scope + 3;
}

void compare(Way& way, const NodePtr& before, const NodePtr& after, Differences& out) {
    if (before == after) {
        return;
    }
    const auto place = object_place(way);
    if (place && place->entry) {
        if (!before || !after || !same_content(*before, *after)) {
            out.objects.push_back({place->kind, way, before, after});
        }
        return;
    }
    if (!place && !leads_to_objects(way)) {
        out.elsewhere = out.elsewhere || !before || !after || !same_content(*before, *after);
        return;
    }
    Children::differences(children_of(before), children_of(after), [&](const NodePtr& was, const NodePtr& is) {
        const NodePtr& some = was ? was : is;
        way.push_back(Step{some->tag(), std::string(some->identity())});
        compare(way, was, is, out);
        way.pop_back();
    });
}

}  // namespace

Differences differences(const NodePtr& before, const NodePtr& after) {
    Differences out;
    Way way{Step{"config", ""}};
    compare(way, before, after, out);
    return out;
}

MemberChange member_changes(const NodePtr& before, const NodePtr& after, std::string_view list) {
    MemberChange change;
    const NodePtr was = before ? before->child_ptr(list) : nullptr;
    const NodePtr is = after ? after->child_ptr(list) : nullptr;
    Children::differences(children_of(was), children_of(is), [&](const NodePtr& old_one, const NodePtr& new_one) {
        if (!old_one) {
            change.added.push_back(new_one->value());
        } else if (!new_one) {
            change.removed.push_back(old_one->value());
        }
    });
    return change;
}

}  // namespace sim::panos
