// The checks that the management server makes: of values and references when they are set, of what is still used when
// it is deleted, and of the whole when it is committed. Each gives lines for the answer, none when all is well.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "sim/panos/configuration/schema.hpp"
#include "sim/panos/tree/difference.hpp"
#include "sim/panos/tree/place.hpp"

namespace sim::panos {

using Lines = std::vector<std::string>;  // contents of <line>, escaped for the wire

/// `text` with a leading blank in CDATA, as error lines that quote a client are written.
std::string quoted_line(std::string_view text);

/// What the device is, as far as it decides about what is set.
struct InputTerms {
    bool multi_vsys = false;  // a further vsys can be made by setting something into it
    Version version{};
};

/// What is put into the tree: a node, and the way to it, of which some may have to be made.
struct Draft {
    Way way;       // ends at the node
    NodePtr node;  // from the object down, when it is about one: so much of it as is given
};
/// `last` put at `way`.
Draft draft_of(const Way& way, NodePtr last);
/// The steps from `from` on as a tree of one branch, with `last` at the end of the way.
NodePtr chained(const Way& way, std::size_t from, NodePtr last);

/// Each step of the way may stand where it stands; what is below it does not matter.
bool is_in_schema(const Node& root, const Way& way, const Version& version);
/// `shown_from` is the first step that messages name.
Lines check_input(const NodePtr& root, const Draft& draft, std::size_t shown_from, const InputTerms& terms);
/// References in the draft, looked up in `root`, the tree that has the draft already.
Lines check_references(const NodePtr& root, const Draft& draft, std::size_t shown_from);
/// Objects of the draft as they are in `root` now: names taken twice among addresses and groups or among services and
/// theirs, groups without a member, rules with `any` beside others, URL categories without a type.
Lines check_objects(const NodePtr& root, const Draft& draft, const Version& version);

/// Who in `root` still names one of `names`, objects of that kind deleted from the scope; the answer of a refused
/// delete.
Lines references_to(const NodePtr& root, const Way& scope, Kind kind, const std::unordered_set<std::string>& names);

/// Who in `after` still names an interface that `before` has and `after` does not: the answer of a refused delete.
Lines interfaces_in_use(const NodePtr& before, const NodePtr& after);

/// A list (a group's static, a rule's source, ...) or a leaf (a rule's schedule) that names an object of the scope.
struct ListUse {
    Way list;
    bool leaf = false;
};
std::vector<ListUse> lists_naming(const NodePtr& root, const Way& scope, Kind kind, const std::string& name);

/// Calls `tell` with each field of the object that names others: the node and what kind of field it is.
void each_reference(Kind kind, const NodePtr& object, const std::function<void(Field, const NodePtr&)>& tell);

/// The whole of `after` as a commit sees it, given that what ran before was valid: what has changed since is checked,
/// and what could dangle by what was removed.
Lines check_configuration(const Differences& changed, const NodePtr& after, const Limits& limits);

}  // namespace sim::panos
