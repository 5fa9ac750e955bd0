#include <catch2/catch.hpp>

#include "sim/fireeye/appliance_profile.hpp"
#include "sim/fireeye/matrix.hpp"

using namespace sim::fireeye;

TEST_CASE("a version may be short or whole", "[sim][fireeye]") {
    const auto version = [](std::string text) {
        const auto dialect = understand({"a", "nx", std::move(text), "xml-normal"});
        return dialect ? dialect->version : "refused";
    };
    CHECK(version("6.2") == "6.2.0.74484");
    CHECK(version("9.0.3.936727") == "9.0.3.936727");
    CHECK(version("8.4").starts_with("8.4.0."));
    CHECK(version("5.9") == "refused");
    CHECK(version("nine") == "refused");
    CHECK(version("") == "refused");
}

TEST_CASE("JSON has '@' before 7.0, and where legacy is chosen", "[sim][fireeye]") {
    CHECK(understand({"a", "nx", "6.2", "json-normal"})->has_at_signs());
    CHECK_FALSE(understand({"a", "nx", "7.0", "json-normal"})->has_at_signs());
    CHECK(understand({"a", "nx", "9.0", "json-legacy-extended"})->has_at_signs());
    CHECK(understand({"a", "nx", "9.0", "json-legacy-extended"})->level == Level::extended);
}

TEST_CASE("the matrix marks what is real", "[sim][fireeye]") {
    std::size_t real = 0;
    std::size_t documented = 0;
    for (const Cell& cell : matrix()) {
        real += cell.certainty == Certainty::real_sample ? 1U : 0U;
        documented += cell.certainty == Certainty::documented ? 1U : 0U;
    }
    CHECK(real == 4);
    CHECK(documented == 2);
}
