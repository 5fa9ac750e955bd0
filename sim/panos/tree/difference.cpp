#include "sim/panos/tree/difference.hpp"

#include <algorithm>

#include "sim/panos/tree/difference_walk.hpp"

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
    const auto holds_containers = [](std::string_view tag) {
        return tag == "rulebase" || tag == "pre-rulebase" || tag == "post-rulebase" || tag == "log-settings" ||
               tag == "profiles";
    };
    return scope != 0 && (way.size() == scope || holds_containers(way[scope].tag)) && way.size() < scope + 3;
}

void compare(Way& way, const NodePtr& before, const NodePtr& after, const TellChange& tell, bool& elsewhere) {
    if (before == after) {
        return;
    }
    const auto object = [&](Kind kind, const NodePtr& was, const NodePtr& is) {
        if (!was || !is || !same_content(*was, *is)) {
            tell(kind, way, was, is);
        }
    };
    const auto place = object_place(way);
    if (place && place->entry) {
        object(place->kind, before, after);
        return;
    }
    if (!place && !leads_to_objects(way)) {
        elsewhere = elsewhere || !before || !after || !same_content(*before, *after);
        return;
    }
    Children::differences(children_of(before), children_of(after), [&](const NodePtr& was, const NodePtr& is) {
        const NodePtr& some = was ? was : is;
        way.push_back(Step{some->tag(), std::string(some->identity())});
        // What is true of the container's place need not be asked of each of a hundred thousand entries.
        if (place && place->container + 1 == way.size() && some->tag() == "entry") {
            object(place->kind, was, is);
        } else {
            compare(way, was, is, tell, elsewhere);
        }
        way.pop_back();
    });
}

}  // namespace

bool each_change(const NodePtr& before, const NodePtr& after, const TellChange& tell) {
    bool elsewhere = false;
    Way way;
    way.reserve(12);  // deeper than objects lie
    way.push_back(Step{"config", ""});
    compare(way, before, after, tell, elsewhere);
    return elsewhere;
}

Differences differences(const NodePtr& before, const NodePtr& after) {
    Differences out;
    std::shared_ptr<const Way> container;
    out.elsewhere = each_change(before, after, [&](Kind kind, const Way& way, const NodePtr& was, const NodePtr& is) {
        const auto last = way.end() - 1;
        if (!container || !std::equal(container->begin(), container->end(), way.begin(), last)) {
            container = std::make_shared<const Way>(way.begin(), last);
        }
        out.objects.push_back({kind, {container, last->identity}, was, is});
    });
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
