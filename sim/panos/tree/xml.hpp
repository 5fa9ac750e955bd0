// XML in and out of the device: what clients send becomes plain elements, what the tree holds becomes text in the
// device's layout (one blank of indentation a level, no declaration, no line break at the end).
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

/// An element as it was sent. Text is the concatenation of its character data, entities resolved.
struct Element {
    std::string name;
    Attributes attributes;
    std::string text;
    std::vector<Element> children;

    const Element* child(std::string_view wanted) const;
    std::string_view attribute(std::string_view wanted) const;
    /// Of the child of that name; empty when there is none.
    std::string text_of(std::string_view wanted) const;
};

inline constexpr int xml_depth_max = 64;

/// Reads any number of sibling elements. Errors: why it is not well-formed, or too deep; a document type declaration
/// is refused. Text between the siblings is an error, white space is not.
tl::expected<std::vector<Element>, std::string> read_xml(std::string_view text);

/// The element as a node for the configuration tree, without marks. Later siblings of one identity are merged into
/// the first. Errors: an `entry` without a name.
tl::expected<NodePtr, std::string> to_node(const Element& element);
/// The same for a node of that tag and identity with these elements in it.
tl::expected<NodePtr, std::string> to_node(std::string_view tag, std::string identity,
                                           const std::vector<Element>& children);

struct Layout {
    bool marks = true;      // print admin, dirtyId, time of uncommitted nodes
    int indent = 1;         // blanks a level
    int depth = 1;          // level of the first element
    bool one_line = false;  // no line breaks at all
};

/// Appends the node's XML, first tag without indentation before it.
void print(std::string& out, const Node& node, const Layout& layout);

std::string escaped_text(std::string_view text);
/// For a <line>: `>` stays as it is, as devices are seen to write " -> ".
std::string escaped_line(std::string_view text);
std::string escaped_attribute(std::string_view text);
/// `text` in CDATA sections; "]]>" inside is split over two.
std::string cdata(std::string_view text);

/// "2018/06/12 04:36:45", UTC.
std::string date_and_time(Instant at);
/// "04:36:45"
std::string time_of_day(Instant at);

}  // namespace sim::panos
