#include "bridge/fireeye/syntax_error.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace bridge::fireeye {

std::string described(const SyntaxError& error, std::string_view body) {
    const std::string_view before = body.substr(0, std::min(error.offset, body.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto line_start = before.rfind('\n');
    const auto column = line_start == std::string_view::npos ? before.size() + 1 : before.size() - line_start;
    return fmt::format("line {}, column {}: {}", line, column, error.what);
}

}  // namespace bridge::fireeye
