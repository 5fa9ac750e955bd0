#include <catch2/catch.hpp>

#include "notifications.hpp"

using namespace notifications;
using bridge::domain::Alert;
using bridge::domain::Prefix;
using bridge::fireeye::IpsDirection;
using bridge::fireeye::ReadingRules;

namespace {

ReadingRules rules_of_site() {
    ReadingRules rules;
    rules.site.networks = {*Prefix::parse("203.0.113.0/25"), *Prefix::parse("2001:db8:1::/48")};
    rules.site.proxies = {*Prefix::parse("198.51.100.8")};
    rules.site.resolvers = {*Prefix::parse("198.51.100.53")};
    return rules;
}

Alert read_by(const ReadingRules& rules, std::string_view body) {
    const auto notification = bridge::fireeye::read_notification(body, rules);
    REQUIRE(notification);
    REQUIRE(notification->alerts.size() == 1);
    return notification->alerts.front();
}

std::string callback(std::string_view dst, std::string_view explanation = "") {
    return xml(R"(<alert id="1" name="malware-callback" severity="crit"><explanation>)" + std::string(explanation) +
               "</explanation><src><ip>192.0.2.10</ip></src><dst><ip>" + std::string(dst) + "</ip></dst></alert>");
}

std::string ips(std::string_view src, std::string_view dst) {
    return xml(
        "<alert id=\"1\" name=\"ips-event\"><explanation><ips-detected><sig-name>Overflow</sig-name>"
        "</ips-detected></explanation><src><ip>" +
        std::string(src) + "</ip></src><dst><ip>" + std::string(dst) + "</ip></dst></alert>");
}

}  // namespace

TEST_CASE("a listed proxy is never the attacker, be the request line as direct as it may", "[bridge][fireeye]") {
    const auto alert = read_by(
        rules_of_site(),
        callback("198.51.100.8", cnc("198.51.100.8", "GET /x HTTP/1.1::~~Host: bad.example::~~") + cnc("bad.example")));
    CHECK(unobjected(alert) == Texts{"bad.example"});
    CHECK(objection_to(alert, "198.51.100.8") == "a proxy of the site (site.proxies: 198.51.100.8/32)");
    CHECK(unobjected(read_by({}, callback("198.51.100.8"))) == Texts{"198.51.100.8"});
}

TEST_CASE("a listed resolver is never the attacker", "[bridge][fireeye]") {
    const auto alert = read_by(rules_of_site(), callback("203.0.113.200", cnc("198.51.100.53")));
    CHECK(unobjected(alert) == Texts{"203.0.113.200"});
    CHECK(objection_to(alert, "198.51.100.53") == "a resolver of the site (site.resolvers: 198.51.100.53/32)");
}

TEST_CASE("an address of the site's networks is never the attacker", "[bridge][fireeye]") {
    const auto alert = read_by(rules_of_site(), callback("203.0.113.5", cnc("2001:db8:1::7")));
    CHECK(unobjected(alert).empty());
    CHECK(objection_to(alert, "203.0.113.5").find("site.networks: 203.0.113.0/25") != std::string::npos);
    CHECK(objection_to(alert, "2001:db8:1::7").find("site.networks: 2001:db8:1::/48") != std::string::npos);
}

TEST_CASE("the appliance's own address is never the attacker", "[bridge][fireeye]") {
    const auto alert = read_by(
        {},
        R"({"product":"CMS","appliance":"198.51.100.1","alert":{"name":"malware-callback","id":1,"product":"Web MPS",
               "sensorIp":"198.51.100.2","dst":{"ip":"203.0.113.5"},"explanation":{"cncServices":{"cncService":[
               {"address":"198.51.100.1"},{"address":"198.51.100.2"}]}}}})");
    CHECK(attackers(alert) == Texts{"198.51.100.1", "198.51.100.2", "203.0.113.5"});
    CHECK(unobjected(alert) == Texts{"203.0.113.5"});
    CHECK(objection_to(alert, "198.51.100.2") == "the address of the appliance itself");
}

TEST_CASE("ips-event: an attack from inside to outside contradicts the direction and is reported",
          "[bridge][fireeye]") {
    const auto outwards = read_by(rules_of_site(), ips("203.0.113.5", "198.51.100.77"));
    CHECK(unobjected(outwards).empty());
    CHECK(objection_to(outwards, "203.0.113.5").find("report, don't block") != std::string::npos);

    CHECK(unobjected(read_by(rules_of_site(), ips("198.51.100.77", "203.0.113.5"))) == Texts{"198.51.100.77"});

    auto normalized = rules_of_site();
    normalized.ips_direction = IpsDirection::normalized;
    CHECK(unobjected(read_by(normalized, ips("198.51.100.77", "203.0.113.5"))).empty());
    CHECK(unobjected(read_by(normalized, ips("203.0.113.5", "198.51.100.77"))) == Texts{"198.51.100.77"});
}

TEST_CASE("ips-event: private addresses are inside without being listed", "[bridge][fireeye]") {
    const auto alert = read_by({}, ips("10.1.1.29", "198.51.100.77"));
    CHECK(objection_to(alert, "10.1.1.29").find("ips_direction: traffic") != std::string::npos);
}

TEST_CASE("ips-event: one host of the site against another is reported and not blocked", "[bridge][fireeye]") {
    const auto alert = read_by(rules_of_site(), ips("203.0.113.5", "203.0.113.6"));
    CHECK(unobjected(alert).empty());
    CHECK(objection_to(alert, "203.0.113.5").find("site.networks") != std::string::npos);
}

TEST_CASE("what the sandbox saw is doubted only as long as nothing else names it", "[bridge][fireeye]") {
    const auto read = [](std::string_view address) {
        return read_by({}, xml("<alert id=\"1\" name=\"malware-object\" malicious=\"no\"><explanation>" + cnc(address) +
                               "</explanation><dst><ip>203.0.113.5</ip></dst></alert>"));
    };
    CHECK(unobjected(read("203.0.113.5")) == Texts{"203.0.113.5"});
    CHECK(unobjected(read("198.51.100.7")) == Texts{"203.0.113.5"});
}

TEST_CASE("a mail alert is known by its fields when nothing names the product", "[bridge][fireeye]") {
    const auto alert = read_by({}, R"({"Alerts":[{"name":"MALWARE_OBJECT","id":5,"src":{"ip":"198.51.100.25",
        "smtpMailFrom":"a@sender.example"},"dst":{"ip":"198.51.100.26","smtpTo":"b@example.com"}}]})");
    CHECK(attackers(alert).empty());
    CHECK(alert.victims.empty());
    CHECK(alert.ignored.size() == 2);
}
