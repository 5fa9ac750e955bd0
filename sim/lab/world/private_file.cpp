#include "sim/lab/world/private_file.hpp"

#include <sys/stat.h>

#include <fstream>

namespace sim::lab {

tl::expected<void, std::string> write_private(const std::string& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out || chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
        return tl::unexpected(path + ": cannot be written");
    }
    return {};
}

}  // namespace sim::lab
