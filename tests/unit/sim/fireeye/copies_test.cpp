#include "sim/fireeye/copies.hpp"

#include "rendered.hpp"

using namespace sim::fireeye;

namespace {

const ApplianceProfile sensor{"nx7.example.com", "nx", "8.2", "json-normal", "000BABDDC3B9", {}};
const ApplianceProfile manager{"cm1.example.com", "cm", "9.0", "json-normal", {}, {}};

}  // namespace

TEST_CASE("a CM reports a sensor's alert in its own envelope, with the sensor in it", "[sim][fireeye]") {
    const auto copy = parsed_json(rendered(as_reported_by(manager, sensor), incident("malware-callback")).body);
    CHECK(string_at(copy, "/product") == "CMS");
    CHECK(string_at(copy, "/appliance") == "cm1.example.com");
    CHECK(string_at(copy, "/version") == "9.0.3.936727");
    CHECK(string_at(copy, "/alert/product") == "Web MPS");
    CHECK(string_at(copy, "/alert/version") == "8.2.0.799158");
    CHECK(string_at(copy, "/alert/sensor") == "nx7.example.com");
    CHECK(string_at(copy, "/alert/appliance-id") == "00:0B:AB:DD:C3:B9");
}

TEST_CASE("both tell of one event: the same uuid, and the same id unless the CM gives its own", "[sim][fireeye]") {
    Incident what = incident("malware-callback");
    const auto own = parsed_json(rendered(sensor, what).body);
    const auto copy = parsed_json(rendered(as_reported_by(manager, sensor), what).body);
    CHECK(string_at(own, "/alert/uuid").size() == 36);
    for (const char* const same : {"/alert/uuid", "/alert/src/ip", "/alert/src/mac"}) {
        CHECK(string_at(own, same) == string_at(copy, same));
    }
    CHECK(string_at(copy, "/alert/id") == "2001");
    what.cm_id = 77;
    const auto renumbered = rendered(as_reported_by(manager, sensor), what);
    CHECK(string_at(parsed_json(renumbered.body), "/alert/id") == "77");
    CHECK(string_at(parsed_json(renumbered.body), "/alert/uuid") == string_at(own, "/alert/uuid"));
    CHECK(string_at(parsed_json(renumbered.body), "/alert/alert-url").ends_with("ev_id=77"));
    CHECK(std::find(renumbered.headers.begin(), renumbered.headers.end(),
                    std::pair<std::string, std::string>("Event-Id", "77")) != renumbered.headers.end());
    CHECK(string_at(parsed_json(rendered(sensor, what).body), "/alert/id") == "2001");
}

TEST_CASE("a CM passes on what mail and file sensors see as those see it", "[sim][fireeye]") {
    for (const auto& [product, title] :
         {std::pair("ex", "Email MPS"), std::pair("fx", "File MPS"), std::pair("ax", "MAS")}) {
        INFO(product);
        const ApplianceProfile cm = as_reported_by(manager, appliance(product, "9.0", "xml-normal"));
        const auto copy = parsed_json(rendered(cm, incident("malware-object")).body);
        CHECK(string_at(copy, "/product") == "CMS");
        CHECK(string_at(copy, "/alert/product") == title);
        CHECK(string_at(copy, "/alert/dst/ip") == "absent");
        CHECK(string_at(copy, "/alert/explanation/cnc-services/cnc-service/address") == "203.0.113.5");
        CHECK(findings(dialect_of(cm), incident("malware-object")).attackers ==
              std::vector<std::string>{"203.0.113.5"});
        const Incident callback = incident("malware-callback");
        CHECK_FALSE(render(cm, {&callback, 1}).has_value());
    }
}

TEST_CASE("dual mode is one event, detected and then confirmed", "[sim][fireeye]") {
    const auto both = in_dual_mode(incident("ips-event"));
    const auto detected = parsed_json(rendered(sensor, both[0]).body);
    const auto confirmed = parsed_json(rendered(sensor, both[1]).body);
    const char* const status = "/alert/explanation/ips-detected/mvx-status";
    CHECK(string_at(detected, status) == "pending");
    CHECK(string_at(confirmed, status) == "confirmed");
    for (const char* const same : {"/alert/id", "/alert/uuid", "/alert/occurred", "/alert/src", "/alert/dst"}) {
        CHECK(string_at(detected, same) == string_at(confirmed, same));
    }
}
