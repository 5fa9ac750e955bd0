#include "bridge/domain/alert/alert.hpp"

#include <catch2/catch.hpp>

using namespace bridge::domain;

namespace {

Alert callback(std::string appliance_id, std::string id) {
    Alert alert;
    alert.appliance = "nx1.example.com";
    alert.appliance_id = std::move(appliance_id);
    alert.type = AlertType::malware_callback;
    alert.type_name = "malware-callback";
    alert.id = std::move(id);
    return alert;
}

}  // namespace

TEST_CASE("an alert is the same alert in XML and in JSON, which spell the appliance's id in two ways") {
    CHECK(identity_of(callback("000BABDDC3B9", "7")) == identity_of(callback("00:0b:ab:dd:c3:b9", "7")));
    CHECK(identity_of(callback("000BABDDC3B9", "7")) != identity_of(callback("000BABDDC3B8", "7")));
    CHECK(identity_of(callback("000BABDDC3B9", "7")) != identity_of(callback("000BABDDC3B9", "8")));
}

TEST_CASE("an alert is the same alert from its appliance and from the Central Management above it") {
    Alert direct = callback("000BABDDC3B9", "7");
    Alert passed_on = callback("00:0B:AB:DD:C3:B9", "7");
    passed_on.appliance = "cm1.example.com";
    passed_on.sensor = "nx1.example.com";
    CHECK(identity_of(direct) == identity_of(passed_on));

    direct.uuid = "2F8D1C3A-0a1b-4c2d-9e3f-001122334455";
    passed_on.uuid = "2f8d1c3a-0a1b-4c2d-9e3f-001122334455";
    passed_on.id = "911";  // a CM counts for itself
    CHECK(identity_of(direct) == identity_of(passed_on));
}

TEST_CASE("without an appliance id the sensor's name counts before the sender's") {
    const Alert direct = callback("", "7");
    Alert passed_on = callback("", "7");
    passed_on.appliance = "cm1.example.com";
    passed_on.sensor = "NX1.example.com";
    CHECK(identity_of(direct) == identity_of(passed_on));
}

TEST_CASE("the same id of two kinds of alert is two alerts") {
    Alert object = callback("000BABDDC3B9", "7");
    object.type_name = "malware-object";
    CHECK(identity_of(object) != identity_of(callback("000BABDDC3B9", "7")));
}

TEST_CASE("a masked uuid does not make all alerts one") {
    for (const char* masked : {"uuid", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "00000000-0000-0000-0000-000000000000",
                               "2f8d1c3a-0a1b-4c2d-9e3f"}) {
        Alert first = callback("000BABDDC3B9", "7");
        Alert second = callback("000BABDDC3B9", "8");
        first.uuid = second.uuid = masked;
        CHECK(identity_of(first) != identity_of(second));
    }
}

TEST_CASE("alerts without an id are told apart by what they say") {
    Alert first = callback("000BABDDC3B9", "");
    first.suspects = {{*Indicator::parse("203.0.113.5"), "dst/ip", ""}};
    Alert second = first;
    CHECK(identity_of(first) == identity_of(second));
    second.suspects = {{*Indicator::parse("203.0.113.6"), "dst/ip", ""}};
    CHECK(identity_of(first) != identity_of(second));
    second = first;
    second.occurred = "2024-05-01T10:00:00Z";
    CHECK(identity_of(first) != identity_of(second));
}

TEST_CASE("a type has one name, however a dialect writes it") {
    for (const char* written :
         {"malware-callback", "MALWARE_CALLBACK", "malwareCallback", "malware callback", "malwarecallback"}) {
        CHECK(alert_type_of(written) == AlertType::malware_callback);
    }
    CHECK(alert_type_of("webinfection") == AlertType::web_infection);
    CHECK(alert_type_of("malware-callbacks") == AlertType::other);
    CHECK(alert_type_of("malware") == AlertType::other);
    CHECK(alert_type_of("") == AlertType::other);
    CHECK(severity_of("CRIT") == Severity::critical);
    CHECK(severity_of("critical") == Severity::unknown);
}
