#include "sim/fireeye/element.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sim::fireeye {

namespace {

std::string xml_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

void write_xml(const Element& element, std::string& out) {
    out += '<';
    out += element.name;
    for (const auto& [key, value] : element.attributes) {
        out += fmt::format(" {}=\"{}\"", key, xml_escaped(value));
    }
    if (element.children.empty() && element.text.empty()) {
        out += "/>";
        return;
    }
    out += '>';
    out += xml_escaped(element.text);
    for (const Element& child : element.children) {
        write_xml(child, out);
    }
    out += fmt::format("</{}>", element.name);
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos &&
           (text.size() == 1 || text.front() != '0');
}

std::string scalar(std::string_view key, std::string_view value, const JsonStyle& style) {
    constexpr std::array numbers = {"id", "port", "match-count"};
    const bool numeric = style.numbers && std::find(numbers.begin(), numbers.end(), key) != numbers.end();
    return numeric && is_number(value) ? std::string(value) : json_quoted(value);
}

void write_json(const Element& element, const JsonStyle& style, std::string& out);

/// A member for each name among the children, in the order of first appearance.
void write_children(const Element& element, const JsonStyle& style, bool& first, std::string& out) {
    std::vector<std::string_view> done;
    for (const Element& child : element.children) {
        if (std::find(done.begin(), done.end(), child.name) != done.end()) {
            continue;
        }
        done.emplace_back(child.name);
        out += first ? "" : ",";
        first = false;
        out += json_quoted(child.name) + ":";
        const auto same = [&](const Element& other) { return other.name == child.name; };
        if (std::count_if(element.children.begin(), element.children.end(), same) == 1) {
            write_json(child, style, out);
            continue;
        }
        out += '[';
        bool first_of_list = true;
        for (const Element& other : element.children) {
            if (same(other)) {
                out += first_of_list ? "" : ",";
                first_of_list = false;
                write_json(other, style, out);
            }
        }
        out += ']';
    }
}

void write_json(const Element& element, const JsonStyle& style, std::string& out) {
    if (element.attributes.empty() && element.children.empty()) {
        out += element.text.empty() ? "{}" : scalar(element.name, element.text, style);
        return;
    }
    out += '{';
    bool first = true;
    if (!element.text.empty()) {
        out += fmt::format("{}:{}", json_quoted(element.name), json_quoted(element.text));
        first = false;
    }
    for (const auto& [key, value] : element.attributes) {
        out += first ? "" : ",";
        first = false;
        out += json_quoted((style.at_signs ? "@" : "") + key) + ":" + scalar(key, value, style);
    }
    write_children(element, style, first, out);
    out += '}';
}

}  // namespace

std::string to_xml(const Element& element) {
    std::string out;
    write_xml(element, out);
    return out;
}

std::string to_json(const Element& element, const JsonStyle& style) {
    std::string out;
    write_json(element, style, out);
    return out;
}

std::string json_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
                } else {
                    out += c;
                }
        }
    }
    return out + "\"";
}

}  // namespace sim::fireeye
