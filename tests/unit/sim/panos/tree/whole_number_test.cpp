#include "sim/panos/tree/whole_number.hpp"

#include <catch2/catch.hpp>

using namespace sim::panos;

TEST_CASE("a whole number is decimal digits and nothing else") {
    CHECK(whole_number("0") == 0U);
    CHECK(whole_number("007") == 7U);
    CHECK(whole_number("18446744073709551615") == 18446744073709551615U);
    for (const char* const text : {"", " 1", "1 ", "-1", "+1", "0x1", "1.0", "1e3", "18446744073709551616"}) {
        INFO(text);
        CHECK_FALSE(whole_number(text));
    }
}

TEST_CASE("a whole number above the bound is none") {
    CHECK(whole_number("65535", 65535) == 65535U);
    CHECK_FALSE(whole_number("65536", 65535));
}
