// JSON in and out of the REST API: an object's member is an element, "@name" an attribute, lists are `entry` and
// `member` elements, and every value is a text.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "sim/panos/tree/xml.hpp"

namespace sim::panos {

/// {"entry":[{"@name":"N","ip-netmask":"192.0.2.1"}]}, or the object instead of the list, as elements named `entry`.
/// Errors: why it is no such document; more than 1,000 entries; deeper than xml_depth_max.
tl::expected<std::vector<Element>, std::string> entries_of_json(std::string_view text);

/// The element as XML text, for the XML API's `element`.
std::string to_xml(const Element& element);

/// One entry of an answer's list: first its name and `place` (as "@location"), then what the node holds, in order.
std::string entry_json(const Node& entry, const std::vector<std::pair<std::string, std::string>>& place);

std::string quoted_json(std::string_view text);

}  // namespace sim::panos
