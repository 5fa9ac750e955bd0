#include "sim/lab/world/replace_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace sim::lab {

Done replace_file(const std::string& directory, const WriteFile& file) {
    const std::string path = fmt::format("{}/{}", directory, file.name);
    const std::string fresh = path + ".new";
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << file.text;
    out.close();
    std::error_code error;
    if (out) {
        std::filesystem::rename(fresh, path, error);
    }
    if (!out || error) {
        return tl::unexpected(fmt::format("{}: cannot be written", path));
    }
    return {};
}

}  // namespace sim::lab
