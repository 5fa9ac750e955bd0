#include "yaml/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace yaml {

namespace {

bool is_plain(std::string_view text) {
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '/';
    };
    if (text.empty() || !letter(text.front()) || text.back() == ':') {
        return false;
    }
    if (text == "null" || text == "Null" || text == "NULL") {
        return false;
    }
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return letter(c) || c == '.' || c == ':' || c == '-' || c == '+' || c == '@'; });
}

void block(const Node& node, std::size_t depth, std::string& out);

void block_item(std::string_view head, const Node& value, std::size_t depth, std::string& out) {
    out.append(depth * 2, ' ');
    out += head;
    const bool nested = (value.is_map() && !value.entries.empty()) || (value.is_list() && !value.items.empty());
    if (nested) {
        out += '\n';
        block(value, depth + 1, out);
    } else {
        fmt::format_to(std::back_inserter(out), " {}\n", in_one_line(value));
    }
}

void block(const Node& node, std::size_t depth, std::string& out) {
    for (const Entry& entry : node.entries) {
        block_item(quoted_if_needed(entry.key) + ":", entry.value, depth, out);
    }
    for (const Node& item : node.items) {
        block_item("-", item, depth, out);
    }
}

}  // namespace

std::string quoted_if_needed(std::string_view text) {
    if (is_plain(text)) {
        return std::string(text);
    }
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string in_one_line(const Node& node) {
    std::string out;
    switch (node.kind) {
        case Kind::null:
            return "~";
        case Kind::scalar:
            return quoted_if_needed(node.text);
        case Kind::list:
            for (const Node& item : node.items) {
                out += (out.empty() ? "" : ", ") + in_one_line(item);
            }
            return "[" + out + "]";
        case Kind::map:
            for (const Entry& entry : node.entries) {
                out += (out.empty() ? "" : ", ") + quoted_if_needed(entry.key) + ": " + in_one_line(entry.value);
            }
            return "{" + out + "}";
    }
    return out;
}

std::string as_file(const Node& node) {
    const bool nested = (node.is_map() && !node.entries.empty()) || (node.is_list() && !node.items.empty());
    if (!nested) {
        return in_one_line(node) + "\n";
    }
    std::string out;
    block(node, 0, out);
    return out;
}

Node scalar(std::string text) {
    Node node;
    node.kind = Kind::scalar;
    node.text = std::move(text);
    return node;
}

Node list(const std::vector<std::string>& texts) {
    Node node;
    node.kind = Kind::list;
    std::transform(texts.begin(), texts.end(), std::back_inserter(node.items), scalar);
    return node;
}

Node map() {
    Node node;
    node.kind = Kind::map;
    return node;
}

Node& put(Node& into, std::string key, Node value) {
    into.kind = Kind::map;
    for (Entry& entry : into.entries) {
        if (entry.key == key) {
            entry.value = std::move(value);
            return entry.value;
        }
    }
    into.entries.push_back(Entry{std::move(key), {}, std::move(value)});
    return into.entries.back().value;
}

}  // namespace yaml
