// Goal: a change of any decision, or of any byte that the mock appliance sends, shows as a diff of a file.
// Method: what the matrix yields now must be what scenarios/corpus holds. UPDATE_GOLDEN=1 writes it anew.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "corpus.hpp"

namespace {

namespace fs = std::filesystem;

using Folder = std::map<std::string, std::string>;  // path below scenarios/corpus to content

Folder wanted() {
    Folder files;
    for (const sim::fireeye::Cell& cell : sim::fireeye::matrix()) {
        corpus::Files of_cell = corpus::files_of(cell);
        files[of_cell.payload_path] = std::move(of_cell.payload);
        files[of_cell.inspect_path] = std::move(of_cell.inspect);
        files[of_cell.scenario_path] = std::move(of_cell.scenario);
    }
    return files;
}

Folder present() {
    Folder files;
    if (fs::is_directory(CORPUS)) {
        for (const auto& entry : fs::recursive_directory_iterator(CORPUS)) {
            if (entry.is_regular_file()) {
                std::ifstream in(entry.path(), std::ios::binary);
                files[fs::relative(entry.path(), CORPUS).generic_string()] =
                    std::string{std::istreambuf_iterator<char>(in), {}};
            }
        }
    }
    return files;
}

void write(const Folder& files) {
    fs::remove_all(CORPUS);
    for (const auto& [path, content] : files) {
        fs::create_directories((fs::path(CORPUS) / path).parent_path());
        std::ofstream out(fs::path(CORPUS) / path, std::ios::binary);
        out << content;
    }
}

}  // namespace

TEST_CASE("the corpus is what the matrix and the bridge yield", "[integration][fireeye]") {
    const Folder files = wanted();
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        write(files);
    }
    const Folder found = present();
    for (const auto& [path, content] : files) {
        INFO(path << ": UPDATE_GOLDEN=1 on this test writes it anew; the diff is what changed");
        const auto file = found.find(path);
        REQUIRE(file != found.end());
        CHECK(file->second == content);
    }
    for (const auto& [path, content] : found) {
        INFO(path << " belongs to no cell of the matrix");
        CHECK(files.contains(path));
    }
}
