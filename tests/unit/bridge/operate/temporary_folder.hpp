// A folder for one test, gone with it.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace bridge::operate::test {

class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "firebreak-operate-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;  // what is left in the folder for temporary files harms nobody
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void keep(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
    std::string text(const std::string& name) const {
        std::ifstream in(path_ / name);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::string operator/(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

}  // namespace bridge::operate::test
