// A document before it is XML, JSON or text: FireEye's JSON is its XML turned over by rules (reference §4.2), and its
// text names the same fields (§4.4), so all are written from this.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sim::fireeye {

struct Element {
    std::string name;
    std::vector<std::pair<std::string, std::string>> attributes;
    std::vector<Element> children;  // several of one name are a list
    std::string text;
    bool bare = false;  // in JSON the text stands without quotes: a number, true, null, []

    Element& attribute(std::string_view key, std::string_view value) {
        attributes.emplace_back(key, value);
        return *this;
    }
    /// Adds a child that is only text, unless the text is empty.
    Element& leaf(std::string_view key, std::string_view value) {
        if (!value.empty()) {
            children.push_back(Element{std::string(key), {}, {}, std::string(value)});
        }
        return *this;
    }
    /// Adds a number, true, false, null or [] for JSON.
    Element& bare_leaf(std::string_view key, std::string_view value) {
        children.push_back(Element{std::string(key), {}, {}, std::string(value), true});
        return *this;
    }
    Element& add(Element child) {
        children.push_back(std::move(child));
        return *this;
    }
};

/// One line, escaped, without declaration. Control characters that XML 1.0 has no way to write become '.'.
std::string to_xml(const Element& element);

struct JsonStyle {
    bool at_signs = false;  // '@' before what is an attribute in XML
    bool numbers = false;   // `id` and `port` as numbers (seen in 9.0), else all values are strings
    bool rest = false;      // the REST dialect: camelCase, lists even of one, numbers, "content", "" for nothing
};

/// The value of an element: an object, or a string; of children with one name: one value, or an array.
std::string to_json(const Element& element, const JsonStyle& style);

/// Indented "key: value" lines, each with a line end; `depth` steps of two blanks before the first.
std::string to_text(const Element& element, std::size_t depth);

/// A JSON string with its quotes.
std::string json_quoted(std::string_view text);

}  // namespace sim::fireeye
