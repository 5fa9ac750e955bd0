#include "bridge/domain/firewall/tag_filter.hpp"

#include <catch2/catch.hpp>

using bridge::domain::filter_takes;

TEST_CASE("a filter takes an address with our tag alone, or does not") {
    const auto [filter, takes] = GENERATE(table<const char*, bool>({
        {"'firebreak'", true},
        {"firebreak", true},
        {" \"firebreak\" ", true},
        {"'a' or 'firebreak'", true},
        {"'a' and 'firebreak'", false},
        {"'a' and 'b' or 'firebreak'", true},
        {"'firebreak' or 'a' and 'b'", true},
        {"('firebreak' or 'a') and 'b'", false},
        {"'firebreak' AND ('firebreak' OR 'b')", true},
        {"not 'a' and 'firebreak'", true},
        {"not 'firebreak'", false},
        {"'firebreak2'", false},
        {"'fire break'", false},
        {"oracle or firebreak", true},
    }));
    INFO(filter);
    CHECK(filter_takes(filter, "firebreak") == takes);
}

TEST_CASE("what is no filter is not read as one") {
    const char* filter = GENERATE("", "'firebreak", "('firebreak'", "'firebreak')", "'firebreak' 'b'", "and", "or 'a'",
                                  "'firebreak' and", "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((");
    INFO(filter);
    CHECK_FALSE(filter_takes(filter, "firebreak"));
}

TEST_CASE("a tag with a blank is one tag") {
    CHECK(filter_takes("'fire break' or 'x'", "fire break") == true);
}
