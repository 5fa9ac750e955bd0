#include "markup/escaped.hpp"

#include <catch2/catch.hpp>

using namespace markup;

TEST_CASE("what means something in markup becomes a reference, and nothing else does") {
    CHECK(escaped(R"(<a href="x">R&D's</a>)") == "&lt;a href=&quot;x&quot;&gt;R&amp;D's&lt;/a&gt;");
    CHECK(escaped("&amp;") == "&amp;amp;");
    CHECK(escaped("Gr\xc3\xbc\xc3\x9f") == "Gr\xc3\xbc\xc3\x9f");
    CHECK(escaped("").empty());
}

TEST_CASE("control characters stay, unless the writer says what they become") {
    const std::string text("a\n\x01<\0b", 6);
    CHECK(escaped(text) == std::string("a\n\x01&lt;\0b", 9));
    const auto as_reference = [](char c) { return c == '\n' ? std::string("&#10;") : std::string("?"); };
    CHECK(escaped(text, as_reference) == "a&#10;?&lt;?b");
}

TEST_CASE("bytes above 0x7f are no control characters") {
    CHECK(escaped("\xff\x80", [](char) { return std::string("?"); }) == "\xff\x80");
}
