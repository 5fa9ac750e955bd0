// Where and why a body is not the XML or JSON that it starts as.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bridge::fireeye {

struct SyntaxError {
    std::size_t offset = 0;  // bytes from the start of the body
    std::string what;
};

/// "line 1, column 17: what": both count from 1, columns in bytes.
std::string described(const SyntaxError& error, std::string_view body);

}  // namespace bridge::fireeye
