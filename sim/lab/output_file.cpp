#include "sim/lab/output_file.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iostream>

namespace sim::lab {

bool write_output_file(const std::string& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) {
        std::cerr << fmt::format("firebreak-lab: {}: cannot be written\n", path);
    }
    return !out.fail();
}

}  // namespace sim::lab
