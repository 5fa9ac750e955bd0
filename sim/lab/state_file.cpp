#include "sim/lab/state_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace sim::lab {

namespace {

namespace fs = std::filesystem;

fs::path file_in(const std::string& directory) {
    return fs::path(directory) / "state.json";
}

tl::expected<void, std::string> write_whole(const fs::path& path, const std::string& text) {
    const fs::path fresh = path.string() + ".new";
    {
        std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
        file << text;
        if (!file.flush()) {
            return tl::unexpected(fmt::format("{}: cannot be written", fresh.string()));
        }
    }
    std::error_code failed;
    fs::rename(fresh, path, failed);
    if (failed) {
        return tl::unexpected(fmt::format("{}: {}", path.string(), failed.message()));
    }
    return {};
}

}  // namespace

tl::expected<void, std::string> StateFile::restore(panos::Device& device) {
    if (directory_.empty()) {
        return {};
    }
    std::error_code failed;
    fs::create_directories(directory_, failed);
    if (failed) {
        return tl::unexpected(fmt::format("--state: {}: {}", directory_, failed.message()));
    }
    const fs::path path = file_in(directory_);
    if (!fs::exists(path, failed)) {
        return {};
    }
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return tl::unexpected(fmt::format("--state: {}: cannot be read", path.string()));
    }
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (const auto restored = device.restore(text); !restored) {
        return tl::unexpected(fmt::format("--state: {}: {}", path.string(), restored.error()));
    }
    return {};
}

void StateFile::keep(const panos::Device& device) {
    const std::uint64_t now = device.revision();
    if (directory_.empty() || kept_ == now) {
        return;
    }
    if (const auto written = write_whole(file_in(directory_), device.state_text()); !written) {
        if (!complained_) {
            std::cerr << "firebreak-lab: --state: " << written.error() << std::endl;
        }
        complained_ = true;
        return;
    }
    kept_ = now;
    complained_ = false;
}

}  // namespace sim::lab
