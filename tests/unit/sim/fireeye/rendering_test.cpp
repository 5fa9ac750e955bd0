#include <catch2/catch.hpp>

#include "rendered.hpp"

using namespace sim::fireeye;
namespace json = boost::json;

namespace {

/// As its format promises: well-formed XML, JSON, or lines of which each has a key.
void check_form(const Cell& cell, const std::string& body) {
    if (cell.format.starts_with("xml")) {
        CHECK(parsed_xml(body).child("alerts").child("alert"));
    } else if (cell.format.starts_with("text")) {
        CHECK(body.starts_with("msg: " + cell.format.substr(5) + "\nproduct: "));
        CHECK(body.find("\nalert (id:") != std::string::npos);
    } else {
        CHECK(parsed_json(body).as_object().contains("alert"));
    }
}

std::string attacker_for(const Cell& cell) {
    return cell.type == "domain-match" ? "evil.example" : "203.0.113.5";
}

}  // namespace

TEST_CASE("every cell of the matrix is well-formed and the same each time", "[sim][fireeye]") {
    const auto cells = matrix();
    CHECK(cells.size() > 1000);
    CHECK(cells.size() < 1150);
    for (const Cell& cell : cells) {
        INFO(described(cell));
        const ApplianceProfile profile = profile_of(cell, "fe1.example.com");
        const RenderedNotification first = rendered(profile, incident(cell.type, attacker_for(cell)));
        CHECK(first.body == rendered(profile, incident(cell.type, attacker_for(cell))).body);
        check_form(cell, first.body);
    }
}

TEST_CASE("every cell stays well-formed with hostile text in it", "[sim][fireeye]") {
    for (const Cell& cell : matrix()) {
        INFO(described(cell));
        Incident what = incident(cell.type, attacker_for(cell));
        what.malware = "a\"b'c<d>&]]>\\ \n</alerts>alert: x\x01\t";
        what.victim_host = "pc1.example.com";
        what.archive = true;
        what.cnc = {{"198.51.100.7", "8080", "tcp", "GET /\"<&\\377 HTTP/1.1::~~::~~"}};
        what.mail.subject = what.malware;
        check_form(cell, rendered(profile_of(cell, "fe1.example.com"), what).body);
    }
}

TEST_CASE("an NX 6.2 XML object has the envelope and fields of its release", "[sim][fireeye]") {
    const auto out = rendered({"nx1.example.com", "nx", "6.2", "xml-normal"}, incident("malware-object"));
    const auto document = parsed_xml(out.body);
    CHECK(out.body.starts_with(
        R"(<?xml version="1.0" encoding="utf-8"?><alerts appliance="nx1.example.com" msg="normal" product="Web MPS" )"
        R"(version="6.2.0.74484" xmlns="http://www.fireeye.com/alert/2011/AlertSchema")"));
    CHECK(text_at(document, "/alerts/alert/@id") == "2001");
    CHECK(text_at(document, "/alerts/alert/@name") == "malware-object");
    CHECK(text_at(document, "/alerts/alert/@severity") == "majr");
    CHECK(text_at(document, "/alerts/alert/@uuid").empty());
    CHECK(text_at(document, "/alerts/alert/dst/ip") == "203.0.113.5");
    CHECK(text_at(document, "/alerts/alert/dst/port") == "80");
    CHECK(text_at(document, "/alerts/alert/src/ip") == "192.0.2.10");
    CHECK(text_at(document, "/alerts/alert/occurred") == "2024-05-01T10:00:00Z");
    CHECK(text_at(document, "/alerts/alert/alert-url").ends_with("?ma_id=2001"));
    CHECK(text_at(document, "//http-header").find("\nHost: 203.0.113.5\n") != std::string::npos);
    CHECK(out.content_type == "application/x-www-form-urlencoded");
    CHECK(out.user_agent.starts_with("curl/7.15.5 "));
    CHECK(out.headers.empty());
}

TEST_CASE("a callback names the attacker as C&C and as dst, a name as C&C alone", "[sim][fireeye]") {
    const ApplianceProfile profile{"nx1.example.com", "nx", "9.0", "xml-normal"};
    const auto by_address = parsed_xml(rendered(profile, incident("malware-callback", "2001:db8::5")).body);
    CHECK(text_at(by_address, "//cnc-service/address") == "2001:db8::5");
    CHECK(text_at(by_address, "//dst/ip") == "2001:db8::5");
    CHECK(text_at(by_address, "//channel").find("Host: [2001:db8::5]::~~::~~") != std::string::npos);
    CHECK(text_at(by_address, "/alerts/alert/@uuid").size() == 36);
    CHECK(text_at(by_address, "/alerts/@appliance-id").size() == 12);

    const auto by_name = parsed_xml(rendered(profile, incident("malware-callback", "evil.example")).body);
    CHECK(text_at(by_name, "//cnc-service/address") == "evil.example");
    CHECK_FALSE(by_name.select_node("//dst/ip"));
    CHECK(by_name.select_node("//dst/mac"));
}

TEST_CASE("the concise level has neither callback details nor a sandbox diary, and says what it drops",
          "[sim][fireeye]") {
    const auto out =
        rendered({"nx1.example.com", "nx", "9.0", "xml-concise"}, incident("domain-match", "evil.example"));
    const auto document = parsed_xml(out.body);
    CHECK_FALSE(document.select_node("//cnc-services"));
    REQUIRE(out.notes.size() == 1);
    CHECK(out.notes.front() == "incident 2001 (domain-match, nx xml-concise): attacker evil.example is not in it");
    const auto object = rendered({"nx1.example.com", "nx", "9.0", "xml-concise"}, incident("malware-object"));
    CHECK_FALSE(parsed_xml(object.body).select_node("//os-changes"));
    CHECK(object.notes.empty());
}

TEST_CASE("JSON is the XML turned over by the habits of its release", "[sim][fireeye]") {
    const auto nx9 =
        json::parse(rendered({"nx1.example.com", "nx", "9.0", "json-normal"}, incident("malware-callback")).body);
    CHECK(string_at(nx9, "/alert/id") == "2001");
    CHECK(nx9.at_pointer("/alert/id").is_number());
    CHECK(nx9.at_pointer("/alert/dst/port").is_number());
    CHECK(string_at(nx9, "/alert/interface/interface") == "pether3");
    CHECK(string_at(nx9, "/alert/vlan") == "0");
    CHECK(string_at(nx9, "/alert/occurred") == "2024-05-01T10:00:00Z");
    CHECK(string_at(nx9, "/alert/explanation/cnc-services/cnc-service/address") == "203.0.113.5");

    const auto nx7 =
        json::parse(rendered({"nx1.example.com", "nx", "7.7", "json-normal"}, incident("malware-callback")).body);
    CHECK(nx7.at_pointer("/alert/id").is_string());
    CHECK(string_at(nx7, "/alert/src/vlan") == "0");
    CHECK(string_at(nx7, "/alert/occurred") == "2024-05-01 10:00:00+00");

    const auto nx6 =
        json::parse(rendered({"nx1.example.com", "nx", "6.2", "json-normal"}, incident("malware-callback")).body);
    CHECK(string_at(nx6, "/alert/@name") == "malware-callback");
    CHECK(string_at(nx6, "/alert/explanation/cnc-services/cnc-service/@port") == "443");
    CHECK(string_at(nx6, "/alert/dst/ip") == "203.0.113.5");
}

TEST_CASE("several incidents go out in one body, newest first", "[sim][fireeye]") {
    std::vector<Incident> incidents = {incident("malware-callback"), incident("web-infection"),
                                       incident("malware-callback")};
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        incidents[i].id = i + 1;
        incidents[i].occurred += std::chrono::seconds(i);
    }
    const auto out = render({"nx1.example.com", "nx", "9.0", "json-concise"}, incidents);
    REQUIRE(out.has_value());
    const auto document = json::parse(out->body);
    CHECK(string_at(document, "/alert/0/id") == "3");
    CHECK(string_at(document, "/alert/2/id") == "1");
    const auto event_id = std::find_if(out->headers.begin(), out->headers.end(),
                                       [](const auto& header) { return header.first == "Event-Id"; });
    REQUIRE(event_id != out->headers.end());
    CHECK(event_id->second == "3");
}

TEST_CASE("ips events show the flow, and a normalising appliance turns it round", "[sim][fireeye]") {
    const ApplianceProfile profile{"cm1.example.com", "cm", "9.0", "json-normal"};
    Incident what = incident("ips-event");
    const auto flow = json::parse(rendered(profile, what).body);
    CHECK(string_at(flow, "/product") == "CMS");
    CHECK(string_at(flow, "/alert/product") == "Web MPS");
    CHECK(string_at(flow, "/alert/src/ip") == "203.0.113.5");
    CHECK(string_at(flow, "/alert/dst/ip") == "192.0.2.10");
    CHECK(string_at(flow, "/alert/dst/port") == "80");
    CHECK(string_at(flow, "/alert/explanation/ips-detected/attack-mode") == "server");
    what.ips_normalized = true;
    const auto normalized = json::parse(rendered(profile, what).body);
    CHECK(string_at(normalized, "/alert/dst/ip") == "203.0.113.5");
    CHECK(string_at(normalized, "/alert/src/port") == "80");
}

TEST_CASE("a proxied victim shows the proxy's address and an absolute URI", "[sim][fireeye]") {
    Incident what = incident("malware-callback", "evil.example");
    what.proxy = "192.0.2.99";
    const auto document = parsed_xml(rendered({"nx1.example.com", "nx", "9.0", "xml-normal"}, what).body);
    CHECK(text_at(document, "//dst/ip") == "192.0.2.99");
    CHECK(text_at(document, "//cnc-service/address") == "192.0.2.99");
    CHECK(text_at(document, "//channel").starts_with("GET http://evil.example/"));
}

TEST_CASE("mail and file alerts carry the attacker as C&C, with no addresses at the ends", "[sim][fireeye]") {
    for (const std::string product : {"ex", "fx", "ax"}) {
        INFO(product);
        const auto document =
            parsed_xml(rendered({"fe1.example.com", product, "8.2", "xml-normal"}, incident("malware-object")).body);
        CHECK(text_at(document, "//cnc-service/address") == "203.0.113.5");
        CHECK_FALSE(document.select_node("//alert/src/ip"));
        CHECK_FALSE(document.select_node("//alert/dst/ip"));
    }
    Incident mail = incident("malware-object");
    mail.victim = "head.sales@example.com";
    const auto document = parsed_xml(rendered({"ex1.example.com", "ex", "9.0", "xml-normal"}, mail).body);
    CHECK(text_at(document, "//dst/smtp-to") == "head.sales@example.com");
}

TEST_CASE("text of people and attackers is escaped", "[sim][fireeye]") {
    Incident what = incident("malware-callback");
    what.malware = "a<b>&\"c'\n\\\x01";
    const auto document = json::parse(rendered({"nx1.example.com", "nx", "9.0", "json-normal"}, what).body);
    CHECK(string_at(document, "/alert/explanation/malware-detected/malware/name") == what.malware);
    what.malware = "a<b>&\"c'";
    const auto xml = parsed_xml(rendered({"nx1.example.com", "nx", "9.0", "xml-normal"}, what).body);
    CHECK(text_at(xml, "//malware/@name") == what.malware);
}

TEST_CASE("what an appliance cannot say is an error with the reason", "[sim][fireeye]") {
    const auto why = [](const ApplianceProfile& profile, const Incident& what) {
        const auto out = render(profile, {&what, 1});
        return out ? "rendered" : out.error();
    };
    const ApplianceProfile nx{"nx1", "nx", "9.0", "xml-normal"};
    CHECK(why(nx, incident("malware-calback")).find("is not one of malware-callback") != std::string::npos);
    CHECK(why(nx, incident("domain-match")).find("is about a name") != std::string::npos);
    CHECK(why(nx, incident("ips-event", "evil.example")).find("addresses only") != std::string::npos);
    CHECK(why(nx, incident("malware-callback", "203.0.113.256")).find("neither an address nor") != std::string::npos);
    CHECK(why({"ex1", "ex", "9.0", "xml-normal"}, incident("malware-callback")).find("does not send") !=
          std::string::npos);
    CHECK(why({"nx1", "mx", "9.0", "xml-normal"}, incident("ips-event")).find("'mx' is not one of nx") !=
          std::string::npos);
    CHECK(why({"nx1", "nx", "9", "xml-normal"}, incident("ips-event")).find("version '9'") != std::string::npos);
    CHECK(why({"nx1", "nx", "9.0", "xml"}, incident("ips-event")).find("format 'xml'") != std::string::npos);
    Incident severe = incident("malware-callback");
    severe.severity = "high";
    CHECK(why(nx, severe).find("severity 'high'") != std::string::npos);
    CHECK_FALSE(render(nx, {}).has_value());
}
