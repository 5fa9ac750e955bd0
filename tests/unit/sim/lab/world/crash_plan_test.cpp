#include "sim/lab/world/crash_plan.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "sim/lab/world/scratch.hpp"

using namespace sim::lab;

TEST_CASE("crash plan: the log tells the steps and where the bridge died", "[lab][crash]") {
    const auto scratch = Scratch::make();
    REQUIRE(scratch);
    const std::string file = scratch->path() + "/crash.log";
    CHECK(read_crash_log(file).steps.empty());
    std::ofstream(file) << "1 before the commit\n2 after the commit\n2 killed\n3 before a transaction\n";

    const CrashLog log = read_crash_log(file);
    CHECK(log.steps == std::vector<std::string>{"before the commit", "after the commit", "before a transaction"});
    CHECK(log.killed_at == std::vector<std::uint64_t>{2});
    CHECK(log.told(2) == "2, after the commit");
    CHECK(log.told(9) == "9");
}

TEST_CASE("crash plan: the bridge is told its steps, its seed and whether its disk lies", "[lab][crash]") {
    const auto plain = environment_of({}, "/tmp/x/crash.log");
    CHECK(plain == std::vector<std::string>{"FIREBREAK_CRASH_LOG=/tmp/x/crash.log", "FIREBREAK_CRASH_SEED=1"});
    const auto all = environment_of({{17, 23}, 5, true}, "/tmp/x/crash.log");
    CHECK(all == std::vector<std::string>{"FIREBREAK_CRASH_LOG=/tmp/x/crash.log", "FIREBREAK_CRASH_SEED=5",
                                          "FIREBREAK_CRASH_AT=17,23", "FIREBREAK_CRASH_DISK=lies"});
}
