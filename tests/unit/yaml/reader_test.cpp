#include "yaml/reader.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace {

yaml::Node parsed(const char* text) {
    auto root = yaml::parse(text, "f.yaml");
    REQUIRE(root);
    return *root;
}

}  // namespace

TEST_CASE("yaml reader: an unknown key is reported with its place and the nearest right key", "[yaml]") {
    const yaml::Node root = parsed("within: 3s\nwithni: 4s\n");
    yaml::Problems problems("f.yaml");
    yaml::Reader reader(root, "expect", problems);

    CHECK(reader.duration("within", 0ms) == 3s);
    reader.finish();

    REQUIRE(problems.messages().size() == 1);
    CHECK(problems.messages()[0] == "f.yaml:2:1: expect.withni: unknown key (did you mean 'within'?)");
}

TEST_CASE("yaml reader: a key that is like no other is answered with all that are known", "[yaml]") {
    const yaml::Node root = parsed("zzz: 1\n");
    yaml::Problems problems("f.yaml");
    yaml::Reader reader(root, "", problems);

    CHECK(reader.optional("listen") == nullptr);
    CHECK(reader.optional("body") == nullptr);
    reader.finish();

    CHECK(problems.text() == "f.yaml:1:1: zzz: unknown key (known here: body, listen)");
}

TEST_CASE("yaml reader: complaints come in the order of the lines", "[yaml]") {
    yaml::Problems problems("f.yaml");

    problems.add({9, 1}, "b", "late");
    problems.add({2, 7}, "a", "early, right");
    problems.add({2, 3}, "", "early, left");
    problems.add({9, 1}, "c", "late, found later");

    const std::vector<std::string> wanted{"f.yaml:2:3: early, left", "f.yaml:2:7: a: early, right",
                                          "f.yaml:9:1: b: late", "f.yaml:9:1: c: late, found later"};
    CHECK(problems.messages() == wanted);
}

TEST_CASE("yaml reader: values of the wrong shape fall back and are reported", "[yaml]") {
    const yaml::Node root = parsed("n: 70000\nf: maybe\nd: 5 fortnights\ns: 1 MB\nt: [a]\nl: {a: b}\n");
    yaml::Problems problems("f.yaml");
    yaml::Reader reader(root, "", problems);

    CHECK(reader.number("n", 1, 0, 65535) == 1);
    CHECK(reader.flag("f", true));
    CHECK(reader.duration("d", 2s) == 2s);
    CHECK(reader.bytes("s", 9) == 9);
    CHECK(reader.text("t", "x") == "x");
    CHECK(reader.texts("l").empty());
    CHECK(reader.required_text("gone").empty());

    CHECK(problems.messages().size() == 7);
}

TEST_CASE("yaml reader: durations, sizes and rates take their units and nothing else", "[yaml]") {
    CHECK(yaml::parse_duration("250ms") == 250ms);
    CHECK(yaml::parse_duration("1.5s") == 1500ms);
    CHECK(yaml::parse_duration("7d") == 168h);
    CHECK(yaml::parse_duration("0") == 0ms);
    CHECK_FALSE(yaml::parse_duration("-1s"));
    CHECK_FALSE(yaml::parse_duration("1"));
    CHECK_FALSE(yaml::parse_duration("1e9d"));
    CHECK(yaml::parse_bytes("16KiB") == 16384U);
    CHECK(yaml::parse_bytes("512") == 512U);
    CHECK_FALSE(yaml::parse_bytes("16kb"));
    CHECK(yaml::parse_rate("30/m") == Approx(0.5));
    CHECK_FALSE(yaml::parse_rate("0/s"));
    CHECK_FALSE(yaml::parse_rate("500"));
}

TEST_CASE("yaml reader: two swapped letters count as one slip", "[yaml]") {
    CHECK(yaml::nearest("attakcer", {"attacker", "answered"}) == "attacker");
    CHECK_FALSE(yaml::nearest("xyz", {"attacker", "answered"}));
}
