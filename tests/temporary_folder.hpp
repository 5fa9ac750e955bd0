// A folder of a test's own, which goes with all that is in it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace test {

class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }
    /// The path of a file in it.
    std::string operator/(const std::string& name) const { return (path_ / name).string(); }
    /// Writes a file, byte for byte, and gives its path. A test that cannot do so fails.
    std::string keep(const std::string& name, std::string_view bytes) const;
    /// All of a file in it; empty when there is none.
    std::string text(const std::string& name) const;

private:
    std::filesystem::path path_;
};

}  // namespace test
