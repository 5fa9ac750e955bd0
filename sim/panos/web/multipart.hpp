// multipart/form-data, as clients upload files to type=import: the parts of a body, each with its name and, for a file,
// the file's name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"

namespace sim::panos {

struct MultipartPart {
    std::string name;
    std::string file_name;     // empty: a plain field
    std::string content_type;  // empty when the part says none
    std::string content;
};

inline constexpr std::size_t multipart_parts_max = 64;

/// The content type is multipart/form-data. A comma before `boundary` is as good as a semicolon (puppet's upload).
bool is_multipart(const net::HttpRequest& request);

/// The parts in order, at most multipart_parts_max. Empty when the body is not what its content type says: no boundary,
/// a part without a blank line after its headers, no end.
std::vector<MultipartPart> parts_of(const net::HttpRequest& request);

/// The first part of that name; nothing when there is none.
std::optional<MultipartPart> part(const net::HttpRequest& request, std::string_view name);

}  // namespace sim::panos
