#include "bridge/domain/value/printable.hpp"

#include <catch2/catch.hpp>

using bridge::domain::printable;

TEST_CASE("line ends and escape sequences of a stranger cannot forge a log line") {
    CHECK(printable("a\r\nb\x1b[2J") == "a\\x0d\\x0ab\\x1b[2J");
    CHECK(printable("\xc2\x9b"
                    "31m") == "\\xc2\\x9b31m");
}

TEST_CASE("UTF-8 stays, and bytes that are none are shown as bytes") {
    CHECK(printable("B\xc3\xb6se") == "B\xc3\xb6se");
    CHECK(printable("\xc3(") == "\\xc3(");
    CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
    CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");
}

TEST_CASE("a long text is cut, and says so") {
    CHECK(printable(std::string(500, 'x'), 10) == "xxxxxxxxxx...");
    CHECK(printable(std::string(10, 'x'), 10) == "xxxxxxxxxx");
    CHECK(printable("xxxxxxxx\n" + std::string(500, 'x'), 10) == "xxxxxxxx\\x0a...");
}
