#include <catch2/catch.hpp>
#include <set>

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
    CHECK(real == 10);
    CHECK(documented == 3);
}

TEST_CASE("the matrix has every product, and releases from 6 to 11", "[sim][fireeye]") {
    std::set<std::string> products;
    std::set<std::string> majors;
    std::set<std::string> formats;
    std::set<std::string> types;
    for (const Cell& cell : matrix()) {
        products.insert(cell.product);
        majors.insert(cell.version.substr(0, cell.version.find('.')));
        formats.insert(cell.format.substr(0, cell.format.rfind('-')));
        types.insert(cell.type);
        CHECK((cell.format.starts_with("rest-") == cell.note.starts_with("an answer of the appliance's API")));
    }
    CHECK(products == std::set<std::string>{"nx", "ex", "fx", "ax", "cm", "hx"});
    CHECK(majors == std::set<std::string>{"5", "6", "7", "8", "9", "11"});
    CHECK(formats == std::set<std::string>{"xml", "json", "json-legacy", "text", "rest"});
    CHECK(types.size() == 14);
}

TEST_CASE("no cell is listed twice, and none before its type existed", "[sim][fireeye]") {
    std::set<std::string> seen;
    for (const Cell& cell : matrix()) {
        CHECK(seen.insert(cell.product + cell.version + cell.format + cell.type).second);
        CHECK_FALSE((cell.version.starts_with("6.") && cell.type.starts_with("riskware")));
        CHECK_FALSE((cell.version.starts_with("7.") && cell.type == "smartvision-event"));
    }
}

TEST_CASE("an HX has releases of its own and one format", "[sim][fireeye]") {
    CHECK(understand({"hx1", "hx", "5.0", "json-normal"})->version == "5.0.0.914802");
    CHECK(understand({"hx1", "hx", "5.0", "xml-normal"}).error().find("json-normal only") != std::string::npos);
    CHECK_FALSE(understand({"nx1", "nx", "5.0", "json-normal"}).has_value());
}

TEST_CASE("a CM tells of a sensor, and nobody else does", "[sim][fireeye]") {
    ApplianceProfile cm{"cm1", "cm", "9.0", "xml-normal"};
    CHECK(understand(cm)->sensor.product == Product::nx);
    cm.sensor = SensorProfile{"ex7", "ex", "8.2", "00:11:22:33:44:55", {}};
    CHECK(understand(cm)->sensor.product == Product::ex);
    CHECK(understand(cm)->sensor.version == "8.2.0.799158");
    cm.sensor->product = "cm";
    CHECK(understand(cm).error().find("sensor's product 'cm' is not one of") != std::string::npos);
    cm.product = "nx";
    CHECK(understand(cm).error().find("only a cm") != std::string::npos);
}
