#include "sim/lab/world/scratch.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <cstring>

namespace sim::lab {

tl::expected<Scratch, std::string> Scratch::make() {
    std::error_code error;
    const std::filesystem::path above = std::filesystem::temp_directory_path(error);
    std::string path = ((error ? "/tmp" : above) / "firebreak-lab.XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) {
        return tl::unexpected(fmt::format("cannot make a directory {}: {}", path, std::strerror(errno)));
    }
    return Scratch(std::move(path));
}

Scratch::~Scratch() {
    if (!path_.empty() && !keep_) {
        std::error_code ignored;  // a leftover in /tmp is no reason to fail a scenario
        std::filesystem::remove_all(path_, ignored);
    }
}

}  // namespace sim::lab
