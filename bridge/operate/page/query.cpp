#include "bridge/operate/page/query.hpp"

#include <fmt/format.h>

#include <charconv>

namespace bridge::operate {

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        const char* const digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            out += static_cast<char>(byte);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || c == '.' || c == '~';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

Query Query::of(std::string_view target) {
    Query query;
    const std::size_t mark = target.find('?');
    query.path_ = target.substr(0, mark);
    std::string_view rest = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    while (!rest.empty()) {
        const std::size_t end = rest.find('&');
        const std::string_view one = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        const std::size_t equals = one.find('=');
        const std::string_view value = equals == std::string_view::npos ? std::string_view() : one.substr(equals + 1);
        query.parameters_.try_emplace(percent_decoded(one.substr(0, equals)), percent_decoded(value));
    }
    return query;
}

std::optional<std::string> Query::find(const std::string& name) const {
    const auto found = parameters_.find(name);
    return found == parameters_.end() ? std::nullopt : std::optional(found->second);
}

bool Query::flag(const std::string& name) const {
    const auto value = find(name);
    return value && (value->empty() || *value == "true" || *value == "1");
}

}  // namespace bridge::operate
