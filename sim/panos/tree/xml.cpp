#include "sim/panos/tree/xml.hpp"

#include <fmt/format.h>

#include <cctype>
#include <pugixml.hpp>

namespace sim::panos {
namespace {

bool blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool read_element(const pugi::xml_node& from, Element& to, int depth) {
    if (depth > xml_depth_max) {
        return false;
    }
    to.name = from.name();
    for (const pugi::xml_attribute& attribute : from.attributes()) {
        to.attributes.emplace_back(attribute.name(), attribute.value());
    }
    for (const pugi::xml_node& child : from.children()) {
        if (child.type() == pugi::node_element) {
            to.children.emplace_back();
            if (!read_element(child, to.children.back(), depth + 1)) {
                return false;
            }
        } else if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
            to.text += child.value();
        }
    }
    return true;
}

bool is_mark_attribute(std::string_view name) {
    return name == "name" || name == "admin" || name == "dirtyId" || name == "time" || name == "uuid" || name == "loc";
}

bool merge_into(Node& node, const std::vector<Element>& children, std::string& why) {
    for (const Element& child : children) {
        auto made = to_node(child);
        if (!made) {
            why = made.error();
            return false;
        }
        const NodePtr& fresh = *made;
        const bool merged = node.children().modify(fresh->tag(), fresh->identity(), [&](NodePtr& slot) {
            Node& present = own(slot);
            if (child.children.empty()) {
                present.set_value(fresh->value());
            }
            merge_into(present, child.children, why);
        });
        if (!merged) {
            node.children().put(fresh, node.children().last_place().value_or(0) + place_gap);
        }
    }
    return why.empty();
}

void print_attributes(std::string& out, const Node& node, bool marks) {
    if (node.is_entry()) {
        out += " name=\"" + escaped_attribute(node.value()) + '"';
    }
    if (marks && node.mark()) {
        const Mark& mark = *node.mark();
        out += fmt::format(" admin=\"{}\" dirtyId=\"{}\" time=\"{}\"", escaped_attribute(mark.admin), mark.dirty_id,
                           date_and_time(mark.time));
    }
    for (const auto& [name, value] : node.attributes()) {
        out += ' ' + name + "=\"" + escaped_attribute(value) + '"';
    }
}

void escape_into(std::string& out, std::string_view text, bool quotes) {
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += quotes ? "&quot;" : "\"";
                break;
            default:
                out += c;
        }
    }
}

std::tm broken_down(Instant at) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return parts;
}

}  // namespace

const Element* Element::child(std::string_view wanted) const {
    for (const Element& each : children) {
        if (each.name == wanted) {
            return &each;
        }
    }
    return nullptr;
}

std::string Element::text_of(std::string_view wanted) const {
    const Element* const found = child(wanted);
    return found == nullptr ? std::string{} : found->text;
}

std::string_view Element::attribute(std::string_view wanted) const {
    for (const auto& [key, value] : attributes) {
        if (key == wanted) {
            return value;
        }
    }
    return {};
}

tl::expected<std::vector<Element>, std::string> read_xml(std::string_view text) {
    constexpr unsigned how =
        pugi::parse_default | pugi::parse_fragment | pugi::parse_doctype | pugi::parse_ws_pcdata_single;
    pugi::xml_document document;
    const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size(), how, pugi::encoding_utf8);
    if (!parsed) {
        return tl::make_unexpected(std::string(parsed.description()));
    }
    std::vector<Element> elements;
    for (const pugi::xml_node& node : document.children()) {
        if (node.type() == pugi::node_doctype) {
            return tl::make_unexpected(std::string("document type declarations are not taken"));
        }
        if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) {
            if (!blank(node.value())) {
                return tl::make_unexpected(std::string("text outside of an element"));
            }
            continue;
        }
        if (node.type() != pugi::node_element) {
            continue;
        }
        elements.emplace_back();
        if (!read_element(node, elements.back(), 1)) {
            return tl::make_unexpected(std::string("elements are nested too deep"));
        }
    }
    return elements;
}

tl::expected<NodePtr, std::string> to_node(const Element& element) {
    std::string value;
    if (element.name == "entry") {
        value = std::string(element.attribute("name"));
        if (value.empty()) {
            return tl::make_unexpected(std::string("entry is missing 'name'"));
        }
        if (!blank(element.text)) {
            return tl::make_unexpected(value + " has unexpected text.");
        }
    } else if (!element.children.empty() && blank(element.text)) {
        value.clear();
    } else {
        value = element.text;
    }
    auto node = std::make_shared<Node>(element.name, std::move(value));
    Attributes kept;
    for (const auto& [name, text] : element.attributes) {
        if (!is_mark_attribute(name) || (name == "uuid" && element.name == "entry")) {
            kept.emplace_back(name, text);
        }
    }
    node->set_attributes(std::move(kept));
    std::string why;
    if (!merge_into(*node, element.children, why)) {
        return tl::make_unexpected(why);
    }
    return NodePtr(std::move(node));
}

tl::expected<NodePtr, std::string> to_node(std::string_view tag, std::string identity,
                                           const std::vector<Element>& children) {
    if (tag == "entry" && identity.empty()) {
        return tl::make_unexpected(std::string("entry is missing 'name'"));
    }
    auto node = std::make_shared<Node>(tag, std::move(identity));
    std::string why;
    if (!merge_into(*node, children, why)) {
        return tl::make_unexpected(why);
    }
    return NodePtr(std::move(node));
}

void print(std::string& out, const Node& node, const Layout& layout) {
    out += '<' + node.tag();
    print_attributes(out, node, layout.marks);
    const std::string_view text = node.is_entry() ? std::string_view{} : std::string_view(node.value());
    if (node.children().empty()) {
        if (text.empty()) {
            out += "/>";
            return;
        }
        out += '>';
        escape_into(out, text, false);
        out += "</" + node.tag() + '>';
        return;
    }
    out += '>';
    Layout inner = layout;
    ++inner.depth;
    const auto line_break = [&out, &layout](int depth) {
        if (!layout.one_line) {
            out += '\n';
            out.append(static_cast<std::size_t>(depth) * static_cast<std::size_t>(layout.indent), ' ');
        }
    };
    node.children().each([&](const Child& child) {
        line_break(inner.depth);
        print(out, *child.node, inner);
        return true;
    });
    line_break(layout.depth);
    out += "</" + node.tag() + '>';
}

std::string escaped_text(std::string_view text) {
    std::string out;
    escape_into(out, text, false);
    return out;
}

std::string escaped_line(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
    }
    return out;
}

std::string escaped_attribute(std::string_view text) {
    std::string out;
    escape_into(out, text, true);
    return out;
}

std::string cdata(std::string_view text) {
    std::string out = "<![CDATA[";
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find("]]>", at);
        if (end == std::string_view::npos) {
            out += text.substr(at);
            break;
        }
        out += text.substr(at, end + 2 - at);
        out += "]]><![CDATA[";
        at = end + 2;
    }
    return out + "]]>";
}

std::string date_and_time(Instant at) {
    const std::tm parts = broken_down(at);
    return fmt::format("{:04}/{:02}/{:02} {:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string time_of_day(Instant at) {
    return date_and_time(at).substr(11);
}

}  // namespace sim::panos
