// A document before it is XML or JSON: FireEye's JSON is its XML turned over by rules (reference §4.2), so both are
// written from this.
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
    Element& add(Element child) {
        children.push_back(std::move(child));
        return *this;
    }
};

/// One line, escaped, without declaration.
std::string to_xml(const Element& element);

struct JsonStyle {
    bool at_signs = false;  // '@' before what is an attribute in XML
    bool numbers = false;   // `id` and `port` as numbers (seen in 9.0), else all values are strings
};

/// The value of an element: an object, or a string; of children with one name: one value, or an array.
std::string to_json(const Element& element, const JsonStyle& style);

/// A JSON string with its quotes.
std::string json_quoted(std::string_view text);

}  // namespace sim::fireeye
