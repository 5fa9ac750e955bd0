#include "sim/soak/judge/bridge_pages.hpp"

#include <catch2/catch.hpp>

using namespace sim::soak;

namespace {

std::string status(const std::string& state, const std::string& counts) {
    return R"({"targets": {"fw1": {"state": ")" + state + R"(", "last_error": "locked by anna", )" + counts + "}}}";
}

constexpr const char* nothing = R"("wanted": 0, "pushed": 0, "enforced": 0, "expired": 0, "refused": 0, "held": 0)";
constexpr const char* two_enforced =
    R"("wanted": 0, "pushed": 0, "enforced": 2, "expired": 0, "refused": 0, "held": 0)";

}  // namespace

TEST_CASE("a bridge is at rest when each target is idle, and has no blocks where those count") {
    CHECK(unrest_of(status("idle", nothing), true) == "");
    CHECK(unrest_of(status("idle", two_enforced), false) == "");
    CHECK(unrest_of(status("idle", two_enforced), true) == "fw1 has 2 blocks enforced");
    CHECK(unrest_of(status("waiting", nothing), false) == "fw1 is waiting: locked by anna");
}

TEST_CASE("a status without targets is an error, and no rest") {
    CHECK_FALSE(unrest_of("{}", false));
    CHECK_FALSE(unrest_of("nonsense", false));
    CHECK_FALSE(unrest_of(R"({"targets": []})", false));
}

TEST_CASE("the ledger's rows are read, and a page that is none is an error") {
    const auto rows = ledger_rows(
        R"([{"target": "fw1", "indicator": "198.18.0.1", "state": "held", "reason": "over the limit", "alert": "x"}])");
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    CHECK(rows->front().indicator == "198.18.0.1");
    CHECK(rows->front().state == "held");
    CHECK(rows->front().reason == "over the limit");
    CHECK_FALSE(ledger_rows("{}"));
    CHECK_FALSE(ledger_rows("["));
}
