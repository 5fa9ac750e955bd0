#include "sim/panos/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <functional>

#include "sim/panos/address.hpp"
#include "sim/panos/xml.hpp"

namespace sim::panos {
namespace {

constexpr std::size_t name_max = 63;
constexpr std::size_t tag_name_max = 127;
constexpr std::size_t description_max = 1023;
constexpr std::size_t lines_max = 20;

const std::string& label(const Step& step) {
    return step.tag == "entry" ? step.identity : step.tag;
}

std::string joined(const Way& way, std::size_t from) {
    std::string text;
    for (std::size_t i = std::min(from, way.size() - 1); i < way.size(); ++i) {
        text += text.empty() ? "" : " -> ";
        text += label(way[i]);
    }
    return text;
}

bool name_is_valid(std::string_view name) {
    const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    return !name.empty() && (letter(name.front()) || name.front() == '_') &&
           std::all_of(name.begin(), name.end(),
                       [&letter](char c) { return letter(c) || c == ' ' || c == '-' || c == '_' || c == '.'; });
}

// ---- values ---------------------------------------------------------------------------------------------------------

struct InputCheck {
    const NodePtr& root;
    std::size_t shown_from;
    Lines lines;
    Way way;

    void complain(std::string_view what) {
        if (lines.size() < lines_max) {
            lines.push_back(quoted_line(what));
        }
    }
    std::string here() const { return joined(way, shown_from); }

    void unexpected() {
        complain(here() + " unexpected here");
        if (way.size() > 1 && way.size() - 1 > shown_from) {
            way.pop_back();
            complain(here() + " is invalid");
            way.push_back({});
        }
    }

    void name(const ObjectPlace& place, const std::string& text) {
        const std::size_t most = place.kind == Kind::tag ? tag_name_max : name_max;
        if (text.size() > most) {
            complain(fmt::format("{} can be at most {} characters, but current length: {}", text, most, text.size()));
        } else if (place.kind != Kind::tag && !name_is_valid(text)) {
            complain(
                fmt::format("{} is invalid. A valid object name must start with an alphanumeric character or "
                            "underscore and can contain alphanumeric characters, underscore '_', hyphen '-', "
                            "dot '.' or spaces",
                            here()));
        }
    }

    void bad_value(const std::string& value, std::string_view why) {
        complain(fmt::format("{} '{}' {}", here(), value, why));
        complain(here() + " is invalid");
    }

    void value(Field field, const std::string& text) {
        switch (field) {
            case Field::netmask:
                if (!parse_netmask(text)) {
                    bad_value(text, "is not a valid IP address or netmask");
                }
                return;
            case Field::range:
                if (!parse_range(text)) {
                    bad_value(text, "is not a valid IP address range");
                }
                return;
            case Field::wildcard:
                if (!parse_wildcard(text)) {
                    bad_value(text, "is not a valid IP wildcard");
                }
                return;
            case Field::fqdn:
                if (!is_fqdn(text)) {
                    bad_value(text, "is not a valid FQDN");
                }
                return;
            case Field::text:
                if (text.size() > description_max) {
                    complain(fmt::format("{} can be at most {} characters, but current length: {}", here(),
                                         description_max, text.size()));
                }
                return;
            case Field::yes_no:
                keyword(text, std::array<std::string_view, 2>{"yes", "no"});
                return;
            case Field::action:
                keyword(text, std::array<std::string_view, 6>{"allow", "deny", "drop", "reset-client", "reset-server",
                                                              "reset-both"});
                return;
            case Field::colour: {
                std::size_t number = 0;
                const bool begins = text.rfind("color", 0) == 0;
                const char* const end = text.data() + text.size();
                const auto read =
                    begins ? std::from_chars(text.data() + 5, end, number) : std::from_chars_result{end, {}};
                if (!begins || read.ptr != end || number < 1 || number > 42) {
                    bad_value(text, "is not an allowed keyword");
                }
                return;
            }
            default:
                return;
        }
    }

    template <class Words>
    void keyword(const std::string& text, const Words& words) {
        if (std::find(words.begin(), words.end(), text) == words.end()) {
            bad_value(text, "is not an allowed keyword");
        }
    }

    // A device or a vsys can't be made by setting something into it.
    bool foreign_scope() const {
        return (way.size() == 3 || way.size() == 5) && way[1].tag == "devices" && way.back().tag == "entry" &&
               node_at(root, way) == nullptr;
    }

    void walk(const Node& node) {
        const Way parent = way;
        way.push_back(Step{node.tag(), std::string(node.identity())});
        if (!may_hold(parent, node.tag())) {
            unexpected();
        } else if (foreign_scope()) {
            complain(fmt::format("{} '{}' is not a valid reference", label(parent.back()), node.value()));
            complain(label(parent.back()) + " is invalid");
        } else {
            const auto place = object_place(way);
            if (place && place->entry && way.size() == place->container + 1) {
                name(*place, node.value());
            } else if (place && way.size() == place->container + 2) {
                value(field_of(place->kind, node.tag()), node.value());
            }
            node.children().each([this](const Child& child) {
                walk(*child.node);
                return lines.size() < lines_max;
            });
        }
        way.pop_back();
    }
};

// ---- references -----------------------------------------------------------------------------------------------------

/// Looks names up as a scope sees them: its own first, then the shared ones.
class Names {
public:
    Names(const NodePtr& root, const Way& scope) : shared_(root->child("shared")) {
        own_ = scope.size() == 2 ? nullptr : node_at(root, scope);
    }

    bool has(Kind kind, std::string_view name) const { return in(own_.get(), kind, name) || in(shared_, kind, name); }

    bool resolves(Field field, const std::string& name) const {
        switch (field) {
            case Field::group_members:
                return has(Kind::address, name) || has(Kind::address_group, name);
            case Field::addresses:
                return name == "any" || has(Kind::address, name) || has(Kind::address_group, name) ||
                       has(Kind::external_list, name) || parse_netmask(name) || parse_range(name) || is_region(name) ||
                       is_predefined_list(name);
            case Field::zones:
                return name == "any" || name == "multicast" || has(Kind::zone, name);
            case Field::services:
                return name == "any" || name == "application-default" || name == "service-http" ||
                       name == "service-https" || has(Kind::service, name) || has(Kind::service_group, name);
            case Field::tags:
                return has(Kind::tag, name);
            default:
                return true;
        }
    }

private:
    NodePtr own_;
    const Node* shared_;

    static bool in(const Node* scope, Kind kind, std::string_view name) {
        const Node* container = scope == nullptr ? nullptr : scope->child(kind_name(kind));
        return container != nullptr && container->child("entry", name) != nullptr;
    }
    static bool is_region(std::string_view name) {
        return name.size() == 2 && std::all_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    }
    static bool is_predefined_list(std::string_view name) {
        return name == "panw-known-ip-list" || name == "panw-highrisk-ip-list" || name == "panw-bulletproof-ip-list" ||
               name == "panw-torexit-ip-list";
    }
};

bool allows_keywords(Field field) {
    return field == Field::addresses || field == Field::zones || field == Field::services;
}

// The members of one list that lead nowhere, worded for a path that ends at the list.
void check_list(const Names& names, Field field, const Node& list, const std::string& path, Lines& lines) {
    bool bad = false;
    list.children().each([&](const Child& child) {
        if (child.node->tag() == "member" && !names.resolves(field, child.node->value())) {
            bad = true;
            if (allows_keywords(field)) {
                lines.push_back(
                    quoted_line(fmt::format("{} '{}' is not an allowed keyword", path, child.node->value())));
            }
            lines.push_back(quoted_line(fmt::format("{} '{}' is not a valid reference", path, child.node->value())));
        }
        return lines.size() < lines_max;
    });
    if (bad) {
        lines.push_back(quoted_line(path + " is invalid"));
    }
}

using OnObject = std::function<void(const Way&, const ObjectPlace&, const Node&)>;

void each_object(Way& way, const Node& node, const OnObject& tell) {
    way.push_back(Step{node.tag(), std::string(node.identity())});
    const auto place = object_place(way);
    if (place && place->entry) {
        tell(way, *place, node);
    } else {
        node.children().each([&](const Child& child) {
            each_object(way, *child.node, tell);
            return true;
        });
    }
    way.pop_back();
}

Way scope_of(const Way& way) {
    return Way(way.begin(), way.begin() + static_cast<std::ptrdiff_t>(scope_length(way)));
}

// ---- users of a name ------------------------------------------------------------------------------------------------

bool lists_kind(Field field, Kind kind) {
    switch (field) {
        case Field::group_members:
        case Field::addresses:
            return kind == Kind::address || kind == Kind::address_group ||
                   (kind == Kind::external_list && field == Field::addresses);
        case Field::zones:
            return kind == Kind::zone;
        case Field::services:
            return kind == Kind::service || kind == Kind::service_group;
        case Field::tags:
            return kind == Kind::tag;
        default:
            return false;
    }
}

std::vector<Kind> users_of(Kind kind) {
    switch (kind) {
        case Kind::address:
        case Kind::address_group:
            return {Kind::address_group, Kind::security_rule};
        case Kind::external_list:
        case Kind::zone:
            return {Kind::security_rule};
        case Kind::service:
        case Kind::service_group:
            return {Kind::service_group, Kind::security_rule};
        case Kind::tag:
            return {Kind::address, Kind::address_group, Kind::service, Kind::service_group, Kind::security_rule};
        default:
            return {};
    }
}

// Calls `tell` for each name of the set in the list; goes through whichever is shorter.
void hits(const Node& list, const std::unordered_set<std::string>& names,
          const std::function<void(const std::string&)>& tell) {
    if (names.size() < list.children().size()) {
        for (const std::string& name : names) {
            if (list.child("member", name) != nullptr) {
                tell(name);
            }
        }
        return;
    }
    list.children().each([&](const Child& child) {
        if (names.contains(child.node->value())) {
            tell(child.node->value());
        }
        return true;
    });
}

// The lists of the scope's objects of one kind that can name objects of another; false ends the walk.
void each_list(const Scope& scope, Kind by, Kind named, const std::function<bool(const Node&, const Node&)>& tell) {
    const NodePtr container = node_at(scope.node, container_steps(by));
    if (!container) {
        return;
    }
    bool more = true;
    container->children().each([&](const Child& object) {
        object.node->children().each([&](const Child& list) {
            if (lists_kind(field_of(by, list.node->tag()), named)) {
                more = tell(*object.node, *list.node);
            }
            return more;
        });
        return more;
    });
}

// How a refused delete names one user; clients see `>` unescaped there.
std::string user_line(const Scope& scope, Kind by, const Node& object, const Node& list, const std::string& name) {
    std::string line;
    if (by == Kind::security_rule) {
        line = fmt::format(" {} -> rulebase -> security -> rules -> {} -> {}",
                           scope.shared() ? "shared" : "vsys -> " + scope.vsys(), object.value(), list.tag());
    } else {
        line = fmt::format(" {} -> {} -> {} -> {}", kind_name(by), object.value(), list.tag(), name);
    }
    return escaped_line(line);
}

// ---- whole objects at commit ----------------------------------------------------------------------------------------

struct Values {
    std::vector<std::string_view> present;

    Values(const Node& object, std::initializer_list<std::string_view> alternatives) {
        for (const std::string_view each : alternatives) {
            if (object.child(each) != nullptr) {
                present.push_back(each);
            }
        }
    }
};

void check_choice(const std::string& path, const Node& object, std::initializer_list<std::string_view> alternatives,
                  Lines& lines) {
    const Values values(object, alternatives);
    if (values.present.empty()) {
        lines.push_back(quoted_line(fmt::format("{} is missing '{}'", path, *alternatives.begin())));
    }
    for (std::size_t i = 1; i < values.present.size(); ++i) {
        lines.push_back(quoted_line(
            fmt::format("{} Node {} and {} are mutually exclusive", path, values.present.front(), values.present[i])));
    }
}

void check_required(const std::string& path, const Node& object, std::initializer_list<std::string_view> required,
                    Lines& lines) {
    for (const std::string_view each : required) {
        const Node* field = object.child(each);
        if (field == nullptr || (field->children().empty() && field->value().empty())) {
            lines.push_back(quoted_line(fmt::format("{} is missing '{}'", path, each)));
        }
    }
}

bool reaches_itself(const Node& groups, const std::string& start, const std::string& at,
                    std::unordered_set<std::string>& seen) {
    const Node* group = groups.child("entry", at);
    const Node* list = group == nullptr ? nullptr : group->child("static");
    if (list == nullptr) {
        return false;
    }
    bool found = false;
    list->children().each([&](const Child& child) {
        const std::string& name = child.node->value();
        if (groups.child("entry", name) == nullptr) {
            return true;
        }
        found = name == start || (seen.insert(name).second && reaches_itself(groups, start, name, seen));
        return !found;
    });
    return found;
}

class CommitCheck {
public:
    CommitCheck(const NodePtr& root, const Limits& limits) : root_(root), limits_(limits) {}

    void object(const ObjectChange& change) {
        if (!change.after) {
            return;
        }
        const Names names(root_, scope_of(change.way));
        const Node& node = *change.after;
        const std::string path = std::string(kind_name(change.kind)) + " -> " + change.name();
        Lines lines;
        switch (change.kind) {
            case Kind::address:
                check_choice(path, node, {"ip-netmask", "ip-range", "fqdn", "ip-wildcard"}, lines);
                break;
            case Kind::address_group:
                check_choice(path, node, {"static", "dynamic"}, lines);
                group(change, path, lines);
                break;
            case Kind::security_rule:
                check_required(path, node, {"from", "to", "source", "destination", "service", "application", "action"},
                               lines);
                break;
            case Kind::external_list:
                check_required(path, node, {"type"}, lines);
                break;
            case Kind::service:
                check_required(path, node, {"protocol"}, lines);
                break;
            default:
                break;
        }
        node.children().each([&](const Child& child) {
            check_list(names, field_of(change.kind, child.node->tag()), *child.node, path + " -> " + child.node->tag(),
                       lines);
            return true;
        });
        add(change.way, change.kind, lines);
    }

    void removed(const Way& scope, Kind kind, const std::unordered_set<std::string>& names) {
        for (const Scope& user : scopes_of(root_)) {
            if (scope.size() != 2 && user.way != scope) {
                continue;  // a vsys's objects are seen by this vsys only
            }
            const Names visible(root_, user.way);
            for (const Kind by : users_of(kind)) {
                const NodePtr container = node_at(user.node, container_steps(by));
                if (!container) {
                    continue;
                }
                container->children().each([&](const Child& child) {
                    dangling(user.way, by, *child.node, kind, names, visible);
                    return true;
                });
            }
        }
    }

    void capacity() {
        std::size_t addresses = 0;
        std::size_t groups = 0;
        std::size_t rules = 0;
        for (const Scope& scope : scopes_of(root_)) {
            const auto count = [&scope](Kind kind) {
                const NodePtr container = node_at(scope.node, container_steps(kind));
                return container ? container->children().size() : 0;
            };
            addresses += count(Kind::address);
            groups += count(Kind::address_group);
            rules += count(Kind::security_rule);
        }
        over("address objects", addresses, limits_.addresses);
        over("address groups", groups, limits_.groups);
        over("security rules", rules, limits_.rules);
    }

    Lines take() {
        Lines lines = std::move(lines_);
        if (!lines.empty()) {
            lines.insert(lines.begin(), "Validation Error:");
            for (const std::string& each : invalid_) {
                lines.push_back(quoted_line(each + " is invalid"));
            }
        }
        lines.insert(lines.end(), capacity_.begin(), capacity_.end());
        return lines;
    }

private:
    const NodePtr& root_;
    const Limits& limits_;
    Lines lines_;
    Lines capacity_;
    std::vector<std::string> invalid_;

    void group(const ObjectChange& change, const std::string& path, Lines& lines) {
        const Node* list = change.after->child("static");
        if (list == nullptr) {
            return;
        }
        if (list->children().empty()) {
            lines.push_back(quoted_line(path + " -> static must have at least one address"));
        }
        if (list->children().size() > limits_.members_per_group) {
            capacity_.push_back(quoted_line(fmt::format("{} -> static exceeds the maximum of {} members ({})", path,
                                                        limits_.members_per_group, list->children().size())));
        }
        Way container = change.way;
        container.pop_back();
        const NodePtr groups = node_at(root_, container);
        std::unordered_set<std::string> seen;
        if (groups && reaches_itself(*groups, change.name(), change.name(), seen)) {
            lines.push_back(quoted_line(fmt::format("{} -> static contains itself", path)));
        }
    }

    void dangling(const Way& scope, Kind by, const Node& user, Kind kind, const std::unordered_set<std::string>& names,
                  const Names& visible) {
        const std::string path = std::string(kind_name(by)) + " -> " + user.value();
        Lines lines;
        user.children().each([&](const Child& child) {
            const Field field = field_of(by, child.node->tag());
            if (!lists_kind(field, kind)) {
                return true;
            }
            bool bad = false;
            hits(*child.node, names, [&](const std::string& name) { bad = bad || !visible.resolves(field, name); });
            if (bad) {
                check_list(visible, field, *child.node, path + " -> " + child.node->tag(), lines);
            }
            return true;
        });
        Way way = scope;
        way.push_back(Step{std::string(kind_name(by)), ""});
        way.push_back(Step{"entry", user.value()});
        add(way, by, lines);
    }

    void add(const Way& way, Kind kind, const Lines& lines) {
        for (const std::string& line : lines) {
            if (lines_.size() < lines_max && std::find(lines_.begin(), lines_.end(), line) == lines_.end()) {
                lines_.push_back(line);
            }
        }
        if (!lines.empty()) {
            also_invalid(std::string(kind_name(kind)));
            if (scope_length(way) == 5) {
                also_invalid("vsys");
                also_invalid("devices");
            } else {
                also_invalid("shared");
            }
        }
    }

    void also_invalid(const std::string& what) {
        if (std::find(invalid_.begin(), invalid_.end(), what) == invalid_.end()) {
            invalid_.push_back(what);
        }
    }

    void over(std::string_view what, std::size_t count, std::size_t most) {
        if (count > most) {
            capacity_.push_back(
                fmt::format("Number of {} ({}) exceeds the maximum of {} of this platform", what, count, most));
        }
    }
};

}  // namespace

std::string quoted_line(std::string_view text) {
    return cdata(' ' + std::string(text));
}

Lines check_input(const NodePtr& root, const NodePtr& draft, std::size_t shown_from) {
    InputCheck check{root, shown_from, {}, {}};
    check.walk(*draft);
    return std::move(check.lines);
}

Lines check_references(const NodePtr& root, const NodePtr& draft, std::size_t shown_from) {
    Lines lines;
    Way way;
    each_object(way, *draft, [&](const Way& at, const ObjectPlace& place, const Node& object) {
        const Names names(root, scope_of(at));
        object.children().each([&](const Child& child) {
            Way field_way = at;
            field_way.push_back(Step{child.node->tag(), ""});
            check_list(names, field_of(place.kind, child.node->tag()), *child.node,
                       joined(field_way, std::min(shown_from, place.container)), lines);
            return lines.size() < lines_max;
        });
    });
    return lines;
}

Lines check_objects(const NodePtr& root, const NodePtr& draft) {
    Lines lines;
    Way way;
    each_object(way, *draft, [&](const Way& at, const ObjectPlace& place, const Node& object) {
        if (place.kind != Kind::address && place.kind != Kind::address_group) {
            return;
        }
        const NodePtr scope = node_at(root, scope_of(at));
        const Kind other = place.kind == Kind::address ? Kind::address_group : Kind::address;
        const Node* others = scope ? scope->child(kind_name(other)) : nullptr;
        if (others != nullptr && others->child("entry", object.value()) != nullptr) {
            lines.push_back(quoted_line(
                fmt::format("{} -> {} '{}' is already in use", kind_name(place.kind), object.value(), object.value())));
        }
        const NodePtr present = node_at(root, at);
        const Node* list = present && place.kind == Kind::address_group ? present->child("static") : nullptr;
        if (list != nullptr && list->children().empty()) {
            lines.push_back(quoted_line(fmt::format("{} -> static must have at least one address", object.value())));
            lines.push_back(quoted_line(fmt::format("{} -> static is invalid", object.value())));
        }
    });
    return lines;
}

Lines references_to(const NodePtr& root, const Way& scope, Kind kind, const std::unordered_set<std::string>& names) {
    Lines lines;
    for (const Scope& user : scopes_of(root)) {
        if (scope.size() != 2 && user.way != scope) {
            continue;
        }
        const Names visible(root, user.way);
        for (const Kind by : users_of(kind)) {
            each_list(user, by, kind, [&](const Node& object, const Node& list) {
                hits(list, names, [&](const std::string& name) {
                    if (lines.size() >= lines_max || visible.resolves(field_of(by, list.tag()), name)) {
                        return;
                    }
                    if (lines.empty()) {
                        lines.push_back(
                            fmt::format(" {} cannot be deleted because of references from:", cdata(' ' + name)));
                    }
                    lines.push_back(user_line(user, by, object, list, name));
                });
                return lines.size() < lines_max;
            });
        }
    }
    return lines;
}

std::vector<ListUse> lists_naming(const NodePtr& root, const Way& scope, Kind kind, const std::string& name) {
    std::vector<ListUse> uses;
    for (const Scope& user : scopes_of(root)) {
        if (scope.size() != 2 && user.way != scope) {
            continue;
        }
        for (const Kind by : users_of(kind)) {
            each_list(user, by, kind, [&](const Node& object, const Node& list) {
                if (list.child("member", name) != nullptr) {
                    Way way = user.way;
                    for (const std::string& tag : container_steps(by)) {
                        way.push_back(Step{tag, ""});
                    }
                    way.push_back(Step{"entry", object.value()});
                    way.push_back(Step{list.tag(), ""});
                    uses.push_back({std::move(way)});
                }
                return true;
            });
        }
    }
    return uses;
}

Lines check_configuration(const Differences& changed, const NodePtr& after, const Limits& limits) {
    CommitCheck check(after, limits);
    struct Removed {
        Way scope;
        Kind kind;
        std::unordered_set<std::string> names;
    };
    std::vector<Removed> removed;
    for (const ObjectChange& change : changed.objects) {
        check.object(change);
        if (change.after) {
            continue;
        }
        const Way scope = scope_of(change.way);
        const auto same = [&](const Removed& each) { return each.kind == change.kind && each.scope == scope; };
        auto at = std::find_if(removed.begin(), removed.end(), same);
        if (at == removed.end()) {
            removed.push_back({scope, change.kind, {}});
            at = removed.end() - 1;
        }
        at->names.insert(change.name());
    }
    for (const Removed& each : removed) {
        check.removed(each.scope, each.kind, each.names);
    }
    check.capacity();
    return check.take();
}

}  // namespace sim::panos
