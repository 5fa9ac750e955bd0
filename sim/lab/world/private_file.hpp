// Writes a file that only this user may read: keys and passwords of a bridge under test.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace sim::lab {

/// Anew, mode 0600. The error names the file.
tl::expected<void, std::string> write_private(const std::string& path, const std::string& text);

}  // namespace sim::lab
