#include "sim/soak/judge/bridge_log.hpp"

#include <catch2/catch.hpp>

using namespace sim::soak;

TEST_CASE("a well bridge's log is counted, and holds no omen") {
    BridgeLog log;
    log.take("12:00:00 news fw1: commit job 7: 3 to block, 0 to unblock");
    log.take("12:00:01 warning fw1: the device is busy");
    CHECK(log.lines() == 2);
    CHECK(log.warnings() == 1);
    CHECK(log.omens().empty());
}

TEST_CASE("each sign of a sick bridge is kept as it stands, once for each line") {
    const std::vector<std::string> signs{
        "==7==ERROR: AddressSanitizer: heap-use-after-free", "x.cpp:3:1: runtime error: signed integer overflow",
        "terminate called after throwing an instance of 'std::bad_alloc'", "y.cpp:9: f(): Assertion `a' failed."};
    BridgeLog log;
    for (const std::string& sign : signs) {
        log.take("12:00:00 news fw1: idle");
        log.take(sign);
    }
    CHECK(log.omens() == signs);
    CHECK(log.lines() == 8);
}

TEST_CASE("of a flood of omens the first twenty are kept, and all lines are counted") {
    BridgeLog log;
    for (int i = 0; i < 50; ++i) {
        log.take("runtime error: " + std::to_string(i));
    }
    REQUIRE(log.omens().size() == 20);
    CHECK(log.omens().back() == "runtime error: 19");
    CHECK(log.lines() == 50);
}
