#include "sim/panos/configuration/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <functional>
#include <optional>

#include "sim/panos/configuration/address.hpp"
#include "sim/panos/configuration/network_part.hpp"
#include "sim/panos/configuration/predefined.hpp"
#include "sim/panos/configuration/tag_filter.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {
using namespace std::string_view_literals;
namespace {

constexpr std::size_t name_max = 63;
constexpr std::size_t description_max = 1023;
constexpr std::size_t url_max = 255;
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

// What is wrong with a text that is no range of addresses.
std::string_view range_complaint(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) {
        return "range separator('-') not found";
    }
    return !parse_ip(text.substr(0, dash))    ? "invalid range start IP"
           : !parse_ip(text.substr(dash + 1)) ? "invalid range end IP"
                                              : "is not a valid IP address range";
}

bool name_is_valid(std::string_view name) {
    const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    return !name.empty() && (letter(name.front()) || name.front() == '_') &&
           std::all_of(name.begin(), name.end(),
                       [&letter](char c) { return letter(c) || c == ' ' || c == '-' || c == '_' || c == '.'; });
}

// As the web interface's help gives them.
std::size_t name_max_of(Kind kind, const Version& version) {
    switch (kind) {
        case Kind::tag:
            return 127;
        case Kind::zone:
        case Kind::schedule:
        case Kind::profile_group:
        case Kind::url_category:
        case Kind::application:
        case Kind::application_group:
        case Kind::application_filter:
            return 31;
        case Kind::external_list:
            return 32;
        case Kind::security_rule:
        case Kind::pre_rule:
        case Kind::post_rule:
            return version.rule_name_max();
        default:
            return name_max;
    }
}

// Names that rules use for something else.
bool is_reserved(Kind kind, std::string_view name) {
    switch (kind) {
        case Kind::address:
        case Kind::address_group:
        case Kind::external_list:
        case Kind::zone:
            return name == "any";
        case Kind::service:
        case Kind::service_group:
            return name == "any" || name == "application-default";
        default:
            return false;
    }
}

// ---- values ---------------------------------------------------------------------------------------------------------

bool number_between(std::string_view text, std::size_t least, std::size_t most) {
    const auto number = whole_number(text, most);
    return number && *number >= least;
}

// "80,8080-8090"
bool is_port_list(std::string_view text) {
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view part = text.substr(0, comma);
        const std::size_t dash = part.find('-');
        if (!number_between(part.substr(0, dash), 0, 65535) ||
            (dash != std::string_view::npos && !number_between(part.substr(dash + 1), 0, 65535))) {
            return false;
        }
        if (comma == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(comma + 1);
    }
}

bool is_clock(std::string_view text) {
    return text.size() == 5 && text[2] == ':' && number_between(text.substr(0, 2), 0, 23) &&
           number_between(text.substr(3), 0, 59);
}

bool is_moment(std::string_view text) {  // 2026/01/31@08:00
    return text.size() == 16 && text[4] == '/' && text[7] == '/' && text[10] == '@' &&
           number_between(text.substr(0, 4), 1970, 9999) && number_between(text.substr(5, 2), 1, 12) &&
           number_between(text.substr(8, 2), 1, 31) && is_clock(text.substr(11));
}

bool is_span_of(std::string_view text, std::size_t length, bool (*one)(std::string_view)) {
    return text.size() == 2 * length + 1 && text[length] == '-' && one(text.substr(0, length)) &&
           one(text.substr(length + 1));
}

struct InputCheck {
    const NodePtr& root;
    std::size_t shown_from;
    const InputTerms& terms;
    Lines lines{};
    Way way{};

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
        const std::size_t most = name_max_of(place.kind, terms.version);
        if (text.size() > most) {
            complain(fmt::format("{} can be at most {} characters, but current length: {}", text, most, text.size()));
        } else if (place.kind != Kind::tag && !name_is_valid(text)) {
            complain(
                fmt::format("{} is invalid. A valid object name must start with an alphanumeric character or "
                            "underscore and can contain alphanumeric characters, underscore '_', hyphen '-', "
                            "dot '.' or spaces",
                            here()));
        } else if (is_reserved(place.kind, text)) {
            complain(fmt::format("{} -> {} constraints failed : '{}' is not allowed", kind_label(place), text, text));
        }
    }

    std::string kind_label(const ObjectPlace& place) const { return way[place.container - 1].tag; }

    void unexpected_text() { complain(joined(way, way.size() < 3 ? 0 : way.size() - 2) + " has unexpected text."); }

    /// As devices word it where an address stands: without quotes, and what is wrong with it as a range.
    void bad_address(const std::string& value) {
        complain(fmt::format("{} {} is an invalid ipv4/v6 address", here(), value));
        complain(here() + " is invalid");
    }

    void bad_range(const std::string& value) {
        complain(fmt::format("{} {} {}", here(), value, range_complaint(value)));
        complain(here() + " is invalid");
    }

    void bad_value(const std::string& value, std::string_view why) {
        complain(fmt::format("{} '{}' {}", here(), value, why));
        complain(here() + " is invalid");
    }

    void value(Field field, const std::string& text) {
        switch (field) {
            case Field::netmask:
                if (!parse_netmask(text)) {
                    bad_address(text);
                }
                return;
            case Field::range:
                if (!parse_range(text)) {
                    bad_range(text);
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
            case Field::rule_type:
                keyword(text, std::array<std::string_view, 3>{"universal", "intrazone", "interzone"});
                return;
            case Field::day_of_week:
                keyword(text, std::array<std::string_view, 7>{"sunday", "monday", "tuesday", "wednesday", "thursday",
                                                              "friday", "saturday"});
                return;
            case Field::hour:
                if (text.size() != 2 || !number_between(text, 0, 23)) {
                    bad_value(text, "is not an allowed keyword");
                }
                return;
            case Field::day_of_month:
                between(text, 1, 31);
                return;
            case Field::ports:
                if (!is_port_list(text)) {
                    complain(here() + " is invalid");
                }
                return;
            case Field::category_type:
                keyword(text, std::array<std::string_view, 2>{"URL List", "Category Match"});
                return;
            case Field::filter:
                if (!TagFilter::parse(text)) {
                    bad_value(text, "is not a valid filter");
                }
                return;
            case Field::source_url:
                if (text.empty() || text.size() > url_max || text.find(' ') != std::string::npos) {
                    bad_value(text, "is not a valid source");
                }
                return;
            default:
                return;
        }
    }

    void member(Field field, const std::string& text) {
        if (field == Field::clock_ranges && !is_span_of(text, 5, is_clock)) {
            bad_value(text, "is not a valid time range");
        } else if (field == Field::moments_ranges && !is_span_of(text, 16, is_moment)) {
            bad_value(text, "is not a valid date and time range");
        }
    }

    void between(const std::string& text, std::size_t least, std::size_t most) {
        if (!number_between(text, least, most)) {
            complain(fmt::format("{} value={} should be equal to or between {} and {}", here(), text, least, most));
            if (terms.version.nests_value_errors()) {
                lines.back() = "<line>" + lines.back() + "</line>";
            }
        }
    }

    // Values below deviceconfig/system and network that a client would notice; the rest is taken as it comes.
    void device_value(const Node& node) {
        const std::string path = path_below(way, 3);
        const std::string& text = node.value();
        const auto address = [&] {
            if (!parse_ip(text)) {
                bad_value(text, "is not a valid IP address");
            }
        };
        if (path == "deviceconfig/system/ip-address" || path == "deviceconfig/system/default-gateway" ||
            path == "deviceconfig/system/netmask") {
            address();
        } else if (path == "deviceconfig/system/hostname") {
            if (text.empty() || text.size() > name_max || text.find_first_of(" /_'\"<>&") != std::string::npos) {
                bad_value(text, "is not a valid hostname");
            }
        } else if (path == "network/interface/ethernet/entry") {
            const std::size_t slash = text.find('/');
            if (text.rfind("ethernet", 0) != 0 || slash == std::string::npos ||
                !number_between(std::string_view(text).substr(8, slash - 8), 1, 99) ||
                !number_between(std::string_view(text).substr(slash + 1), 1, 999)) {
                complain(fmt::format("{} is invalid", here()));
            }
        } else if (path == "network/interface/ethernet/entry/layer3/ip/entry") {
            if (text.find_first_not_of("0123456789./") == std::string::npos && !parse_netmask(text)) {
                bad_value(text, "is not a valid IP address or netmask");
            }
        } else if (path == "network/interface/ethernet/entry/layer3/mtu") {
            between(text, 576, 9216);
        } else if (path == "network/virtual-router/entry/routing-table/ip/static-route/entry/destination") {
            if (text.find_first_not_of("0123456789./") == std::string::npos && !parse_netmask(text)) {
                bad_value(text, "is not a valid IP address or netmask");
            }
        } else if (path == "network/virtual-router/entry/routing-table/ip/static-route/entry/metric") {
            between(text, 1, 65535);
        } else if (path == "network/virtual-router/entry/routing-table/ip/static-route/entry/nexthop/ip-address") {
            if (text.find_first_not_of("0123456789./") == std::string::npos && !parse_netmask(text)) {
                bad_value(text, "is not a valid IP address");
            }
        }
    }

    template <class Words>
    void keyword(const std::string& text, const Words& words) {
        if (std::find(words.begin(), words.end(), text) == words.end()) {
            bad_value(text, "is not an allowed keyword");
        }
    }

    // A device can't be made by setting something into it, and a vsys only where several are allowed.
    bool foreign_scope(const Step& parent, const Node& node) const {
        if (!node.is_entry() || way[1].tag != "devices" || node_at(root, way) != nullptr) {
            return false;
        }
        if (way.size() == 3) {
            return true;
        }
        if (way.size() != 5 || parent.tag != "vsys") {
            return false;
        }
        return !terms.multi_vsys || node.value().rfind("vsys", 0) != 0 ||
               !number_between(std::string_view(node.value()).substr(4), 1, 255);
    }

    // Text where there are only elements: beside children, in a container of objects, in a list of members.
    bool has_stray_text(const Node& node, const std::optional<ObjectPlace>& place) const {
        if (node.is_entry() || node.tag() == "member" || node.value().empty()) {
            return false;
        }
        return !node.children().empty() || (place && !place->entry) ||
               (place && is_list(field_of(place->kind, path_below(way, place->container + 1))));
    }

    void walk(const Node& node) {
        const bool expected =
            may_hold(way, node.tag(), terms.version) && model_has(is_panorama(*root), way, node.tag());
        way.push_back(Step{node.tag(), std::string(node.identity())});
        if (!expected) {
            unexpected();
        } else if (way.size() == 5 && way[3].tag == "device-group" && node.value() == "shared") {
            complain("shared 'shared' is invalid. Reserved keyword (shared) used for device group name");
        } else if (way.size() > 2 && foreign_scope(way[way.size() - 2], node)) {
            const Step& holder = way[way.size() - 2];
            complain(fmt::format("{} '{}' is not a valid reference", label(holder), node.value()));
            complain(label(holder) + " is invalid");
        } else {
            const auto place = object_place(way);
            if (has_stray_text(node, place)) {
                unexpected_text();
            } else if (place && place->entry && way.size() == place->container + 1) {
                name(*place, node.value());
            } else if (place && place->entry && node.tag() == "member") {
                const Way above(way.begin(), way.end() - 1);
                member(field_of(place->kind, path_below(above, place->container + 1)), node.value());
            } else if (place && place->entry) {
                value(field_of(place->kind, path_below(way, place->container + 1)), node.value());
            } else if (way.size() > 4 && way[1].tag == "devices" &&
                       (way[3].tag == "network" || way[4].tag == "system")) {
                device_value(node);
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

const Node* container_of(const Node* scope, Kind kind) {
    if (scope == nullptr) {
        return nullptr;
    }
    switch (kind) {
        case Kind::security_rule:
            return node_below(scope, {"rulebase", "security", "rules"});
        case Kind::pre_rule:
            return node_below(scope, {"pre-rulebase", "security", "rules"});
        case Kind::post_rule:
            return node_below(scope, {"post-rulebase", "security", "rules"});
        case Kind::log_profile:
            return node_below(scope, {"log-settings", "profiles"});
        case Kind::url_category:
            return node_below(scope, {"profiles", "custom-url-category"});
        default:
            return scope->child(kind_name(kind));
    }
}

/// Looks names up as a scope sees them: its own first, the shared ones last.
class Names {
public:
    Names(const NodePtr& root, const Way& scope) : scopes_(visible_scopes(root, scope)), any_zone_(is_panorama(*root)) {
        if (scope.size() == 5) {
            device_ = node_at(root, Way(scope.begin(), scope.begin() + 3));
        }
    }

    bool has(Kind kind, std::string_view name) const {
        if (!found_.empty() && kind == found_kind_ && name == found_) {
            return true;
        }
        const bool there = std::any_of(scopes_.begin(), scopes_.end(),
                                       [&](const NodePtr& scope) { return in(scope.get(), kind, name); });
        if (there) {
            found_kind_ = kind;
            found_ = name;
        }
        return there;
    }

    /// `list`: the tag of the field.
    bool resolves(Field field, std::string_view list, const std::string& name) const {
        switch (field) {
            case Field::group_members:
                return has(Kind::address, name) || has(Kind::address_group, name);
            case Field::addresses:
                return name == "any" || has(Kind::address, name) || has(Kind::address_group, name) ||
                       has(Kind::external_list, name) || parse_netmask(name) || parse_range(name) || is_region(name) ||
                       is_predefined_list(name);
            case Field::zones:
                return any_zone_ || name == "any" || name == "multicast" || has(Kind::zone, name);
            case Field::services:
                return name == "any" || name == "application-default" || is_predefined_service(name) ||
                       has(Kind::service, name) || has(Kind::service_group, name);
            case Field::tags:
            case Field::tag_name:
                return has(Kind::tag, name);
            case Field::applications:
                return name == "any" || is_predefined_application(name) || has(Kind::application, name) ||
                       has(Kind::application_group, name) || has(Kind::application_filter, name);
            case Field::categories:
                return name == "any" || is_predefined_category(name) || has(Kind::url_category, name) ||
                       has(Kind::external_list, name);
            case Field::profile_groups:
                return has(Kind::profile_group, name);
            case Field::profiles:
                return is_predefined_profile(list, name) ||
                       std::any_of(scopes_.begin(), scopes_.end(),
                                   [&](const NodePtr& scope) { return profile(scope.get(), list, name); });
            case Field::schedule_name:
                return has(Kind::schedule, name);
            case Field::log_profile_name:
                return has(Kind::log_profile, name);
            case Field::interfaces:
                return any_zone_ || interface_exists(name);
            default:
                return true;
        }
    }

private:
    std::vector<NodePtr> scopes_;
    bool any_zone_;  // zones and interfaces are the firewalls', a Panorama takes any name
    NodePtr device_;
    // What was found last: thousands of objects of one commit carry the same tag.
    mutable Kind found_kind_ = Kind::other;
    mutable std::string found_;

    static bool in(const Node* scope, Kind kind, std::string_view name) {
        const Node* container = container_of(scope, kind);
        return container != nullptr && container->child("entry", name) != nullptr;
    }
    static bool profile(const Node* scope, std::string_view type, std::string_view name) {
        const Node* container = node_below(scope, {"profiles", type});
        return container != nullptr && container->child("entry", name) != nullptr;
    }
    // ethernet1/1, ae1, ethernet1/1.5, loopback, loopback.3, ...
    bool interface_exists(std::string_view name) const {
        const Node* const all = node_below(device_.get(), {"network", "interface"});
        if (all == nullptr) {
            return false;
        }
        const std::string_view base = name.substr(0, name.find('.'));
        for (const std::string_view type : {"ethernet", "aggregate-ethernet"}) {
            const Node* const container = all->child(type);
            const Node* const port = container == nullptr ? nullptr : container->child("entry", base);
            if (port == nullptr) {
                continue;
            }
            if (base == name) {
                return true;
            }
            for (const std::string_view layer : {"layer3", "layer2", "virtual-wire"}) {
                const Node* const units = node_below(port, {layer, "units"});
                if (units != nullptr && units->child("entry", name) != nullptr) {
                    return true;
                }
            }
        }
        if (base != "loopback" && base != "tunnel" && base != "vlan") {
            return false;
        }
        const Node* const units = node_below(all, {base, "units"});
        return base == name || (units != nullptr && units->child("entry", name) != nullptr);
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
    return field == Field::addresses || field == Field::zones || field == Field::services ||
           field == Field::applications || field == Field::categories;
}

// What one field names and is not there. `spell` gives the path that ends at the field, when there is something to say.
template <class Spell>
void check_field(const Names& names, Field field, const Node& node, const Spell& spell, Lines& lines) {
    std::string path;
    bool bad = false;
    const auto one = [&](const std::string& name) {
        if (names.resolves(field, node.tag(), name)) {
            return;
        }
        if (!bad) {
            path = spell();
        }
        bad = true;
        if (allows_keywords(field)) {
            lines.push_back(quoted_line(fmt::format("{} '{}' is not an allowed keyword", path, name)));
        }
        if (field == Field::addresses) {
            lines.push_back(quoted_line(fmt::format("{} {} is an invalid ipv4/v6 address", path, name)));
            lines.push_back(quoted_line(fmt::format("{} {} {}", path, name, range_complaint(name))));
        }
        lines.push_back(quoted_line(fmt::format("{} '{}' is not a valid reference", path, name)));
    };
    if (is_list(field)) {
        node.children().each([&](const Child& child) {
            if (child.node->tag() == "member") {
                one(child.node->value());
            }
            return lines.size() < lines_max;
        });
    } else if (!node.value().empty()) {
        one(node.value());
    }
    if (bad) {
        lines.push_back(quoted_line(path + " is invalid"));
    }
}

// "source", "profile-setting -> group"
std::string shown(std::string_view path) {
    std::string text;
    for (const char c : path) {
        text += c == '/' ? std::string(" -> ") : std::string(1, c);
    }
    return text;
}

const Node* at_path(const Node& object, std::string_view path) {
    const Node* at = &object;
    while (at != nullptr && !path.empty()) {
        const std::string_view tag = path.substr(0, path.find('/'));
        at = at->child(tag);
        path.remove_prefix(std::min(path.size(), tag.size() + 1));
    }
    return at;
}

// The fields of an object that name others.
template <class Tell>
void each_field(Kind kind, const Node& object, const Tell& tell) {
    for (const FieldRow& row : fields_of(kind)) {
        if (is_reference(row.field)) {
            if (const Node* const node = at_path(object, row.path)) {
                tell(row, *node);
            }
        }
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

// The objects that the draft is about or holds.
void each_object(const Draft& draft, const OnObject& tell) {
    if (const auto place = object_place(draft.way); place && place->entry) {
        tell(draft.way, *place, *draft.node);
        return;
    }
    Way holder(draft.way.begin(), draft.way.end() - 1);
    each_object(holder, *draft.node, tell);
}

std::ptrdiff_t to_offset(std::size_t steps) {
    return static_cast<std::ptrdiff_t>(steps);
}

Way scope_of(const Way& way) {
    return Way(way.begin(), way.begin() + to_offset(scope_length(way)));
}

// The node that the first `steps` of the way lead to, or null.
const Node* find_at(const Node& root, const Way& way, std::size_t steps) {
    const Node* at = steps == 0 || root.tag() != way.front().tag ? nullptr : &root;
    for (std::size_t i = 1; at != nullptr && i < steps; ++i) {
        at = at->child(way[i].tag, way[i].identity);
    }
    return at;
}

// ---- users of a name ------------------------------------------------------------------------------------------------

constexpr std::array all_kinds{Kind::address,           Kind::address_group, Kind::service,  Kind::service_group,
                               Kind::application_group, Kind::external_list, Kind::zone,     Kind::profile_group,
                               Kind::security_rule,     Kind::pre_rule,      Kind::post_rule};

std::vector<Kind> users_of(Kind kind) {
    std::vector<Kind> users;
    for (const Kind by : all_kinds) {
        const auto rows = fields_of(by);
        if (std::any_of(rows.begin(), rows.end(), [kind](const FieldRow& row) { return can_name(row.field, kind); })) {
            users.push_back(by);
        }
    }
    return users;
}

// Calls `tell` for each name of the set in the field; goes through whichever is shorter.
void hits(const Node& list, const std::unordered_set<std::string>& names,
          const std::function<void(const std::string&)>& tell) {
    if (list.children().empty()) {
        if (names.contains(list.value())) {
            tell(list.value());
        }
        return;
    }
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

// The fields of the scope's objects of one kind that can name objects of another; false ends the walk.
void each_list(const Scope& scope, Kind by, Kind named,
               const std::function<bool(const Node&, const FieldRow&, const Node&)>& tell) {
    const Node* const container = container_of(scope.node.get(), by);
    if (container == nullptr) {
        return;
    }
    std::vector<FieldRow> rows;
    for (const FieldRow& row : fields_of(by)) {
        if (can_name(row.field, named)) {
            rows.push_back(row);
        }
    }
    container->children().each([&](const Child& object) {
        bool more = true;
        for (const FieldRow& row : rows) {
            const Node* const node = more ? at_path(*object.node, row.path) : nullptr;
            more = node == nullptr ? more : tell(*object.node, row, *node);
        }
        return more;
    });
}

// How a refused delete names one user; clients see `>` unescaped there.
std::string user_line(const Scope& scope, Kind by, const Node& object, const FieldRow& row, const std::string& name) {
    std::string line;
    if (is_rule(by)) {
        line = fmt::format(" {} -> {} -> security -> rules -> {} -> {}",
                           scope.shared() ? "shared" : scope.way[3].tag + " -> " + scope.vsys(),
                           container_steps(by).front(), object.value(), shown(row.path));
    } else {
        line = fmt::format(" {} -> {} -> {} -> {}", kind_name(by), object.value(), shown(row.path), name);
    }
    return escaped_line(line);
}

// ---- whole objects at commit ----------------------------------------------------------------------------------------

// Where something is wrong: "address -> bad-host -> type". A commit of thousands of objects spells none of them when
// all is well.
struct Spot {
    std::string_view kind;
    std::string_view name;
    std::string_view list{};
    std::string_view below{};

    std::string text() const {
        std::string out;
        for (const std::string_view part : {kind, name, list, below}) {
            out += part.empty() || out.empty() ? "" : " -> ";
            out += part;
        }
        return out;
    }
};

std::size_t how_many(const Node& object, std::initializer_list<std::string_view> alternatives) {
    std::size_t count = 0;
    object.children().each([&](const Child& child) {
        count += std::find(alternatives.begin(), alternatives.end(), child.node->tag()) != alternatives.end() ? 1U : 0U;
        return true;
    });
    return count;
}

void check_choice(const Spot& spot, const Node& object, std::initializer_list<std::string_view> alternatives,
                  Lines& lines) {
    if (how_many(object, alternatives) == 1) {
        return;
    }
    std::string_view first;
    for (const std::string_view each : alternatives) {
        if (object.child(each) == nullptr) {
            continue;
        }
        if (!first.empty()) {
            lines.push_back(
                quoted_line(fmt::format("{} Node {} and {} are mutually exclusive", spot.text(), first, each)));
        }
        first = first.empty() ? each : first;
    }
    if (first.empty()) {
        lines.push_back(quoted_line(fmt::format("{} is missing '{}'", spot.text(), *alternatives.begin())));
    }
}

void check_required(const Spot& spot, const Node& object, std::initializer_list<std::string_view> required,
                    Lines& lines) {
    for (const std::string_view each : required) {
        const Node* field = object.child(each);
        if (field == nullptr || (field->children().empty() && field->value().empty())) {
            lines.push_back(quoted_line(fmt::format("{} is missing '{}'", spot.text(), each)));
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
        const Names& names = names_seen_by(change.container());
        const Node& node = *change.after;
        const Spot path{kind_name(change.kind), change.name()};
        Lines lines;
        switch (change.kind) {
            case Kind::address:
                address(node, path, lines);
                break;
            case Kind::address_group:
                check_choice(path, node, {"static", "dynamic"}, lines);
                group(change, path, lines);
                break;
            case Kind::security_rule:
            case Kind::pre_rule:
            case Kind::post_rule:
                check_required(path, node, {"from", "to", "source", "destination", "service", "application", "action"},
                               lines);
                break;
            case Kind::external_list:
                external_list(node, path, lines);
                break;
            case Kind::service:
                service(node, path, lines);
                break;
            case Kind::service_group:
                service_group(node, path, lines);
                break;
            case Kind::schedule:
                check_required(path, node, {"schedule-type"}, lines);
                break;
            default:
                break;
        }
        each_field(change.kind, node, [&](const FieldRow& row, const Node& field) {
            check_field(
                names, row.field, field, [&] { return path.text() + " -> " + shown(row.path); }, lines);
        });
        add(change.container(), change.kind, lines);
    }

    void removed(const Way& scope, Kind kind, const std::unordered_set<std::string>& names) {
        for (const Scope& user : scopes_of(root_)) {
            if (!sees(*root_, user.way, scope)) {
                continue;
            }
            const Names visible(root_, user.way);
            for (const Kind by : users_of(kind)) {
                const Node* const container = container_of(user.node.get(), by);
                if (container == nullptr) {
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
        std::size_t services = 0;
        for (const Scope& scope : scopes_of(root_)) {
            const auto count = [&scope](Kind kind) {
                const Node* const container = container_of(scope.node.get(), kind);
                return container != nullptr ? container->children().size() : 0;
            };
            addresses += count(Kind::address);
            groups += count(Kind::address_group);
            services += count(Kind::service);
            rules += count(Kind::security_rule) + count(Kind::pre_rule) + count(Kind::post_rule);
        }
        over("address objects", addresses, limits_.addresses);
        over("address groups", groups, limits_.groups);
        over("security rules", rules, limits_.rules);
        over("services", services, limits_.services);
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
    Way names_scope_;
    std::optional<Names> names_;  // of that scope

    const Names& names_seen_by(const Way& container) {
        const auto end = container.begin() + to_offset(scope_length(container));
        if (!names_ || !std::equal(names_scope_.begin(), names_scope_.end(), container.begin(), end)) {
            names_scope_.assign(container.begin(), end);
            names_.emplace(root_, names_scope_);
        }
        return *names_;
    }

    static void address(const Node& node, const Spot& path, Lines& lines) {
        const auto kinds = {"ip-netmask"sv, "ip-range"sv, "fqdn"sv, "ip-wildcard"sv};
        const std::size_t count = how_many(node, kinds);
        if (count == 0) {
            lines.push_back(quoted_line(path.text() + " is missing one of ip-netmask, ip-range, ip-wildcard or fqdn"));
        } else if (count > 1) {
            check_choice(path, node, kinds, lines);
        }
    }

    void group(const ObjectChange& change, const Spot& path, Lines& lines) {
        const Node* list = change.after->child("static");
        if (list == nullptr) {
            return;
        }
        if (list->children().empty()) {
            lines.push_back(quoted_line(path.text() + " -> static must have at least one address"));
        }
        if (list->children().size() > limits_.members_per_group) {
            capacity_.push_back(
                quoted_line(fmt::format("{} -> static exceeds the maximum of {} members ({})", path.text(),
                                        limits_.members_per_group, list->children().size())));
        }
        const NodePtr groups = node_at(root_, change.container());
        std::unordered_set<std::string> seen;
        if (groups && reaches_itself(*groups, change.name(), change.name(), seen)) {
            lines.push_back(quoted_line(fmt::format("{} -> static contains itself", path.text())));
        }
    }

    void service_group(const Node& node, const Spot& path, Lines& lines) {
        const Node* const members = node.child("members");
        if (members == nullptr || members->children().empty()) {
            lines.push_back(quoted_line(fmt::format("{} is missing 'members'", path.text())));
        } else if (members->children().size() > limits_.services_per_group) {
            capacity_.push_back(
                quoted_line(fmt::format("{} -> members exceeds the maximum of {} members ({})", path.text(),
                                        limits_.services_per_group, members->children().size())));
        }
    }

    static void external_list(const Node& node, const Spot& path, Lines& lines) {
        const Node* const type = node.child("type");
        if (type == nullptr || type->children().empty()) {
            lines.push_back(quoted_line(fmt::format("{} is missing 'type'", path.text())));
            return;
        }
        check_choice(Spot{path.kind, path.name, "type"}, *type,
                     {"ip", "domain", "url", "predefined-ip", "predefined-url", "imsi", "imei"}, lines);
        type->children().each([&](const Child& child) {
            check_required(Spot{path.kind, path.name, "type", child.node->tag()}, *child.node, {"url"}, lines);
            return true;
        });
    }

    static void service(const Node& node, const Spot& path, Lines& lines) {
        const Node* const protocol = node.child("protocol");
        if (protocol == nullptr || protocol->children().empty()) {
            lines.push_back(quoted_line(fmt::format("{} is missing 'protocol'", path.text())));
            return;
        }
        check_choice(Spot{path.kind, path.name, "protocol"}, *protocol, {"tcp", "udp", "sctp"}, lines);
        protocol->children().each([&](const Child& child) {
            check_required(Spot{path.kind, path.name, "protocol", child.node->tag()}, *child.node, {"port"}, lines);
            return true;
        });
    }

    void dangling(const Way& scope, Kind by, const Node& user, Kind kind, const std::unordered_set<std::string>& names,
                  const Names& visible) {
        Lines lines;
        for (const FieldRow& row : fields_of(by)) {
            const Node* const node = can_name(row.field, kind) ? at_path(user, row.path) : nullptr;
            if (node == nullptr) {
                continue;
            }
            bool bad = false;
            hits(*node, names,
                 [&](const std::string& name) { bad = bad || !visible.resolves(row.field, node->tag(), name); });
            if (bad) {
                check_field(
                    visible, row.field, *node,
                    [&] {
                        return Spot{kind_name(by), user.value(), shown(row.path)}.text();
                    },
                    lines);
            }
        }
        if (lines.empty()) {
            return;
        }
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
                also_invalid(way[3].tag);
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

// ---- whole objects at set ------------------------------------------------------------------------------------------

// Who shares its names with the kind.
std::optional<Kind> namesake_of(Kind kind) {
    switch (kind) {
        case Kind::address:
            return Kind::address_group;
        case Kind::address_group:
            return Kind::address;
        case Kind::service:
            return Kind::service_group;
        case Kind::service_group:
            return Kind::service;
        default:
            return std::nullopt;
    }
}

void check_members(const Node& group, Lines& lines) {
    const Node* const list = group.child("static");
    if (list != nullptr && list->children().empty()) {
        lines.push_back(quoted_line(fmt::format("{} -> static must have at least one address", group.value())));
        lines.push_back(quoted_line(fmt::format("{} -> static is invalid", group.value())));
    }
}

// pan-os-php issue 619 (10.1); that the rest of a rule's lists is not looked at is as little known as the opposite.
void check_exclusive(const Node& rule, Lines& lines) {
    bool bad = false;
    for (const std::string_view tag : {"source", "destination", "service"}) {
        const Node* const list = rule.child(tag);
        if (list == nullptr || list->children().size() < 2) {
            continue;
        }
        for (const std::string_view word : {"any", "application-default"}) {
            if (list->child("member", word) != nullptr && (word == "any" || tag == "service")) {
                lines.push_back(quoted_line(fmt::format("{} -> {}  is invalid. '{}' should not be used with another {}",
                                                        rule.value(), tag, word, tag)));
                bad = true;
            }
        }
    }
    if (bad) {
        lines.push_back(quoted_line(rule.value() + " is invalid"));
    }
}

// rapid7's plug-in met it.
void check_category(const Node& category, Lines& lines) {
    const Node* const list = category.child("list");
    if (list == nullptr || list->children().empty() || category.child("type") != nullptr) {
        return;
    }
    const std::string path = category.value() + " -> list";
    list->children().each([&](const Child& child) {
        lines.push_back(quoted_line(fmt::format(
            "{} '{}' is invalid. custom-url-category entry has to be type specified", path, child.node->value())));
        return lines.size() + 1 < lines_max;
    });
    lines.push_back(quoted_line(path + " is invalid"));
}

bool imports_something(const Node& device) {
    bool found = false;
    if (const Node* const all = device.child("vsys")) {
        all->children().each([&found](const Child& vsys) {
            found = found || vsys.node->child("import") != nullptr;
            return !found;
        });
    }
    return found;
}

// Interfaces that a virtual router or a vsys's import names.
void network_references(const NodePtr& root, const Node& draft, Lines& lines) {
    const Node* const devices = draft.child("devices");
    if (devices == nullptr) {
        return;
    }
    devices->children().each([&](const Child& device) {
        if (device.node->child("network") == nullptr && !imports_something(*device.node)) {
            return true;
        }
        const Way scope{{"config", ""}, {"devices", ""}, {"entry", device.node->value()}, {"vsys", ""}, {"entry", ""}};
        const Names names(root, scope);
        const auto list_in = [&](const Node* list, const std::string& path) {
            if (list != nullptr) {
                check_field(
                    names, Field::interfaces, *list, [&path] { return path; }, lines);
            }
        };
        const auto each_entry = [](const Node* container, const std::function<void(const Node&)>& tell) {
            if (container != nullptr) {
                container->children().each([&tell](const Child& entry) { return tell(*entry.node), true; });
            }
        };
        for (const std::string_view router : {"virtual-router", "logical-router"}) {
            each_entry(node_below(device.node.get(), {"network", router}), [&](const Node& entry) {
                list_in(entry.child("interface"), fmt::format("{} -> {} -> interface", router, entry.value()));
            });
        }
        each_entry(device.node->child("vsys"), [&](const Node& entry) {
            list_in(node_below(&entry, {"import", "network", "interface"}),
                    fmt::format("{} -> import -> network -> interface", entry.value()));
        });
        return true;
    });
}

// Every list and leaf of a device that names interfaces, with its path as messages have it.
void each_interface_use(const NodePtr& root, const std::function<void(const std::string& path, const Node&)>& tell) {
    const NodePtr devices = root->child_ptr("devices");
    each_entry(devices, [&](const NodePtr& device) {
        each_entry(device->child_ptr("vsys"), [&](const NodePtr& vsys) {
            if (const Node* const list = node_below(vsys.get(), {"import", "network", "interface"})) {
                tell("import -> network -> interface", *list);
            }
            each_entry(vsys->child_ptr("zone"), [&](const NodePtr& zone) {
                each_entry(zone->child_ptr("network"), [&](const NodePtr& list) {
                    if (!list->children().empty()) {
                        tell(fmt::format("zone -> {} -> network -> {}", zone->value(), list->tag()), *list);
                    }
                });
            });
        });
        const NodePtr network = device->child_ptr("network");
        for (const std::string_view kind : {"virtual-router", "logical-router", "vlan", "virtual-wire"}) {
            each_entry(network ? network->child_ptr(kind) : nullptr, [&](const NodePtr& user) {
                for (const std::string_view field : {"interface", "interface1", "interface2"}) {
                    if (const Node* const node = user->child(field)) {
                        tell(fmt::format("{} -> {} -> {}", kind, user->value(), field), *node);
                    }
                }
            });
        }
    });
}

}  // namespace

Lines interfaces_in_use(const NodePtr& before, const NodePtr& after) {
    std::unordered_set<std::string> gone;
    for (const Interface& each : interfaces(before)) {
        gone.insert(each.name);
    }
    for (const Interface& each : interfaces(after)) {
        gone.erase(each.name);
    }
    Lines lines;
    if (gone.empty()) {
        return lines;
    }
    each_interface_use(after, [&](const std::string& path, const Node& node) {
        hits(node, gone, [&](const std::string& name) {
            if (lines.empty()) {
                lines.push_back(fmt::format(" {} cannot be deleted because of references from:", cdata(' ' + name)));
            }
            if (lines.size() < lines_max) {
                lines.push_back(escaped_line(' ' + path));
            }
        });
    });
    return lines;
}

std::string quoted_line(std::string_view text) {
    return cdata(' ' + std::string(text));
}

bool is_in_schema(const Node& root, const Way& way, const Version& version) {
    // What is there may be there: only the steps below it are looked at.
    std::size_t there = 0;
    for (const Node* at = way.empty() || way.front().tag != root.tag() ? nullptr : &root; at != nullptr;) {
        ++there;
        at = there < way.size() ? at->child(way[there].tag, way[there].identity) : nullptr;
    }
    if (there >= way.size()) {
        return true;
    }
    Way parent(way.begin(), way.begin() + static_cast<std::ptrdiff_t>(there));
    for (; there < way.size(); ++there) {
        if (!may_hold(parent, way[there].tag, version) || !model_has(is_panorama(root), parent, way[there].tag)) {
            return false;
        }
        parent.push_back(way[there]);
    }
    return true;
}

NodePtr chained(const Way& way, std::size_t from, NodePtr last) {
    for (std::size_t i = way.size() - 1; i > from; --i) {
        auto parent = std::make_shared<Node>(way[i - 1].tag, way[i - 1].identity);
        parent->children().put(std::move(last), 0);
        last = std::move(parent);
    }
    return last;
}

Draft draft_of(const Way& way, NodePtr last) {
    const auto place = object_place(way);
    const std::size_t top = place && place->entry ? place->container : way.size() - 1;
    return {Way(way.begin(), way.begin() + to_offset(top + 1)), chained(way, top, std::move(last))};
}

Lines check_input(const NodePtr& root, const Draft& draft, std::size_t shown_from, const InputTerms& terms) {
    InputCheck check{root, shown_from, terms};
    // What leads to the change and is there already was looked at when it came.
    const Way& way = draft.way;
    const std::size_t holders = way.size() - 1;
    check.way.reserve(holders + 8);
    const Node* there = way.front().tag == root->tag() ? root.get() : nullptr;
    for (std::size_t i = 0; i < holders; ++i) {
        const bool bare = way[i].tag == "entry" || way[i].identity.empty();
        const Step& next = way[i + 1];
        there = there == nullptr || !bare ? nullptr : there->child(next.tag, next.identity);
        if (there == nullptr) {
            check.way.assign(way.begin(), way.begin() + to_offset(i));
            check.walk(*chained(way, i, draft.node));
            return std::move(check.lines);
        }
    }
    check.way.assign(way.begin(), way.end() - 1);
    const Node* from = draft.node.get();
    while (there != nullptr && from->children().size() == 1 && (from->is_entry() || from->value().empty())) {
        const Node* only = nullptr;
        from->children().each([&only](const Child& child) { return only = child.node.get(), false; });
        there = there->child(only->tag(), only->identity());
        if (there == nullptr) {
            break;
        }
        check.way.push_back(Step{from->tag(), std::string(from->identity())});
        from = only;
    }
    check.walk(*from);
    return std::move(check.lines);
}

Lines check_references(const NodePtr& root, const Draft& draft, std::size_t shown_from) {
    Lines lines;
    const Names* names = nullptr;
    std::optional<Names> made;
    Way of;
    each_object(draft, [&](const Way& at, const ObjectPlace& place, const Node& object) {
        each_field(place.kind, object, [&](const FieldRow& row, const Node& field) {
            if (lines.size() >= lines_max) {
                return;
            }
            const std::size_t scope = scope_length(at);
            if (names == nullptr || !std::equal(of.begin(), of.end(), at.begin(), at.begin() + to_offset(scope))) {
                of = scope_of(at);
                names = &made.emplace(root, of);
            }
            check_field(
                *names, row.field, field,
                [&] { return joined(at, std::min(shown_from, place.container)) + " -> " + shown(row.path); }, lines);
        });
    });
    if (!object_place(draft.way)) {  // what names interfaces is not below named objects
        network_references(root, *chained(draft.way, 0, draft.node), lines);
    }
    return lines;
}

Lines check_objects(const NodePtr& root, const Draft& draft, const Version& version) {
    Lines lines;
    each_object(draft, [&](const Way& at, const ObjectPlace& place, const Node& object) {
        if (const auto other = namesake_of(place.kind)) {
            const Node* const scope = find_at(*root, at, scope_length(at));
            const Node* others = scope != nullptr ? scope->child(kind_name(*other)) : nullptr;
            if (others != nullptr && others->child("entry", object.value()) != nullptr) {
                lines.push_back(quoted_line(fmt::format("{} -> {} '{}' is already in use", kind_name(place.kind),
                                                        object.value(), object.value())));
            }
        }
        const bool group = place.kind == Kind::address_group;
        const bool rule = is_rule(place.kind) && version.refuses_any_beside_others();
        const bool category = place.kind == Kind::url_category && version.types_url_categories();
        const Node* const present = group || rule || category ? find_at(*root, at, at.size()) : nullptr;
        if (present == nullptr) {
            return;
        }
        if (group) {
            check_members(*present, lines);
        } else if (rule) {
            check_exclusive(*present, lines);
        } else {
            check_category(*present, lines);
        }
    });
    return lines;
}

void each_reference(Kind kind, const NodePtr& object, const std::function<void(Field, const NodePtr&)>& tell) {
    for (const FieldRow& row : fields_of(kind)) {
        if (!is_reference(row.field)) {
            continue;
        }
        NodePtr at = object;
        for (std::string_view path = row.path; at && !path.empty();) {
            const std::string_view tag = path.substr(0, path.find('/'));
            at = at->child_ptr(tag);
            path.remove_prefix(std::min(path.size(), tag.size() + 1));
        }
        if (at) {
            tell(row.field, at);
        }
    }
}

Lines references_to(const NodePtr& root, const Way& scope, Kind kind, const std::unordered_set<std::string>& names) {
    Lines lines;
    if (names.empty()) {
        return lines;
    }
    for (const Scope& user : scopes_of(root)) {
        if (!sees(*root, user.way, scope)) {
            continue;
        }
        const Names visible(root, user.way);
        for (const Kind by : users_of(kind)) {
            each_list(user, by, kind, [&](const Node& object, const FieldRow& row, const Node& list) {
                hits(list, names, [&](const std::string& name) {
                    if (lines.size() >= lines_max || visible.resolves(row.field, list.tag(), name)) {
                        return;
                    }
                    if (lines.empty()) {
                        lines.push_back(
                            fmt::format(" {} cannot be deleted because of references from:", cdata(' ' + name)));
                    }
                    lines.push_back(user_line(user, by, object, row, name));
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
        if (!sees(*root, user.way, scope)) {
            continue;
        }
        for (const Kind by : users_of(kind)) {
            each_list(user, by, kind, [&](const Node& object, const FieldRow& row, const Node& list) {
                if (is_list(row.field) ? list.child("member", name) == nullptr : list.value() != name) {
                    return true;
                }
                Way way = user.way;
                for (const std::string& tag : container_steps(by)) {
                    way.push_back(Step{tag, ""});
                }
                way.push_back(Step{"entry", object.value()});
                for (std::string_view path = row.path; !path.empty();) {
                    const std::string_view tag = path.substr(0, path.find('/'));
                    way.push_back(Step{std::string(tag), ""});
                    path.remove_prefix(std::min(path.size(), tag.size() + 1));
                }
                uses.push_back({std::move(way), !is_list(row.field)});
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
        const Way scope = scope_of(change.container());
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
