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

TEST_CASE("yaml reader: what was found is told by its kind, and by its text only where the value is wrong", "[yaml]") {
    const yaml::Node root = parsed("m: {a: b}\nl: [a]\nn: ~\nt: hunter2\nd: hunter2\n");
    yaml::Problems problems("f.yaml");
    yaml::Reader reader(root, "", problems);

    reader.text("m", "");
    reader.number("l", 1, 0, 9);
    reader.flag("n", false);
    reader.duration("d", 1s);
    yaml::Reader(*root.find("t"), "t", problems);  // a secret, maybe, where a map belongs

    const std::vector<std::string> wanted{
        "f.yaml:1:4: m: must be a single text, found a map", "f.yaml:2:4: l: a list is no whole number from 0 to 9",
        "f.yaml:3:4: n: nothing is neither true nor false",
        "f.yaml:4:4: t: must be a map of keys and values, found a text",
        "f.yaml:5:4: d: 'hunter2' is no duration; write it as 250ms, 30s, 5m, 2h or 7d"};
    CHECK(problems.messages() == wanted);
}

TEST_CASE("yaml reader: a line break in a value does not begin another message", "[yaml]") {
    yaml::Problems problems("f.yaml");

    problems.add({1, 1}, "a", "'x\nf.yaml:2:1: b' is wrong");

    CHECK(problems.text() == "f.yaml:1:1: a: 'x?f.yaml:2:1: b' is wrong");
}

TEST_CASE("yaml reader: a time beyond ten years is a slip of the pen", "[yaml]") {
    const yaml::Node root = parsed("a: 3660d\nb: 3661d\n");
    yaml::Problems problems("f.yaml");
    yaml::Reader reader(root, "", problems);

    CHECK(reader.duration("a", 1s) == 24h * 3660);
    CHECK(reader.duration("b", 1s) == 1s);
    CHECK(problems.text() == "f.yaml:2:4: b: '3661d' is longer than ten years; at most 3660d");
}

TEST_CASE("yaml reader: one item of the wrong shape leaves no list whose items have other numbers", "[yaml]") {
    const yaml::Node root = parsed("a: [{b: c}, x, [y]]\n");
    yaml::Problems problems("f.yaml");
    yaml::Reader reader(root, "", problems);

    CHECK(reader.texts("a").empty());
    CHECK(
        problems.text() ==
        "f.yaml:1:5: a[0]: must be a single text, found a map\nf.yaml:1:16: a[2]: must be a single text, found a list");
}

TEST_CASE("yaml reader: the keys that were asked for are known, whether they stand there or not", "[yaml]") {
    const yaml::Node root = parsed("a: {b: c}\n");
    yaml::Problems problems("f.yaml");
    yaml::Reader reader(root, "", problems);
    yaml::Reader inner(*reader.optional("a"), "a", problems);

    inner.text("b", "");
    inner.text("d", "");

    CHECK(problems.known() == std::set<std::string>{"a", "a.b", "a.d"});
}
