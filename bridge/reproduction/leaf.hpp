// The texts of a payload with the places where they stand: what a scrubber must see to change a text and nothing else.
// Escapes are taken out of what it sees and put back into what it writes, so that an address is found as
// "10&#46;0.0.5" in XML and as "10\u002e0.0.5" in JSON, and the bytes around it stay as they were.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bridge::reproduction {

/// One text: the value of a JSON string, an XML attribute or a piece of an element's text, or a value in a text format.
struct Leaf {
    std::string_view name;      // of its field, folded: "alerturl"; wrappers ("value", "content") have the field's name
    std::string_view within;    // folded name of the field around it: "src"
    std::uint32_t alert = 0;    // counts from 1; 0 is the envelope
    std::uint32_t holder = 0;   // the object or element that it is a field of, numbered within the payload
    std::string_view text;      // without escapes
    std::size_t raw_begin = 0;  // where it stands in the payload, delimiters not included
    std::size_t raw_end = 0;
    /// Where each byte of `text` begins in the payload, and one more for its end. Empty: at raw_begin + i.
    const std::vector<std::uint32_t>* places = nullptr;

    std::size_t raw_at(std::size_t i) const { return places == nullptr ? raw_begin + i : (*places)[i]; }
};

enum class Syntax { xml, json, text };

/// By the first byte that is not white space.
Syntax syntax_of(std::string_view payload);

/// "cnc-services", "cncServices", "fe:cnc-services", "@CNC_SERVICES" and "x/cnc-services" (HX) are "cncservices".
std::string folded_name(std::string_view key);

/// Visits every text in the payload's order. Never fails: what does not follow its syntax is visited as one text
/// without a name. The leaf's views live as long as the call of `visit`.
/// Bounds: depth 1,000; beyond it the rest is one text without a name.
void for_each_leaf(std::string_view payload, const std::function<void(const Leaf&)>& visit);

}  // namespace bridge::reproduction
