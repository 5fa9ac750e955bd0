#include <catch2/catch.hpp>

#include "notifications.hpp"

using namespace notifications;
using bridge::domain::AlertType;
using bridge::domain::Severity;

TEST_CASE("an XML callback is read whole", "[bridge][fireeye]") {
    const auto notification = read(file(OWN_PAYLOADS "/nx-8.2-malware-callback-normal.xml"));
    REQUIRE(notification.has_value());
    CHECK(notification->format == "xml-normal");
    CHECK(notification->version == "8.2.0.799158");
    REQUIRE(notification->alerts.size() == 1);
    const auto& alert = notification->alerts.front();
    CHECK(alert.appliance == "nx1.example.com");
    CHECK(alert.appliance_id == "000C29AABB01");
    CHECK(alert.product == "Web MPS");
    CHECK(alert.id == "2001");
    CHECK(alert.uuid == "5b2fe8c4-8a0b-4c0b-9a6e-0d7d7c9f1a02");
    CHECK(alert.type == AlertType::malware_callback);
    CHECK(alert.type_name == "malware-callback");
    CHECK(alert.severity == Severity::critical);
    CHECK(alert.occurred == "2024-05-01T10:00:00Z");
    CHECK(alert.malware == "Trojan.Example & Co");
    CHECK(attackers(alert) == Texts{"203.0.113.5"});
    CHECK(alert.suspects.front().role == "cnc-service/address");
    CHECK(alert.victims == Texts{"192.0.2.10"});
}

TEST_CASE("a namespace prefix, a foreign namespace and attribute order change nothing", "[bridge][fireeye]") {
    const auto alert = only_alert(
        R"(<f:alerts xmlns:f="http://www.trellix.com/alert/2014/AlertSchema"><f:alert severity="minr" f:name="infection-match" id="3">)"
        "<f:dst><f:ip>203.0.113.5</f:ip></f:dst><src xmlns=\"\"><ip>192.0.2.10</ip></src></f:alert></f:alerts>");
    CHECK(alert.type == AlertType::infection_match);
    CHECK(attackers(alert) == Texts{"203.0.113.5"});
    CHECK(alert.victims == Texts{"192.0.2.10"});
}

TEST_CASE("what an attribute can say, an element can say", "[bridge][fireeye]") {
    const auto alert = only_alert(
        xml("<alert><id>9</id><name>malware-callback</name><severity>majr</severity><product>Email MPS</product>"
            R"(<dst ip="203.0.113.5"/><src><ip zone="a">192.0.2.10</ip></src></alert>)"));
    CHECK(alert.id == "9");
    CHECK(alert.product == "Email MPS");
    CHECK(attackers(alert) == Texts{"203.0.113.5"});
    CHECK(alert.victims == Texts{"192.0.2.10"});
}

TEST_CASE("CDATA, comments, entities and a byte order mark are read as XML means them", "[bridge][fireeye]") {
    const auto alert =
        only_alert("\xEF\xBB\xBF\r\n" +
                   xml(xml_alert("malware-callback",
                                 R"(<malware-detected><malware name="a &lt;b&gt; &#x41;&#66; c"/></malware-detected>)"
                                 "<cnc-services><cnc-service><address><![CDATA[198.51.100]]><!-- split -->.7"
                                 "</address></cnc-service></cnc-services>")));
    CHECK(alert.malware == "a <b> AB c");
    CHECK(attackers(alert) == Texts{"198.51.100.7", "203.0.113.5"});
}

TEST_CASE("the sandbox's diary is skipped, whatever is in it", "[bridge][fireeye]") {
    const std::string diary =
        R"(<os-changes note="a > b"><network><ipaddress>198.51.100.99</ipaddress></network><!-- </os-changes> -->)"
        "<![CDATA[</os-changes><dst><ip>198.51.100.98</ip></dst>]]><os-changes/>"
        "<cnc-services><cnc-service><address>198.51.100.97</address></cnc-service></cnc-services></os-changes>"
        "<static-analysis><dst><ip>198.51.100.96</ip></dst></static-analysis>"
        "<stolen-data><src><ip>198.51.100.95</ip></src></stolen-data>";
    const auto alert = only_alert(xml(xml_alert("malware-object", diary)));
    CHECK(attackers(alert) == Texts{"203.0.113.5"});
    CHECK(alert.victims == Texts{"192.0.2.10"});
    CHECK(alert.ignored.empty());
}

TEST_CASE("a body of several alerts keeps their order", "[bridge][fireeye]") {
    const auto notification = read(xml(
        R"(<alert id="3" name="malware-callback"/><alert id="2" name="new-type"/><alert id="1" name="ips-event"/>)"));
    REQUIRE(notification.has_value());
    REQUIRE(notification->alerts.size() == 3);
    CHECK(notification->alerts[0].id == "3");
    CHECK(notification->alerts[1].type == AlertType::other);
    CHECK(notification->alerts[1].type_name == "new-type");
    CHECK(notification->alerts[2].id == "1");
}

TEST_CASE("an empty list of alerts is a notification", "[bridge][fireeye]") {
    const auto notification = read("<alerts appliance='a' msg='concise'/>");
    REQUIRE(notification.has_value());
    CHECK(notification->alerts.empty());
    CHECK(notification->format == "xml-concise");
}

TEST_CASE("one bad alert is reported and the good ones are kept", "[bridge][fireeye]") {
    const auto notification = read(xml(xml_alert("malware-callback") + R"(<alert id="66"><src/></alert>)"));
    REQUIRE(notification.has_value());
    CHECK(notification->alerts.size() == 1);
    REQUIRE(notification->rejected.size() == 1);
    CHECK(notification->rejected.front() == "alert no. 2: alert id 66: it has no name, so that its type is unknown");

    const auto only_bad = read(xml(R"(<alert id="66"/>)"));
    REQUIRE_FALSE(only_bad.has_value());
    CHECK(only_bad.error().code == bridge::domain::Errc::malformed);
}

TEST_CASE("on a CM the alert's own product and appliance count", "[bridge][fireeye]") {
    const auto alert = only_alert(xml(
        R"(<alert id="1" name="malware-object" product="Email MPS" appliance-id="AABBCCDDEEFF"><dst><ip>203.0.113.5</ip></dst></alert>)",
        "CMS"));
    CHECK(alert.product == "Email MPS");
    CHECK(alert.appliance == "nx1.example.com");
    CHECK(alert.appliance_id == "AABBCCDDEEFF");
    CHECK(alert.suspects.empty());
}

TEST_CASE("XML that is refused says where and why", "[bridge][fireeye]") {
    const auto why = [](std::string_view body) {
        const auto notification = read(body);
        return notification ? "read" : notification.error().detail;
    };
    CHECK(why("<!DOCTYPE a><alerts/>") == "XML: line 1, column 1: a DTD (<!DOCTYPE, <!ENTITY) is refused");
    CHECK(why("<alerts>\n <!ENTITY x 'y'></alerts>") ==
          "XML: line 2, column 2: a DTD (<!DOCTYPE, <!ENTITY) is refused");
    CHECK(why("<alerts><os-changes><!ENTITY x 'y'></os-changes></alerts>").find("refused") != std::string::npos);
    CHECK(why("<alerts><alert name='&xxe;'/></alerts>").find("entity &xxe;") != std::string::npos);
    CHECK(why("<alerts><alert name='x'>").find("the body ends inside <alert>") != std::string::npos);
    CHECK(why("<alerts><alert name='x'></alerts></alert>").find("</alert> is due") != std::string::npos);
    CHECK(why("<alerts/><alerts/>").find("a second root element") != std::string::npos);
    CHECK(why("<alerts/>text").find("outside of the root") != std::string::npos);
    CHECK(why("<html><body/></html>").find("root element <html>") != std::string::npos);
    CHECK(why("<alerts><os-changes><a></b></alerts>").find("</os-changes> is due") != std::string::npos);
    CHECK(why("<alerts><alert name=x/></alerts>").find("without a quoted value") != std::string::npos);
}

TEST_CASE("nesting is bounded where it is kept, and free where it is skipped", "[bridge][fireeye]") {
    const auto nested = [](std::string_view element, std::size_t depth) {
        std::string body;
        for (std::size_t i = 0; i < depth; ++i) {
            body += "<" + std::string(element) + ">";
        }
        for (std::size_t i = 0; i < depth; ++i) {
            body += "</" + std::string(element) + ">";
        }
        return body;
    };
    const auto deep = read("<alerts>" + nested("alert", 100'000) + "</alerts>");
    REQUIRE_FALSE(deep.has_value());
    CHECK(deep.error().detail.find("nested more than 128 deep") != std::string::npos);
    CHECK(only_alert(xml(xml_alert("malware-callback", nested("process", 100'000)))).suspects.size() == 1);
}
