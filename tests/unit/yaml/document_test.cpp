#include "yaml/document.hpp"

#include <catch2/catch.hpp>

TEST_CASE("yaml: every value remembers its line and column", "[yaml]") {
    const auto root = yaml::parse("a: 1\nb:\n  - x\n  - {c: y}\n", "f.yaml");

    REQUIRE(root);
    const yaml::Node* b = root->find("b");
    REQUIRE(b != nullptr);
    REQUIRE(b->items.size() == 2);
    CHECK(b->items[0].mark.line == 3);
    CHECK(b->items[0].mark.column == 5);
    CHECK(b->items[1].find("c")->text == "y");
    CHECK(b->items[1].entries.front().mark.line == 4);
}

TEST_CASE("yaml: a quoted number stays known as a quoted text", "[yaml]") {
    const auto root = yaml::parse("a: \"10.1\"\nb: 10.1\n", "f.yaml");

    REQUIRE(root);
    CHECK(root->find("a")->quoted);
    CHECK_FALSE(root->find("b")->quoted);
    CHECK(root->find("a")->text == root->find("b")->text);
}

TEST_CASE("yaml: what is no YAML is refused with its place", "[yaml]") {
    struct Row {
        const char* text;
        const char* says;
    };
    const Row row = GENERATE(Row{"a: [1\nb: 2\n", "f.yaml:"},
                             Row{"a: 1\na: 2\n", "f.yaml:2:1: a: is given twice, for the first time in line 1"},
                             Row{"a:\n  - b: {c: 1, c: 2}\n", "f.yaml:2:15: a[0].b.c: is given twice"},
                             Row{"a: 1\n---\nb: 2\n", "f.yaml:3:1: a second document begins before here"},
                             Row{"? [x]\n: 1\n", "a key must be a plain text"}, Row{"\t- x", "f.yaml:1:"});

    const auto root = yaml::parse(row.text, "f.yaml");

    REQUIRE_FALSE(root);
    CHECK_THAT(root.error(), Catch::Contains(row.says));
}

TEST_CASE("yaml: aliases that multiply end at the bound", "[yaml]") {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 0; j < 9; ++j) {
            bomb += ", " + before;
        }
        bomb += "]\n";
    }

    const auto root = yaml::parse(bomb, "bomb.yaml");

    REQUIRE_FALSE(root);
    CHECK_THAT(root.error(), Catch::Contains("more than 100000 values"));
}

TEST_CASE("yaml: nesting ends at the bound", "[yaml]") {
    const std::string deep = std::string(100, '[') + std::string(100, ']');

    const auto root = yaml::parse(deep, "deep.yaml");

    REQUIRE_FALSE(root);
    CHECK_THAT(root.error(), Catch::Contains("nested deeper than 64"));
}

TEST_CASE("yaml: a file that is not there is named", "[yaml]") {
    const auto root = yaml::load("no/such/file.yaml");

    REQUIRE_FALSE(root);
    CHECK_THAT(root.error(), Catch::StartsWith("no/such/file.yaml: cannot be read"));
}

TEST_CASE("yaml: a directory is no file", "[yaml]") {
    const auto root = yaml::load("/");

    REQUIRE_FALSE(root);
    CHECK(root.error() == "/: is a directory; give the path of a file");
}

TEST_CASE("yaml: marks around one document are not a second one", "[yaml]") {
    CHECK(yaml::parse("---\na: 1\n...\n", "f.yaml"));
    CHECK(yaml::parse("---\na: 1\n---\n", "f.yaml"));
    CHECK(yaml::parse("", "f.yaml"));
}
