// Comparing answers with recorded ones: by the names, numbers and order of elements and attributes, values left out.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include "sim/panos/tree/xml.hpp"

namespace sim::panos::test {

inline std::string file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// <a x><b></></>
inline std::string shape(const Element& element) {
    std::string out = "<" + element.name;
    for (const auto& [name, value] : element.attributes) {
        out += ' ' + name;
    }
    out += '>';
    for (const Element& child : element.children) {
        out += shape(child);
    }
    return out + "</>";
}

inline std::string shape_of(const std::string& text) {
    const auto read = read_xml(text);
    return read && read->size() == 1 ? shape(read->front()) : "unreadable: " + text.substr(0, 200);
}

}  // namespace sim::panos::test
