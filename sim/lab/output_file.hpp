// Writes what a command was asked to leave in a file: a report, a journal, a page.
#pragma once

#include <string>

namespace sim::lab {

/// Replaces the file. False when that fails, which is told on standard error with the path.
bool write_output_file(const std::string& path, const std::string& text);

}  // namespace sim::lab
