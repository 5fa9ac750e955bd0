#include "bridge/engine/decision_json.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

using namespace bridge::domain;
using namespace bridge::engine;

TEST_CASE("what was decided is valid JSON whatever an appliance calls itself") {
    Alert alert;
    alert.appliance = "nx\"1\xff\x01";
    alert.id = "1";
    alert.type = AlertType::malware_callback;
    alert.type_name = "malware-callback";
    alert.severity = Severity::critical;
    alert.suspects.push_back({Indicator::parse("203.0.113.5").value(), "dst/ip", ""});
    alert.suspects.push_back({Indicator::parse("evil.example").value(), "cnc-service/address", ""});
    alert.victims.emplace_back("192.0.2.10");
    Notification notification;
    notification.format = "xml-normal";
    const auto row = boost::json::parse(inspect_json("a.xml", notification, alert, decide(Policy{}, alert)));
    CHECK(row.at("appliance").as_string() == "nx\"1\\xff\\x01");
    CHECK(row.at("attackers").as_array().size() == 1);
    CHECK(row.at("domains").as_array().front().as_string() == "evil.example");
    CHECK(row.at("blockable").as_array().size() == 2);
}

TEST_CASE("quotes and backslashes of a stranger stay inside their text") {
    Alert alert;
    alert.appliance = R"(a","attackers":["203.0.113.9"],"x":"\)";
    Notification notification;
    const auto row = boost::json::parse(inspect_json("a.xml", notification, alert, decide(Policy{}, alert)));
    CHECK(std::string(row.at("appliance").as_string()) == alert.appliance);
    CHECK(row.at("attackers").as_array().empty());
}

TEST_CASE("a file that cannot be read is told as JSON too") {
    const auto row = boost::json::parse(inspect_error_json("a \"b\".xml", "line 1\nbad"));
    CHECK(row.at("file").as_string() == "a \"b\".xml");
    CHECK(row.at("error").as_string() == "line 1\\x0abad");
}
