// Writes a tree back as YAML: block style for files, one line for messages.
#pragma once

#include <string>
#include <string_view>

#include "yaml/document.hpp"

namespace yaml {

/// A text as YAML takes it for the same text: plain where that is safe, else in double quotes.
std::string quoted_if_needed(std::string_view text);

/// "{from: nx1, attacker: 203.0.113.5}"
std::string in_one_line(const Node& node);

/// Indented, one value a line, ending with a newline.
std::string as_file(const Node& node);

/// Builders for trees that a program makes.
Node scalar(std::string text);
Node list(const std::vector<std::string>& texts);
Node map();
/// Adds or replaces `key`; returns the value that now stands there.
Node& put(Node& into, std::string key, Node value);

}  // namespace yaml
