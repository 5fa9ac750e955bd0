#include "sim/lab/story/keys.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace {

/// Compares a generated page with the one in the tree; UPDATE_GOLDEN=1 rewrites it.
void check_page(const std::string& path, const std::string& generated) {
    const std::string file = std::string(SOURCE_DIR) + "/" + path;
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        std::filesystem::create_directories(std::filesystem::path(file).parent_path());
        std::ofstream(file, std::ios::binary) << generated;
    }
    std::ifstream in(file, std::ios::binary);
    const std::string kept{std::istreambuf_iterator<char>(in), {}};
    INFO(path << " is stale; run this test with UPDATE_GOLDEN=1");
    CHECK((kept == generated));
}

}  // namespace

TEST_CASE("keys: the language's reference page is up to date", "[lab]") {
    check_page("docs/scenarios.md", sim::lab::language_reference());
}

TEST_CASE("keys: the editors' schema is up to date", "[lab]") {
    check_page("schemas/scenario.schema.json", sim::lab::editor_schema());
}

TEST_CASE("keys: each key has a help sentence and no section has a key twice", "[lab]") {
    for (const sim::lab::Section* section : sim::lab::all_sections()) {
        std::set<std::string> seen;
        for (const sim::lab::Key& key : section->keys) {
            INFO(section->title << "." << key.name);
            CHECK(seen.insert(std::string(key.name)).second);
            CHECK_THAT(std::string(key.help), Catch::EndsWith("."));
        }
    }
}
