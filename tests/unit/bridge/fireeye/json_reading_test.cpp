#include <catch2/catch.hpp>

#include "notifications.hpp"

using namespace notifications;
using bridge::domain::AlertType;
using bridge::domain::Severity;

namespace {

std::string json(std::string_view alert) {
    return R"({"msg":"normal","product":"Web MPS","appliance":"nx1.example.com","alert":)" + std::string(alert) + "}";
}

}  // namespace

TEST_CASE("an extended JSON notification gives what its type's rules name, and nothing of the rest",
          "[bridge][fireeye]") {
    const auto notification = read(file(OWN_PAYLOADS "/nx-9.0-web-infection-extended.json"));
    REQUIRE(notification.has_value());
    CHECK(notification->format == "json-extended");
    REQUIRE(notification->alerts.size() == 1);
    const auto& alert = notification->alerts.front();
    CHECK(alert.id == "31");
    CHECK(alert.severity == Severity::major);
    CHECK(alert.appliance_id == "00:0C:29:AA:BB:01");
    CHECK(attackers(alert) == Texts{"203.0.113.80", "198.51.100.7"});
    CHECK(domains(alert) == Texts{"evil.example", "exploit.example"});
    CHECK(unobjected(alert).size() == 4);
    CHECK(alert.victims == Texts{"192.0.2.10"});
    CHECK(alert.suspects.front().indicator.text() == "evil.example");
    CHECK(alert.suspects.back().role == "Suspicious.URL");
}

TEST_CASE("legacy JSON is read through its '@', with IPv6 in one spelling", "[bridge][fireeye]") {
    const auto notification = read(file(OWN_PAYLOADS "/nx-6.2-malware-callback-legacy.json"));
    REQUIRE(notification.has_value());
    CHECK(notification->format == "json-legacy-normal");
    REQUIRE(notification->alerts.size() == 1);
    const auto& alert = notification->alerts.front();
    CHECK(alert.id == "2001");
    CHECK(alert.type == AlertType::malware_callback);
    CHECK(attackers(alert) == Texts{"2001:db8::5"});
    CHECK(domains(alert) == Texts{"cnc.evil.example"});
}

TEST_CASE("an object and an array of one are the same everywhere", "[bridge][fireeye]") {
    const std::string cnc_one = R"({"address":"203.0.113.9"})";
    for (const std::string& cnc_list : {cnc_one, "[" + cnc_one + "]", "[[" + cnc_one + "]]"}) {
        const std::string one = R"({"id":1,"name":"malware-callback","explanation":{"cnc-services":{"cnc-service":)" +
                                cnc_list + R"(}},"src":[{"ip":["192.0.2.10"]}],"dst":{"ip":"203.0.113.5"}})";
        for (const std::string& alert : {one, "[" + one + "]"}) {
            INFO(alert);
            CHECK(attackers(only_alert(json(alert))) == Texts{"203.0.113.9", "203.0.113.5"});
            CHECK(only_alert(json(alert)).victims == Texts{"192.0.2.10"});
        }
    }
}

TEST_CASE("text beside attributes is found under the field's own name, value, content or @value", "[bridge][fireeye]") {
    for (const std::string_view ip :
         {R"("203.0.113.5")", R"({"ip":"203.0.113.5","x":"y"})", R"({"value":"203.0.113.5"})",
          R"({"content":" 203.0.113.5 "})", R"({"@value":"203.0.113.5"})"}) {
        INFO(ip);
        const auto alert = only_alert(json(R"({"@id":{"value":12},"name":"malware-callback","dst":{"ip":)" +
                                           std::string(ip) + R"(},"src":" "})"));
        CHECK(alert.id == "12");
        CHECK(attackers(alert) == Texts{"203.0.113.5"});
    }
}

TEST_CASE("nothing may be written as {}, [], null, an empty or a blank string", "[bridge][fireeye]") {
    for (const std::string_view nothing : {"{}", "[]", "null", R"("")", R"(" ")", "[[],{}]"}) {
        INFO(nothing);
        const std::string empty(nothing);
        const auto alert = only_alert(json(R"({"name":"web-infection","id":1,"src":)" + empty + R"(,"dst":)" + empty +
                                           R"(,"explanation":)" + empty + R"(,"uuid":)" + empty + "}"));
        CHECK(alert.type == AlertType::web_infection);
        CHECK(alert.suspects.empty());
        CHECK(alert.victims.empty());
    }
    for (const std::string_view no_alerts : {"[]", "null", R"("")"}) {
        const auto notification = read(json(no_alerts));
        REQUIRE(notification.has_value());
        CHECK(notification->alerts.empty());
    }
}

TEST_CASE("the REST dialect, its envelopes, and alerts without one are read", "[bridge][fireeye]") {
    const std::string alert =
        R"({"id":5,"name":"MALWARE_CALLBACK","product":"WEB_MPS","severity":"CRIT","applianceId":"0A0B","alertUrl":"u",)"
        R"("explanation":{"cncServices":{"cncService":[{"address":"203.0.113.9","port":80}]}},)"
        R"("src":{"ip":"192.0.2.10"},"dst":{"ip":"203.0.113.5"}})";
    for (const std::string& body :
         {"{\"alert\":[" + alert + "],\"alertsCount\":1}", "{\"Alerts\":[" + alert + "]}",
          "{\"alerts\":{\"alert\":" + alert + "}}", "[" + alert + "]", "[{\"alert\":" + alert + "}]", alert}) {
        INFO(body);
        const auto notification = read(body);
        REQUIRE(notification.has_value());
        CHECK(notification->format == "rest");
        REQUIRE(notification->alerts.size() == 1);
        CHECK(notification->alerts[0].type_name == "malware-callback");
        CHECK(notification->alerts[0].severity == Severity::critical);
        CHECK(notification->alerts[0].appliance_id == "0A0B");
        CHECK(attackers(notification->alerts[0]) == Texts{"203.0.113.9", "203.0.113.5"});
    }
}

TEST_CASE("an envelope that comes after its alert is its envelope all the same", "[bridge][fireeye]") {
    const auto alert = only_alert(
        R"({"alert":{"name":"malware-object","dst":{"ip":"203.0.113.5"}},"product":"Email MPS","appliance":"ex1"})");
    CHECK(alert.product == "Email MPS");
    CHECK(alert.appliance == "ex1");
    CHECK(alert.suspects.empty());
}

TEST_CASE("an HX alert has an endpoint for a victim and no attacker", "[bridge][fireeye]") {
    const auto notification = read(
        R"({"msg":"normal","product":"HX","appliance":"hx1","alert":{"_id":42,"name":"exploit-blocked","uuid":"u",)"
        R"("host":{"ip":"192.0.2.33","hostname":"pc"},"event_values":{"ipv4NetworkEvent/remoteIP":"203.0.113.5"},)"
        R"("condition":{"_id":"1","address":"203.0.113.6"}}})");
    REQUIRE(notification.has_value());
    CHECK(notification->format == "hx-json");
    REQUIRE(notification->alerts.size() == 1);
    CHECK(notification->alerts[0].type == AlertType::endpoint);
    CHECK(notification->alerts[0].type_name == "exploit-blocked");
    CHECK(notification->alerts[0].id == "42");
    CHECK(notification->alerts[0].victims == Texts{"192.0.2.33"});
    CHECK(notification->alerts[0].suspects.empty());
}

TEST_CASE("JSON with raw line ends or single backslashes in strings gets a second try", "[bridge][fireeye]") {
    const auto alert =
        only_alert(json("{\"id\":\"1\",\"name\":\"malware-callback\",\"explanation\":{\"malware-detected\":"
                        "{\"malware\":{\"name\":\"Trojan\n.X\x01\",\"note\":\"C:\\users\\\\x \\\"q\\\"\"}},"
                        "\"cnc-services\":{\"cnc-service\":{\"address\":\"203.0.113.9\","
                        "\"channel\":\"\\026\\003\r\n\"}}},\"dst\":{\"ip\":\"203.0.113.5\"}}"));
    CHECK(alert.malware == "Trojan .X ");
    CHECK(attackers(alert) == Texts{"203.0.113.9", "203.0.113.5"});
}

TEST_CASE("a comma before a closing bracket does not lose the alert", "[bridge][fireeye]") {
    const auto alert = only_alert(R"({"alert":[{"name":"malware-callback","dst":{"ip":"203.0.113.5",},},],})");
    CHECK(attackers(alert) == Texts{"203.0.113.5"});
}

TEST_CASE("invalid UTF-8 is kept from leaving", "[bridge][fireeye]") {
    const auto alert =
        only_alert(json("{\"id\":\"\xFF\",\"name\":\"malware-callback\",\"explanation\":{\"malware-detected\":"
                        "{\"malware\":{\"name\":\"a\xC3(\xE2\x82\xAC\xED\xA0\x80\"}}}}"));
    CHECK(alert.id == "\xEF\xBF\xBD");
    CHECK(alert.malware == "a\xEF\xBF\xBD(\xE2\x82\xAC\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("a text notification is known for what it is, and the mend is told", "[bridge][fireeye]") {
    const auto notification = read("msg: concise\nproduct: Email MPS\nalert (id:55224, name:malware-object):\n");
    REQUIRE(notification);
    CHECK(notification->format == "text");
    CHECK(notification->alerts.empty());
    CHECK(notification->unread.find("set the appliance's message format to an XML or JSON") != std::string::npos);
}

TEST_CASE("a text notification is known by any of the fields that all have, near its top", "[bridge][fireeye]") {
    for (const std::string_view body : {"\r\n  appliance-id: 002590879432\r\n  msg: normal\r\n", "Product: Web MPS\n",
                                        "FireEye notification\n====\n\nalert (id:1, name:malware-callback):\n",
                                        "Alert URL: https://nx1.example.com/\n"}) {
        CAPTURE(body);
        const auto notification = read(body);
        REQUIRE(notification);
        CHECK(notification->format == "text");
        CHECK_FALSE(notification->unread.empty());
    }
    for (const std::string_view body : {"hello: world\n", "product\n", "a\nb\nc\nd\ne\nf\ng\nh\nmsg: normal\n"}) {
        CAPTURE(body);
        CHECK_FALSE(read(body));
    }
}

TEST_CASE("bodies that are no notification are refused with one line that says why", "[bridge][fireeye]") {
    const auto why = [](std::string_view body) {
        const auto notification = read(body);
        return notification ? "read" : notification.error().detail;
    };
    CHECK(why("") == "an empty body");
    CHECK(why(" \n") == "an empty body");
    CHECK(why("hello\nworld").find("starts with 'hello world'") != std::string::npos);
    CHECK(why("{\"a\":1}").find("there is no \"alert\" in it") != std::string::npos);
    CHECK(why("{\"name\":\"bob\"}").find("there is no \"alert\" in it") != std::string::npos);
    CHECK(why("{\"alert\":\n{\"name\":\"x\"").rfind("JSON: line 2, column ", 0) == 0);
    CHECK(why("{\"alert\":[]} x").find("after the document") != std::string::npos);
    CHECK(why("{\"alert\":{\"foo\":{}}}").find("not one alert can be read") != std::string::npos);
    CHECK(why("{\"Alerts\":[{\"foo\":{}}]}").find("not one alert can be read") != std::string::npos);
    CHECK(why(std::string_view("\xFF\xFE<\0", 4)).find("UTF-16") != std::string::npos);
    CHECK(why(std::string_view("{\0}\0", 4)).find("UTF-16") != std::string::npos);
    CHECK(why(std::string_view("\0<\0a", 4)).find("UTF-16") != std::string::npos);
    CHECK(why("{\"alert\":[3]}").find("not one alert can be read") != std::string::npos);
    CHECK(why("{\"alert\":" + std::string(100'000, '[')).find("JSON: line 1") != std::string::npos);
    CHECK(why("{\"os-changes\":" + std::string(100'000, '[')).find("JSON: line 1") != std::string::npos);
}

TEST_CASE("half of a surrogate pair in a file's name does not lose the alert", "[bridge][fireeye]") {
    for (const std::string_view name : {R"(x\ud800.exe)", R"(\uDC00\uD800)", R"(\ud83d\ude00\udc00)", R"(\ud800)"}) {
        CAPTURE(name);
        const auto alert =
            only_alert(R"({"alert":{"name":"malware-callback","id":"\ud83d\ude00","dst":{"ip":"203.0.113.5"},)"
                       R"("explanation":{"os-changes":{"file":{"value":")" +
                       std::string(name) + R"("}}}}})");
        CHECK(attackers(alert) == Texts{"203.0.113.5"});
        CHECK(alert.id == "\xF0\x9F\x98\x80");
    }
}

TEST_CASE("a syslog line is called one, and a NUL behind the document is none of it", "[bridge][fireeye]") {
    const auto syslog = read(R"(<164>fenotify-1.warning: {"alert":{"name":"malware-callback"}})");
    REQUIRE_FALSE(syslog);
    CHECK(syslog.error().detail.find("syslog") != std::string::npos);
    CHECK(read(std::string(R"({"alert":{"name":"malware-callback","id":1}})") + '\0'));
    CHECK(read(xml(xml_alert("malware-callback")) + '\0'));
}

TEST_CASE("the published Test-Fire alert is read as its page prints it, broken over lines", "[bridge][fireeye]") {
    // Blanks in keys, raw line ends in strings, and a type that has lost its hyphen.
    const auto alert = only_alert(
        "{\"msg\": \"extended\", \"product\": \"Web MPS\", \"alert\":\n{\"src\": {\"ip\": \"198.51.100.1\"}, \"alert- "
        "url\": "
        "\"https://\nnx1.example.com/x\",\n\"explanation\": {\"cnc-services\": {\"cnc- service\": [{\"address\": "
        "\"203.0.113.9\",\n\"channel\": \"a\nb\"}]}, \"malware- detected\": {\"malware\":\n[{\"name\": "
        "\"Suspicious.URL\", \"url\": "
        "\"evil.example/x\"}]}}, \"name\": \"webinfection\"}}");
    CHECK(alert.type_name == "web-infection");
    CHECK(attackers(alert) == Texts{"203.0.113.9"});
    CHECK(domains(alert) == Texts{"evil.example"});
}
