#include "sim/panos/configuration/edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "sim/panos/tree/splitmix.hpp"

namespace sim::panos {
namespace {

Refusal refused(int code, Lines lines) {
    return Refusal{code, std::move(lines)};
}

tl::unexpected<Refusal> refuse(int code, Lines lines) {
    return tl::make_unexpected(refused(code, std::move(lines)));
}

tl::unexpected<Refusal> bad_xpath(std::string_view why) {
    return refuse(6, {quoted_line(fmt::format("xpath is not valid: {}", why))});
}

NodePtr bare(const Step& step) {
    return std::make_shared<Node>(step.tag, step.identity);
}

// Depth from which the nodes on the way to a change count as changed: that of the object they belong to.
std::size_t touched_from(const Way& way) {
    if (const auto place = object_place(way)) {
        return place->container;
    }
    const std::size_t scope = scope_length(way);
    for (std::size_t i = std::max<std::size_t>(scope, 3); i < way.size(); ++i) {
        if (way[i].tag == "entry") {
            return i;
        }
    }
    return way.size();
}

std::size_t shown_from(const Way& way) {
    const auto place = object_place(way);
    return place && place->entry ? place->container : way.size() - 1;
}

tl::expected<NodePtr, Refusal> only_element(const std::vector<Element>& elements) {
    if (elements.size() != 1) {
        return refuse(12, {quoted_line("edit needs exactly one element")});
    }
    auto node = to_node(elements.front());
    if (!node) {
        return refuse(12, {quoted_line(node.error())});
    }
    return *node;
}

// Random in looks only: the same edits give the same rules the same.
std::string uuid_of(std::string_view name, std::uint64_t edit) {
    const std::uint64_t high = scrambled(std::hash<std::string_view>{}(name) + 0x9e3779b97f4a7c15ULL * (edit + 1));
    const std::uint64_t low = scrambled(high ^ edit);
    return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU, high & 0xfffU,
                       0x8000U | ((low >> 48U) & 0x3fffU), low & 0xffffffffffffULL);
}

const std::string* uuid_in(const Node& node) {
    for (const auto& [name, value] : node.attributes()) {
        if (name == "uuid") {
            return &value;
        }
    }
    return nullptr;
}

}  // namespace

Edit::Edit(NodePtr candidate, MarkPtr mark, EditTerms terms)
    : root_(std::move(candidate)), mark_(std::move(mark)), terms_(std::move(terms)), stamp_("", "") {
    stamp_.set_mark(mark_, true, false);
}

tl::expected<Way, Refusal> Edit::way_of(std::string_view xpath) const {
    if (auto spelled = spelled_way(xpath); spelled && spelled->front().tag == "config") {
        return *std::move(spelled);
    }
    const auto parsed = XPath::parse(xpath);
    if (!parsed) {
        return bad_xpath(parsed.error());
    }
    auto way = parsed->way(root_);
    if (!way) {
        return bad_xpath(way.error());
    }
    if (way->empty() || way->front().tag != "config") {
        return bad_xpath("it does not begin with /config");
    }
    return *way;
}

// What a rename is for: one entry, and not none or several (pan-python issue 21).
tl::expected<Way, Refusal> Edit::one_object(std::string_view xpath) const {
    const auto parsed = XPath::parse(xpath);
    if (!parsed || !parsed->absolute()) {
        return bad_xpath(parsed ? "it does not begin with /" : parsed.error());
    }
    const Selection found = parsed->select(root_);
    if (found.too_much) {
        return bad_xpath("it looks at too many nodes");
    }
    if (found.of != Selection::Of::nodes || found.nodes.size() != 1 || !found.nodes.front()->node->is_entry()) {
        return refuse(8, {"Can rename only one obj at a time"});
    }
    return way_to(*found.nodes.front());
}

InputTerms Edit::input() const {
    return {terms_.multi_vsys, terms_.version};
}

void Edit::touch(Node& node) const {
    if (!node.mark() || node.mark()->admin == mark_->admin) {
        node.set_mark(mark_, node.fresh(), node.moved());
    }
}

std::int64_t Edit::next_place(const Node& parent) const {
    // Edits are numbered upwards, so that a place is not given twice, even when its first holder was deleted.
    const auto fresh_region =
        static_cast<std::int64_t>(std::min<std::uint64_t>(mark_->dirty_id, 1U << 30U)) * place_gap;
    const auto last = parent.children().last_place();
    return last ? std::max(*last + place_gap, fresh_region) : fresh_region;
}

NodePtr Edit::marked(const Node& draft) const {
    auto node = std::make_shared<Node>(draft.tag(), draft.value());
    if (draft.attributes().empty()) {
        node->share_state_of(stamp_);
    } else {
        node->set_attributes(draft.attributes());
        node->set_mark(mark_, true, false);
    }
    draft.children().each([&](const Child& child) {
        node->children().put(marked(*child.node), child.place);
        return true;
    });
    return node;
}

void Edit::merge(Node& node, const Node& draft, std::size_t depth, std::size_t from) {
    if (draft.children().empty() && !node.is_entry() && node.children().empty()) {
        node.set_value(draft.value());
    }
    if (depth >= from || draft.children().empty()) {
        node.set_mark(mark_, node.fresh(), node.moved());
    }
    draft.children().each([&](const Child& child) {
        const Node& below = *child.node;
        const bool merged = node.children().modify(below.tag(), below.identity(),
                                                   [&](NodePtr& slot) { merge(own(slot), below, depth + 1, from); });
        if (!merged) {
            node.drop_tomb(below.tag(), below.identity());
            node.children().put(marked(below), next_place(node));
        }
        return true;
    });
}

void Edit::change_at(const Way& way, const std::function<void(Node&)>& change) {
    const std::size_t from = touched_from(way);
    const std::function<void(NodePtr&, std::size_t)> down = [&](NodePtr& slot, std::size_t depth) {
        Node& node = own(slot);
        if (depth + 1 == way.size()) {
            change(node);
        } else {
            const Step& next = way[depth + 1];
            node.children().modify(next.tag, next.identity, [&](NodePtr& below) { down(below, depth + 1); });
        }
        if (depth >= from) {
            touch(node);
        }
    };
    down(root_, 0);
}

void Edit::note(std::string action, Way way, Way object) {
    object_ = journal_.empty() ? std::move(object) : Way{};
    journal_.push_back({mark_, std::move(action), std::move(way)});
}

// Merges `last` in at the end of the way, of which `slot` is at `depth`.
void Edit::merge_at(NodePtr& slot, const Way& way, std::size_t depth, const NodePtr& last, std::size_t from) {
    Node& node = own(slot);
    if (depth + 1 == way.size()) {
        merge(node, *last, depth, from);
        return;
    }
    if (depth >= from) {
        node.set_mark(mark_, node.fresh(), node.moved());
    }
    const Step& next = way[depth + 1];
    const bool merged = node.children().modify(next.tag, next.identity,
                                               [&](NodePtr& below) { merge_at(below, way, depth + 1, last, from); });
    if (!merged) {
        node.drop_tomb(next.tag, next.identity);
        node.children().put(marked(*chained(way, depth + 1, last)), next_place(node));
    }
}

void Edit::apply(const Way& way, const NodePtr& last, bool replace) {
    const bool present = replace && node_at(root_, way) != nullptr;
    if (present && way.size() > 1) {
        Way parent = way;
        parent.pop_back();
        change_at(parent, [&](Node& node) {
            const std::int64_t place = node.children().find(way.back().tag, way.back().identity)->place;
            node.children().put(marked(*last), place);
        });
    } else if (present) {
        root_ = marked(*last);
    } else {
        merge_at(root_, way, 0, last, touched_from(way));
    }
}

// A rule keeps the uuid that it has, whatever an element says; one without gets one.
void Edit::give_uuids(Way& way, const Node& draft, const NodePtr& before) {
    way.push_back(Step{draft.tag(), std::string(draft.identity())});
    const std::size_t size = way.size();
    if (size > 2 && draft.is_entry() && way[size - 2].tag == "rules" && size > 4) {
        const NodePtr now = node_at(root_, way);
        const NodePtr was = node_at(before, way);
        const std::string* const kept = was ? uuid_in(*was) : nullptr;
        const std::string* const has = now ? uuid_in(*now) : nullptr;
        if (now && (has == nullptr || (kept != nullptr && *has != *kept))) {
            std::string uuid = kept != nullptr ? *kept : uuid_of(draft.value(), mark_->dirty_id);
            change_at(way, [&uuid](Node& rule) {
                Attributes attributes = rule.attributes();
                std::erase_if(attributes, [](const auto& each) { return each.first == "uuid"; });
                attributes.emplace_back("uuid", std::move(uuid));
                rule.set_attributes(std::move(attributes));
            });
        }
    } else if (const auto place = object_place(way); !place || is_rule(place->kind)) {
        draft.children().each([&](const Child& child) {
            give_uuids(way, *child.node, before);
            return true;
        });
    }
    way.pop_back();
}

Outcome Edit::put(Way way, const NodePtr& last, bool replace) {
    if (!is_in_schema(*root_, way, terms_.version)) {
        return refuse(6, {escaped_line("Could not find schema node for xpath " + to_text(way))});
    }
    const Draft draft = draft_of(way, last);
    const std::size_t shown = shown_from(way);
    Lines lines = check_input(root_, draft, shown, input());
    if (!lines.empty()) {
        return refuse(12, std::move(lines));
    }
    const NodePtr before = root_;
    const bool present = node_at(root_, way) != nullptr;
    apply(way, last, replace);
    const auto place = object_place(way);
    if (terms_.version.at_least(9, 0) && (!place || is_rule(place->kind))) {
        Way from;
        give_uuids(from, *chained(way, 0, last), before);
    }
    lines = check_references(root_, draft, shown);
    if (lines.empty()) {
        lines = check_objects(root_, draft, terms_.version);
    }
    if (!lines.empty()) {
        root_ = before;
        return refuse(12, std::move(lines));
    }
    Way object = place && place->entry ? draft.way : Way{};
    note(present ? "EDIT" : "CREATE", std::move(way), std::move(object));
    return Applied::changed;
}

Outcome Edit::set(std::string_view xpath, const std::vector<Element>& elements) {
    auto way = way_of(xpath);
    if (!way) {
        return tl::make_unexpected(way.error());
    }
    const Step& target = way->back();
    const auto last = to_node(target.tag, target.identity, elements);
    if (!last) {
        return refuse(12, {quoted_line(last.error())});
    }
    return put(std::move(*way), *last, false);
}

Outcome Edit::edit(std::string_view xpath, const std::vector<Element>& elements) {
    auto way = way_of(xpath);
    if (!way) {
        return tl::make_unexpected(way.error());
    }
    auto element = only_element(elements);
    if (!element) {
        return tl::make_unexpected(element.error());
    }
    const Step& last = way->back();
    if ((*element)->tag() != last.tag || (*element)->identity() != last.identity) {
        return refuse(12, {"edit failed, may need to override template object first"});
    }
    Way removed_way = *way;
    const NodePtr before = root_;
    const NodePtr was = node_at(root_, *way);
    Outcome outcome = put(*way, *element, true);
    if (!outcome || !was) {
        return outcome;
    }
    // What the replaced node held and others refer to is as protected as from a delete.
    const auto place = object_place(*way);
    if (place && !place->entry) {
        std::unordered_set<std::string> gone;
        was->children().each([&](const Child& child) {
            if (child.node->is_entry() && (*element)->child("entry", child.node->value()) == nullptr) {
                gone.insert(child.node->value());
            }
            return true;
        });
        const Way scope(way->begin(), way->begin() + static_cast<std::ptrdiff_t>(scope_length(*way)));
        Lines lines = users_of_gone(scope, place->kind, std::move(gone));
        if (!lines.empty()) {
            root_ = before;
            journal_.pop_back();
            return refuse(10, std::move(lines));
        }
    }
    return outcome;
}

Outcome Edit::erase(std::string_view xpath) {
    const auto parsed = XPath::parse(xpath);
    if (!parsed) {
        return bad_xpath(parsed.error());
    }
    if (!parsed->absolute()) {
        return bad_xpath("it does not begin with /");
    }
    const Selection selection = parsed->select(root_);
    if (selection.too_much) {
        return bad_xpath("it looks at too many nodes");
    }
    if (selection.of != Selection::Of::nodes) {
        return bad_xpath("it does not name nodes");
    }
    if (selection.nodes.empty()) {
        return Applied::nothing_there;
    }
    struct Gone {
        Way scope;
        Kind kind;
        std::unordered_set<std::string> names;
    };
    std::vector<Gone> gone;
    std::vector<Way> groups;
    bool network = false;
    const NodePtr before = root_;
    // Siblings go together: the way down to them is copied once.
    for (std::size_t i = 0; i < selection.nodes.size();) {
        const Located& first = *selection.nodes[i];
        Way way = way_to(first);
        const std::size_t scope = scope_length(way);
        const bool pushed = way.size() > 1 && way[1].tag == "panorama" && !is_panorama(*root_);
        const bool vsys = way.size() > 3 && way.size() < 6 && way[1].tag == "devices" && way[3].tag == "vsys";
        const bool further = vsys && way.size() == 5 && terms_.multi_vsys &&
                             node_at(root_, Way(way.begin(), way.end() - 1))->children().size() > 1;
        if (pushed || way.size() < 4 || (vsys && !further)) {
            root_ = before;
            return refuse(15, {quoted_line(to_text(way) + " cannot be deleted")});
        }
        std::vector<NodePtr> siblings;
        while (i < selection.nodes.size() && selection.nodes[i]->parent == first.parent) {
            siblings.push_back(selection.nodes[i++]->node);
        }
        Way parent = way;
        parent.pop_back();
        change_at(parent, [&](Node& node) {
            for (const NodePtr& each : siblings) {
                node.children().erase(each->tag(), each->identity());
                node.add_tomb(*each, mark_);
            }
        });
        network = network || (way[1].tag == "devices" && way[3].tag == "network");
        const auto place = object_place(way);
        if (place && way.size() <= place->container + 1) {
            Gone these{Way(way.begin(), way.begin() + static_cast<std::ptrdiff_t>(scope)), place->kind, {}};
            for (const NodePtr& each : siblings) {
                if (each->is_entry()) {
                    these.names.insert(each->value());
                    continue;
                }
                each->children().each([&these](const Child& child) {
                    these.names.insert(child.node->value());
                    return true;
                });
            }
            gone.push_back(std::move(these));
        } else if (place && place->kind == Kind::address_group) {
            groups.emplace_back(way.begin(), way.begin() + static_cast<std::ptrdiff_t>(place->container + 1));
        }
        for (const NodePtr& each : siblings) {
            way.back() = Step{each->tag(), std::string(each->identity())};
            note("DELETE", way);
        }
    }
    Lines lines;
    for (const Gone& each : gone) {
        Lines more = users_of_gone(each.scope, each.kind, each.names);
        lines.insert(lines.end(), more.begin(), more.end());
    }
    if (lines.empty() && network) {
        lines = interfaces_in_use(before, root_);
    }
    int code = 10;
    if (lines.empty()) {
        code = 12;
        for (const Way& group : groups) {
            if (node_at(root_, group) != nullptr) {
                Lines more = check_objects(root_, draft_of(group, bare(group.back())), terms_.version);
                lines.insert(lines.end(), more.begin(), more.end());
            }
        }
    }
    if (!lines.empty()) {
        root_ = before;
        journal_.clear();
        return refuse(code, std::move(lines));
    }
    return Applied::changed;
}

Outcome Edit::rename(std::string_view xpath, std::string_view new_name) {
    auto way = one_object(xpath);
    if (!way) {
        return tl::make_unexpected(way.error());
    }
    const NodePtr was = node_at(root_, *way);
    Way parent = *way;
    parent.pop_back();
    if (node_at(root_, parent)->child("entry", new_name) != nullptr) {
        return refuse(
            12, {quoted_line(fmt::format("{} -> {} '{}' is already in use", parent.back().tag, new_name, new_name))});
    }
    Way new_way = *way;
    new_way.back().identity = std::string(new_name);
    NodePtr renamed = was;
    own(renamed).set_value(std::string(new_name));
    Lines lines = check_input(root_, draft_of(new_way, bare(new_way.back())), shown_from(new_way), input());
    if (lines.empty()) {
        lines = check_objects(root_, draft_of(new_way, bare(new_way.back())), terms_.version);
    }
    if (!lines.empty()) {
        return refuse(12, std::move(lines));
    }
    change_at(parent, [&](Node& node) {
        const std::int64_t place = node.children().find("entry", was->value())->place;
        node.children().erase("entry", was->value());
        node.add_tomb(*was, mark_);
        node.drop_tomb("entry", new_name);
        node.children().put(marked(*renamed), place);
    });
    note("DELETE", *way);
    note("RENAME", std::move(new_way));
    follow_rename(*way, std::string(new_name));
    return Applied::changed;
}

void Edit::follow_rename(const Way& old_way, const std::string& new_name) {
    const auto place = object_place(old_way);
    if (!place || old_way.size() != place->container + 1) {
        return;
    }
    const std::string& old_name = old_way.back().identity;
    const Way scope(old_way.begin(), old_way.begin() + static_cast<std::ptrdiff_t>(scope_length(old_way)));
    if (!may_be_named(scope, place->kind, old_name)) {
        return;
    }
    for (const ListUse& use : lists_naming(root_, scope, place->kind, old_name)) {
        change_at(use.list, [&](Node& list) {
            if (use.leaf) {
                list.set_value(new_name);
                list.set_mark(mark_, list.fresh(), list.moved());
                return;
            }
            const std::int64_t at = list.children().find("member", old_name)->place;
            const Node gone("member", old_name);
            list.children().erase("member", old_name);
            list.add_tomb(gone, mark_);
            list.drop_tomb("member", new_name);
            list.children().put(marked(Node("member", new_name)), at);
        });
        note("EDIT", use.list);
    }
}

bool Edit::may_be_named(const Way& scope, Kind kind, const std::string& name) const {
    if (terms_.references == nullptr) {
        return true;
    }
    terms_.references->follow(root_);
    const std::vector<Scope> all = scopes_of(root_);
    return std::any_of(all.begin(), all.end(), [&](const Scope& user) {
        return sees(*root_, user.way, scope) && terms_.references->some(user.way, kind, name);
    });
}

Lines Edit::users_of_gone(const Way& scope, Kind kind, std::unordered_set<std::string> names) const {
    if (terms_.references != nullptr) {
        terms_.references->follow(root_);
        const std::vector<Scope> all = scopes_of(root_);
        std::erase_if(names, [&](const std::string& name) {
            return std::none_of(all.begin(), all.end(), [&](const Scope& user) {
                return sees(*root_, user.way, scope) && terms_.references->some(user.way, kind, name);
            });
        });
    }
    return references_to(root_, scope, kind, names);
}

Outcome Edit::clone(std::string_view container_xpath, std::string_view from_xpath, std::string_view new_name) {
    auto to = way_of(container_xpath);
    if (!to) {
        return tl::make_unexpected(to.error());
    }
    auto from = way_of(from_xpath);
    if (!from) {
        return tl::make_unexpected(from.error());
    }
    const NodePtr source = node_at(root_, *from);
    if (!source || !source->is_entry()) {
        return refuse(7, {quoted_line("Object doesn't exist")});
    }
    const NodePtr container = node_at(root_, *to);
    if (container && container->child("entry", new_name) != nullptr) {
        return refuse(
            12, {quoted_line(fmt::format("{} -> {} '{}' is already in use", to->back().tag, new_name, new_name))});
    }
    NodePtr copy = unmarked(source);
    Node& fresh = own(copy);
    fresh.set_value(std::string(new_name));
    fresh.set_attributes({});
    to->push_back(Step{"entry", std::string(new_name)});
    return put(std::move(*to), copy, false);
}

Outcome Edit::move(std::string_view xpath, std::string_view where, std::string_view sibling) {
    auto way = way_of(xpath);
    if (!way) {
        return tl::make_unexpected(way.error());
    }
    const NodePtr moved = node_at(root_, *way);
    if (!moved || !moved->is_entry()) {
        return refuse(7, {quoted_line("Object doesn't exist")});
    }
    Way parent = *way;
    parent.pop_back();
    const NodePtr container = node_at(root_, parent);
    const Children& all = container->children();
    const std::int64_t from = all.find("entry", moved->value())->place;
    const bool relative = where == "before" || where == "after";
    if ((where == "top" && all.first_place() == from) || (where == "bottom" && all.last_place() == from)) {
        return refuse(14, {quoted_line(fmt::format("{} is already at the {}", moved->value(), where))});
    }
    if (relative && (sibling == moved->value() || all.find("entry", sibling) == nullptr)) {
        return refuse(14,
                      {quoted_line(fmt::format("{} -> {} is not a valid destination", parent.back().tag, sibling))});
    }
    change_at(parent, [&](Node& node) {
        Children& children = node.children();
        const auto again = [this](const Node& old_one) {
            auto copy = std::make_shared<Node>(old_one);
            copy->set_mark(mark_, old_one.fresh(), true);
            return copy;
        };
        if (relative) {
            const std::int64_t at = children.find("entry", sibling)->place;
            const auto other = where == "before" ? children.place_before(at) : children.place_after(at);
            const std::int64_t beyond = where == "before" ? at - place_gap : at + place_gap;
            if (std::abs(other.value_or(beyond) - at) < 2) {
                std::vector<NodePtr> order;  // no room is left between the two: everyone gets a new place
                children.each([&order](const Child& child) { return order.push_back(child.node), true; });
                const std::int64_t base = next_place(node);
                for (std::size_t i = 0; i < order.size(); ++i) {
                    children.put(again(*order[i]), base + static_cast<std::int64_t>(i) * place_gap);
                }
            }
        }
        std::int64_t place = 0;
        if (where == "top") {
            place = *children.first_place() - place_gap;
        } else if (relative) {
            const std::int64_t at = children.find("entry", sibling)->place;
            const auto other = where == "before" ? children.place_before(at) : children.place_after(at);
            const std::int64_t beyond = where == "before" ? at - place_gap : at + place_gap;
            place = at + (other.value_or(beyond) - at) / 2;
        } else {
            place = next_place(node);
        }
        children.put(again(*moved), place);
    });
    note("MOVE", *way);
    return Applied::changed;
}

Outcome Edit::override_pushed(std::string_view xpath, const std::vector<Element>& elements) {
    auto way = way_of(xpath);
    if (!way) {
        return tl::make_unexpected(way.error());
    }
    if (elements.size() != 1) {
        return refuse(12, {quoted_line("override needs exactly one element")});
    }
    auto node = to_node(elements.front());
    if (!node) {
        return refuse(12, {quoted_line(node.error())});
    }
    // The xpath leads to what is overridden, or to what holds it: the guide has the one, clients in use send the other.
    Way target = *way;
    if (target.back() != Step{(*node)->tag(), std::string((*node)->identity())}) {
        target.push_back(Step{(*node)->tag(), std::string((*node)->identity())});
    }
    if (!terms_.pushed || node_at(terms_.pushed, target) == nullptr) {
        return refuse(13, {quoted_line(fmt::format("override failed, no template object at {}", to_text(target)))});
    }
    return put(std::move(target), *node, true);
}

Outcome Edit::load(const Way& way, const NodePtr& node, bool replace) {
    NodePtr last = unmarked(node);
    if (last->is_entry() && last->value() != way.back().identity) {
        own(last).set_value(way.back().identity);
    }
    Lines lines = check_input(root_, draft_of(way, last), shown_from(way), input());
    if (!lines.empty()) {
        return refuse(12, std::move(lines));
    }
    apply(way, last, replace);
    note("LOAD", way);
    return Applied::changed;
}

// ---- moving and copying between places ------------------------------------------------------------------------------

Lines Edit::gather_from(const Element& source, const Way& to, bool copy, Gathered& out) {
    const auto from = way_of(source.attribute("xpath"));
    if (!from) {
        return from.error().lines;
    }
    if (from->back().tag != to.back().tag || *from == to) {
        return {quoted_line(fmt::format("{} is not a valid source for {}", to_text(*from), to_text(to)))};
    }
    Lines lines;
    std::unordered_set<std::string> moved;
    for (const Element& member : source.children) {
        const NodePtr container = node_at(root_, *from);
        const NodePtr found = container ? container->child_ptr("entry", member.text) : nullptr;
        if (member.name != "member" || !found) {
            lines.push_back(quoted_line(fmt::format("{} -> {} is not a valid reference", to.back().tag, member.text)));
            continue;
        }
        std::string name = member.text;
        const NodePtr there = node_at(root_, to);
        if (copy) {
            for (int i = 1; there && i < 1000; ++i) {
                name = fmt::format("{}-{}", member.text, i);
                if (there->child("entry", name) == nullptr) {
                    break;
                }
            }
            name = there ? name : member.text + "-1";
        } else if (there && there->child("entry", name) != nullptr) {
            lines.push_back(quoted_line(fmt::format("{} -> {} '{}' is already in use", to.back().tag, name, name)));
            continue;
        }
        NodePtr object = unmarked(found);
        Node& fresh = own(object);
        fresh.set_value(name);
        fresh.set_attributes({});
        Way way = to;
        way.push_back(Step{"entry", name});
        if (const Outcome outcome = put(way, object, false); !outcome) {
            const Lines& more = outcome.error().lines;
            lines.insert(lines.end(), more.begin(), more.end());
            continue;
        }
        out.names.push_back(name);
        if (!copy) {
            change_at(*from, [&](Node& node) {
                node.children().erase("entry", name);
                node.add_tomb(*found, mark_);
            });
            Way gone = *from;
            gone.push_back(Step{"entry", name});
            note("DELETE", std::move(gone));
            moved.insert(name);
        }
    }
    const auto place = object_place(*from);
    if (lines.empty() && place && !moved.empty()) {
        const Way scope(from->begin(), from->begin() + static_cast<std::ptrdiff_t>(scope_length(*from)));
        lines = users_of_gone(scope, place->kind, std::move(moved));
    }
    return lines;
}

tl::expected<Gathered, Refusal> Edit::gather(std::string_view xpath, const std::vector<Element>& elements, bool copy) {
    auto to = way_of(xpath);
    if (!to) {
        return tl::make_unexpected(to.error());
    }
    const auto named = [&elements](std::string_view name) -> const Element* {
        const auto at =
            std::find_if(elements.begin(), elements.end(), [name](const Element& each) { return each.name == name; });
        return at == elements.end() ? nullptr : &*at;
    };
    const Element* const list = named("selected-list");
    if (list == nullptr || list->children.empty()) {
        return refuse(12, {quoted_line("selected-list is missing")});
    }
    const Element* const all = named("all-errors");
    const bool every_error = all != nullptr && all->text == "yes";
    const NodePtr before = root_;
    Gathered out{*to, {}};
    Lines lines;
    for (const Element& source : list->children) {
        Lines more = source.name == "source" ? gather_from(source, *to, copy, out)
                                             : Lines{quoted_line(source.name + " unexpected here")};
        lines.insert(lines.end(), more.begin(), more.end());
    }
    if (lines.empty()) {
        return out;
    }
    root_ = before;
    journal_.clear();
    const bool referenced = lines.front().find("because of references") != std::string::npos;
    if (!every_error) {
        lines.resize(referenced ? std::min<std::size_t>(lines.size(), 2) : 1);
    }
    return refuse(referenced ? 10 : 12, std::move(lines));
}

}  // namespace sim::panos
