// The part of XPath 1.0 that PAN-OS clients use, over the configuration tree. Predicates that list names
// (entry[@name='a' or @name='b' ...]) are answered from the index, so that thousands of them cost as many look-ups.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

/// A selected node and the way to it from the root.
struct Located {
    NodePtr node;
    std::shared_ptr<const Located> parent;
};
using LocatedPtr = std::shared_ptr<const Located>;

/// One step to a node: its tag, and its name or text for an `entry` or a `member`.
struct Step {
    std::string tag;
    std::string identity;

    friend bool operator==(const Step&, const Step&) = default;
};
using Way = std::vector<Step>;

Way way_to(const Located& located);
/// "/config/shared/address/entry[@name='x']"
std::string to_text(const Way& way);

struct Selection {
    enum class Of { nodes, attributes, texts } of = Of::nodes;
    std::vector<LocatedPtr> nodes;  // in document order of each alternative, each node once
    std::string attribute;          // of = attributes: its name
    bool too_much = false;          // looked at more nodes than one path may; what was found is not all
};

/// The way of a path that is written out in full, as nearly all of a client's changes are, without a search in the
/// tree: /a/b/entry[@name='x']/member[text()='y']. Nothing for any other path, which XPath may still read; where it
/// gives a way, XPath::way() gives the same.
std::optional<Way> spelled_way(std::string_view xpath);

class XPath {
public:
    /// Errors say what is wrong near which character.
    static tl::expected<XPath, std::string> parse(std::string_view text);

    /// Selects from a document whose root element is `root`. A relative path starts at the root element.
    Selection select(const NodePtr& root) const;

    bool absolute() const noexcept;
    /// The tags of the first two steps, whatever the alternative: whether the path leads below /config/predefined.
    bool begins_with(std::string_view first, std::string_view second) const noexcept;

    /// The way that the path spells when it names exactly one node, which need not exist yet, as `set` and `edit`
    /// need it: /a/b/entry[@name='x']/member[text()='y']. A step without a name (`entry`) is taken when the tree
    /// has exactly one node there. Errors: what stands in the way.
    tl::expected<Way, std::string> way(const NodePtr& root) const;

    struct Expression;
    struct Location;

    XPath(const XPath&) = default;
    XPath& operator=(const XPath&) = default;
    XPath(XPath&&) = default;
    XPath& operator=(XPath&&) = default;
    ~XPath() = default;

private:
    XPath() = default;
    std::vector<std::shared_ptr<const Location>> alternatives_;
};

}  // namespace sim::panos
