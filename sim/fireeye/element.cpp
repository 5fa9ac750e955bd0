#include "sim/fireeye/element.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "markup/escaped.hpp"

namespace sim::fireeye {

namespace {

bool is_blank(char control) {
    return control == '\n' || control == '\r' || control == '\t';
}

std::string reference_to(char c) {
    return fmt::format("&#{};", static_cast<int>(c));
}

/// Line ends stay raw in text (reference §3.4), but for those that a reader would make others of.
std::string in_text(std::string_view text) {
    return markup::escaped(text,
                           [](char c) { return c == '\r' ? reference_to(c) : std::string(1, is_blank(c) ? c : '.'); });
}

/// An attribute would lose them.
std::string in_attribute(std::string_view text) {
    return markup::escaped(text, [](char c) { return is_blank(c) ? reference_to(c) : std::string("."); });
}

void write_xml(const Element& element, std::string& out) {
    out += '<';
    out += element.name;
    for (const auto& [key, value] : element.attributes) {
        out += fmt::format(" {}=\"{}\"", key, in_attribute(value));
    }
    if (element.children.empty() && element.text.empty()) {
        out += "/>";
        return;
    }
    out += '>';
    out += in_text(element.text);
    for (const Element& child : element.children) {
        write_xml(child, out);
    }
    out += fmt::format("</{}>", element.name);
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos &&
           (text.size() == 1 || text.front() != '0');
}

/// "cnc-services" -> "cncServices"; "md5sum" is "md5Sum" there.
std::string camel_case(std::string_view name) {
    if (name == "md5sum") {
        return "md5Sum";
    }
    std::string out;
    bool upper = false;
    for (const char c : name) {
        if (c == '-' || c == '_') {
            upper = !out.empty();
            continue;
        }
        out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        upper = false;
    }
    return out;
}

std::string key_of(std::string_view name, bool is_attribute, const JsonStyle& style) {
    if (style.rest) {
        return json_quoted(camel_case(name));
    }
    return json_quoted((style.at_signs && is_attribute ? "@" : "") + std::string(name));
}

std::string scalar(std::string_view key, std::string_view value, const JsonStyle& style) {
    constexpr std::array notification_numbers = {"id", "port", "match-count"};
    constexpr std::array rest_numbers = {"id", "port", "match-count", "vlan", "root-infection"};
    const auto is_in = [&](const auto& keys) { return std::find(keys.begin(), keys.end(), key) != keys.end(); };
    const bool numeric = style.rest ? is_in(rest_numbers) : style.numbers && is_in(notification_numbers);
    return numeric && is_number(value) ? std::string(value) : json_quoted(value);
}

/// The REST dialect writes these as lists whatever their number.
bool is_always_list(std::string_view name, const JsonStyle& style) {
    constexpr std::array lists = {"malware", "cnc-service", "os-changes"};
    return style.rest && std::find(lists.begin(), lists.end(), name) != lists.end();
}

void write_json(const Element& element, const JsonStyle& style, std::string& out);

void write_list(const Element& element, std::string_view name, const JsonStyle& style, std::string& out) {
    out += '[';
    bool first = true;
    for (const Element& child : element.children) {
        const bool is_empty_list = child.bare && child.text == "[]";
        if (child.name == name && !is_empty_list) {
            out += first ? "" : ",";
            first = false;
            write_json(child, style, out);
        }
    }
    out += ']';
}

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
        out += key_of(child.name, false, style) + ":";
        const auto same = std::count_if(element.children.begin(), element.children.end(),
                                        [&](const Element& other) { return other.name == child.name; });
        if (same == 1 && !is_always_list(child.name, style)) {
            write_json(child, style, out);
        } else {
            write_list(element, child.name, style, out);
        }
    }
}

void write_json(const Element& element, const JsonStyle& style, std::string& out) {
    if (element.bare) {
        out += element.text;
        return;
    }
    if (element.attributes.empty() && element.children.empty()) {
        const std::string_view nothing = style.rest ? R"("")" : "{}";
        out += element.text.empty() ? std::string(nothing) : scalar(element.name, element.text, style);
        return;
    }
    out += '{';
    bool first = true;
    if (!element.text.empty()) {
        out += fmt::format("{}:{}", style.rest ? R"("content")" : json_quoted(element.name), json_quoted(element.text));
        first = false;
    }
    for (const auto& [key, value] : element.attributes) {
        if (key == "xmlns") {
            continue;
        }
        out += first ? "" : ",";
        first = false;
        out += key_of(key, true, style) + ":" + scalar(key, value, style);
    }
    write_children(element, style, first, out);
    out += '}';
}

/// Lines after the first stand below it, so that no text can pass for a key of the document.
std::string text_value(std::string_view value, std::size_t depth) {
    std::string out;
    for (const char c : value) {
        if (c == '\n') {
            out += '\n' + std::string((depth + 2) * 2, ' ');
        } else if (c != '\r') {
            out += c;
        }
    }
    return out;
}

void write_text(const Element& element, std::size_t depth, std::string& out) {
    const std::string indent(depth * 2, ' ');
    std::string heading;
    for (const auto& [key, value] : element.attributes) {
        if (key == "id" || key == "name") {
            heading += fmt::format("{}{}:{}", heading.empty() ? " (" : ", ", key, text_value(value, depth));
        }
    }
    heading += heading.empty() ? "" : ")";
    if (element.attributes.empty() && element.children.empty()) {
        out += fmt::format("{}{}: {}\n", indent, element.name, text_value(element.text, depth));
        return;
    }
    out += fmt::format("{}{}{}:\n", indent, element.name, heading);
    const std::string inner((depth + 1) * 2, ' ');
    if (!element.text.empty()) {
        out += fmt::format("{}{}: {}\n", inner, element.name, text_value(element.text, depth + 1));
    }
    for (const auto& [key, value] : element.attributes) {
        if (key != "id" && key != "name" && key != "xmlns") {
            out += fmt::format("{}{}: {}\n", inner, key, text_value(value, depth + 1));
        }
    }
    for (const Element& child : element.children) {
        write_text(child, depth + 1, out);
    }
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

std::string to_text(const Element& element, std::size_t depth) {
    std::string out;
    write_text(element, depth, out);
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
