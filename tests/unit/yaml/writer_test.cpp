#include "yaml/writer.hpp"

#include <catch2/catch.hpp>

namespace {

bool same(const yaml::Node& a, const yaml::Node& b) {
    if (a.kind != b.kind || a.text != b.text || a.items.size() != b.items.size() ||
        a.entries.size() != b.entries.size()) {
        return false;
    }
    for (std::size_t i = 0; i < a.items.size(); ++i) {
        if (!same(a.items[i], b.items[i])) {
            return false;
        }
    }
    for (std::size_t i = 0; i < a.entries.size(); ++i) {
        if (a.entries[i].key != b.entries[i].key || !same(a.entries[i].value, b.entries[i].value)) {
            return false;
        }
    }
    return true;
}

}  // namespace

TEST_CASE("yaml writer: what is written reads back as the same tree", "[yaml]") {
    yaml::Node root = yaml::map();
    yaml::put(root, "plain", yaml::scalar("127.0.0.1:0"));
    yaml::put(root, "odd", yaml::scalar("a \"quoted\" \\ #thing: {x}\n\ttab\x01 end"));
    yaml::put(root, "empty", yaml::scalar(""));
    yaml::put(root, "word", yaml::scalar("null"));
    yaml::put(root, "star", yaml::scalar("*.example.com"));
    yaml::put(root, "nothing", yaml::Node{});
    yaml::put(root, "list", yaml::list({"- x", "y", "2001:db8::/32"}));
    yaml::put(root, "no list", yaml::list({}));
    yaml::put(yaml::put(root, "inner", yaml::map()), "a:b", yaml::list({"1"}));
    yaml::put(root, "umlaut", yaml::scalar("grün"));

    const std::string written = GENERATE_COPY(yaml::as_file(root), yaml::in_one_line(root) + "\n");
    const auto again = yaml::parse(written, "f.yaml");

    INFO(written);
    REQUIRE(again);
    CHECK(same(*again, root));
}

TEST_CASE("yaml writer: put replaces the value of a key that is there", "[yaml]") {
    yaml::Node root = yaml::map();
    yaml::put(root, "a", yaml::scalar("1"));
    yaml::put(root, "a", yaml::scalar("2"));

    CHECK(yaml::in_one_line(root) == "{a: 2}");
}
