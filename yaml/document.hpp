// A YAML document as a plain tree that remembers where each piece stood, so that every complaint can name its line.
// Both the bridge's configuration and the lab's scenarios are read through it; yaml-cpp stays in this room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace yaml {

/// Where something stands: line and column count from 1.
struct Mark {
    int line = 0;
    int column = 0;
};

enum class Kind { null, scalar, list, map };

struct Entry;

struct Node {
    Kind kind = Kind::null;
    Mark mark;
    std::string text;            // of a scalar, without its quotes
    bool quoted = false;         // "10.1" stays a text; 10.1 is a number to those who want one
    std::vector<Node> items;     // of a list
    std::vector<Entry> entries;  // of a map, in the file's order; keys are unique

    const Node* find(std::string_view key) const;
    bool is_map() const noexcept { return kind == Kind::map; }
    bool is_list() const noexcept { return kind == Kind::list; }
    bool is_scalar() const noexcept { return kind == Kind::scalar; }
};

struct Entry {
    std::string key;
    Mark mark;  // of the key
    Node value;
};

/// Reads one document. `file` only names the place in messages. Refused: malformed YAML, a key given twice, a second
/// document (whatever it says would be passed over in silence), nesting deeper than 64, more than 100,000 nodes
/// (aliases expand, so a "billion laughs" ends here).
tl::expected<Node, std::string> parse(std::string_view text, std::string_view file);

/// Reads a file; errors name it.
tl::expected<Node, std::string> load(const std::string& path);

}  // namespace yaml
