#include "sim/lab/story/expand.hpp"

#include <catch2/catch.hpp>

using sim::lab::expand;

TEST_CASE("expand: a range is every number in it", "[lab]") {
    CHECK(expand("203.0.113.{1..3}") == std::vector<std::string>{"203.0.113.1", "203.0.113.2", "203.0.113.3"});
    CHECK(expand("203.0.113.{1..200}")->size() == 200);
}

TEST_CASE("expand: several braces multiply, and the last varies fastest", "[lab]") {
    CHECK(expand("{a,b}-{1..2}") == std::vector<std::string>{"a-1", "a-2", "b-1", "b-2"});
}

TEST_CASE("expand: a text without braces stands for itself", "[lab]") {
    CHECK(expand("evil.example.net") == std::vector<std::string>{"evil.example.net"});
    CHECK(expand("") == std::vector<std::string>{""});
}

TEST_CASE("expand: braces that make no sense are refused", "[lab]") {
    const std::string pattern =
        GENERATE("a{1..", "a{}", "a{5..1}", "a{1..x}", "a{1..4000000000}", "{1..1000}{1..1000}", "{a{b}}");

    CHECK_FALSE(expand(pattern).has_value());
}
