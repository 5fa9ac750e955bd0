#include "sim/panos/web/rest_json.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace sim::panos {
namespace {

namespace json = boost::json;

constexpr std::size_t entries_max = 1000;

// Text of a value that is no list and no object; devices take numbers and booleans for the texts they mean.
std::optional<std::string> plain(const json::value& value) {
    switch (value.kind()) {
        case json::kind::string:
            return std::string(value.get_string());
        case json::kind::int64:
        case json::kind::uint64:
        case json::kind::double_:
            return json::serialize(value);
        case json::kind::bool_:
            return value.get_bool() ? "yes" : "no";
        case json::kind::null:
            return std::string{};
        default:
            return std::nullopt;
    }
}

bool fill(Element& element, const json::object& object, int depth, std::string& why);

bool add(Element& parent, std::string_view key, const json::value& value, int depth, std::string& why) {
    if (depth > xml_depth_max) {
        why = "it is too deep";
        return false;
    }
    Element child;
    child.name = std::string(key);
    if (value.is_object()) {
        if (!fill(child, value.get_object(), depth + 1, why)) {
            return false;
        }
    } else if (const auto text = plain(value)) {
        child.text = *text;
    } else {
        why = fmt::format("'{}' is a list of lists", key);
        return false;
    }
    parent.children.push_back(std::move(child));
    return true;
}

bool is_name(std::string_view key) {
    return !key.empty() && key.find_first_of(" \t\r\n<>&\"'/=") == std::string_view::npos;
}

bool fill(Element& element, const json::object& object, int depth, std::string& why) {
    for (const auto& [key, value] : object) {
        const std::string_view name = key;
        if (name == "#text") {
            element.text = plain(value).value_or("");
            continue;
        }
        const bool attribute = !name.empty() && name.front() == '@';
        if (!is_name(attribute ? name.substr(1) : name)) {
            why = fmt::format("'{}' is no name of a field", name);
            return false;
        }
        if (attribute) {
            const auto text = plain(value);
            if (!text) {
                why = fmt::format("'{}' is not a text", name);
                return false;
            }
            element.attributes.emplace_back(name.substr(1), *text);
        } else if (value.is_array()) {
            for (const json::value& each : value.get_array()) {
                if (!add(element, name, each, depth, why)) {
                    return false;
                }
            }
        } else if (!add(element, name, value, depth, why)) {
            return false;
        }
    }
    return true;
}

json::value value_of(const Node& node);

json::object object_of(const Node& node, json::object object) {
    for (const auto& [name, value] : node.attributes()) {
        object['@' + name] = value;
    }
    node.children().each([&object](const Child& child) {
        const std::string& tag = child.node->tag();
        json::value value = child.node->is_entry()
                                ? json::value(object_of(*child.node, {{"@name", child.node->value()}}))
                                : value_of(*child.node);
        json::value* present = object.if_contains(tag);
        if (tag == "entry" || tag == "member") {
            if (present == nullptr) {
                object[tag] = json::array{std::move(value)};
            } else {
                present->get_array().push_back(std::move(value));
            }
        } else if (present == nullptr) {
            object[tag] = std::move(value);
        } else if (present->is_array()) {
            present->get_array().push_back(std::move(value));
        } else {
            object[tag] = json::array{json::value(*present), std::move(value)};
        }
        return true;
    });
    return object;
}

json::value value_of(const Node& node) {
    if (!node.children().empty()) {
        return object_of(node, {});
    }
    return node.value().empty() ? json::value(json::object{}) : json::value(node.value());
}

}  // namespace

tl::expected<std::vector<Element>, std::string> entries_of_json(std::string_view text) {
    boost::system::error_code failed;
    json::parse_options options;
    options.max_depth = xml_depth_max;
    const json::value value = json::parse(text, failed, {}, options);
    if (failed) {
        return tl::make_unexpected("it is not JSON: " + failed.message());
    }
    const json::value* entry = value.is_object() ? value.get_object().if_contains("entry") : nullptr;
    if (entry == nullptr) {
        return tl::make_unexpected(std::string("it is no object with an 'entry'"));
    }
    json::array all;
    if (entry->is_array()) {
        all = entry->get_array();
    } else {
        all.push_back(*entry);
    }
    if (all.size() > entries_max) {
        return tl::make_unexpected(fmt::format("it has more than {} entries", entries_max));
    }
    std::vector<Element> entries;
    std::string why;
    for (const json::value& each : all) {
        if (!each.is_object()) {
            return tl::make_unexpected(std::string("an entry is no object"));
        }
        Element element;
        element.name = "entry";
        if (!fill(element, each.get_object(), 1, why)) {
            return tl::make_unexpected(why);
        }
        entries.push_back(std::move(element));
    }
    return entries;
}

std::string to_xml(const Element& element) {
    std::string out = '<' + element.name;
    for (const auto& [name, value] : element.attributes) {
        out += fmt::format(" {}=\"{}\"", name, escaped_attribute(value));
    }
    out += '>' + escaped_text(element.text);
    for (const Element& child : element.children) {
        out += to_xml(child);
    }
    return out + "</" + element.name + '>';
}

std::string entry_json(const Node& entry, const std::vector<std::pair<std::string, std::string>>& place) {
    json::object object{{"@name", entry.value()}};
    for (const auto& [name, value] : place) {
        object['@' + name] = value;
    }
    return json::serialize(object_of(entry, std::move(object)));
}

std::string quoted_json(std::string_view text) {
    return json::serialize(json::string(text));
}

}  // namespace sim::panos
