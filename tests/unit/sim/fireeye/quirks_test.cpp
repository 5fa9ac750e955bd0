#include <functional>

#include "rendered.hpp"

using namespace sim::fireeye;

namespace {

const ApplianceProfile nx7 = appliance("nx", "7.7", "json-normal");
const ApplianceProfile nx9 = appliance("nx", "9.0", "json-normal");

Incident with(bool Quirks::*quirk, std::string type = "malware-callback") {
    Incident out = incident(std::move(type));
    out.quirks.*quirk = true;
    return out;
}

}  // namespace

TEST_CASE("src may be a blank, and the victim is lost with it", "[sim][fireeye]") {
    const Incident what = with(&Quirks::blank_src);
    CHECK(string_at(parsed_json(rendered(nx9, what).body), "/alert/src") == " ");
    CHECK(findings(dialect_of(nx9), what).victims.empty());
    CHECK(findings(dialect_of(nx9), what).attackers.size() == 1);
    CHECK(rendered(appliance("nx", "7.7", "xml-normal"), what).body.find("<src> </src>") != std::string::npos);
}

TEST_CASE("empty fields are an object in notifications and a text in REST", "[sim][fireeye]") {
    const Incident what = with(&Quirks::empty_fields);
    const auto notification = parsed_json(rendered(nx7, what).body);
    CHECK(string_at(notification, "/alert/src/host") == "{}");
    CHECK(string_at(notification, "/alert/explanation/cnc-services/cnc-service/channel") == "{}");
    const auto rest = parsed_json(rendered(appliance("nx", "9.0", "rest-normal"), what).body);
    CHECK(rest.at_pointer("/alert/0/src/host") == "");
    CHECK(rendered(appliance("nx", "9.0", "xml-normal"), what).body.find("<channel/>") != std::string::npos);
}

TEST_CASE("dst, ports and protocol may be missing", "[sim][fireeye]") {
    const Incident no_dst = with(&Quirks::no_dst);
    CHECK(string_at(parsed_json(rendered(nx9, no_dst).body), "/alert/dst") == "absent");
    CHECK(findings(dialect_of(nx9), no_dst).attackers == std::vector<std::string>{"203.0.113.5"});
    CHECK(findings(dialect_of(appliance("nx", "9.0", "json-concise")), no_dst).attackers.empty());
    CHECK(rendered(nx9, with(&Quirks::no_ports)).body.find("port\"") == std::string::npos);
    const auto silent = parsed_json(rendered(nx9, with(&Quirks::no_protocol)).body);
    CHECK(string_at(silent, "/alert/explanation/protocol").empty());
}

TEST_CASE("mail of EX 11 is wrapped in values, other mail when asked", "[sim][fireeye]") {
    const auto to = [](const char* version, const Incident& what) {
        return string_at(parsed_json(rendered(appliance("ex", version, "json-normal"), what).body),
                         "/alert/dst/smtp-to");
    };
    CHECK(to("11.0", incident("malware-object")) == R"({"value":"user-2001@example.com"})");
    CHECK(to("9.0", incident("malware-object")) == "user-2001@example.com");
    CHECK(to("9.0", with(&Quirks::value_objects, "malware-object")) == R"({"value":"user-2001@example.com"})");
}

TEST_CASE("channels have octal escapes, whose backslashes JSON doubles", "[sim][fireeye]") {
    const Incident what = with(&Quirks::binary_channel);
    const auto xml = parsed_xml(rendered(appliance("nx", "9.0", "xml-normal"), what).body);
    CHECK(text_at(xml, "//channel").ends_with(R"(::~~::~~h\232\002\246\355::~~)"));
    const auto document = parsed_json(rendered(nx9, what).body);
    CHECK(string_at(document, "/alert/explanation/cnc-services/cnc-service/channel")
              .ends_with(R"(::~~::~~h\\232\\002\\246\\355::~~)"));
    // 7.7 does it unasked, as its published sample: the beginning of a TLS handshake.
    CHECK(rendered(nx7, incident("malware-callback")).body.find(R"("channel":"\\\\026\\\\003\\\\001")") !=
          std::string::npos);
}

TEST_CASE("text stands beside attributes under the element's own name", "[sim][fireeye]") {
    CHECK(rendered(nx7, incident("malware-callback")).body.find(R"("interface":{"interface":"pether3","mode":"tap")") !=
          std::string::npos);
    CHECK(rendered(appliance("nx", "7.7", "xml-normal"), incident("malware-callback"))
              .body.find(R"(<interface mode="tap" label="A1">pether3</interface>)") != std::string::npos);
}

TEST_CASE("a zip and the file in it are two malware entries, one is an object", "[sim][fireeye]") {
    Incident what = incident("malware-object");
    const auto single = parsed_json(rendered(nx9, what).body);
    CHECK(single.at_pointer("/alert/explanation/malware-detected/malware").is_object());
    what.archive = true;
    what.parent = 1990;
    const auto both = parsed_json(rendered(nx9, what).body);
    const auto& list = both.at_pointer("/alert/explanation/malware-detected/malware").as_array();
    REQUIRE(list.size() == 2);
    CHECK(string_at(list[0], "/type") == "zip");
    CHECK(string_at(list[0], "/stype") == "archive");
    CHECK(string_at(list[1], "/type") == "exe");
    CHECK(string_at(list[1], "/parent") == "1990");
}

TEST_CASE("several C&C services are a list, one is an object, and legacy keys keep their '@'", "[sim][fireeye]") {
    Incident what = incident("malware-callback");
    what.cnc = {{"198.51.100.7", "4143", "tcp", {}}};
    const auto several = parsed_json(rendered(appliance("nx", "6.2", "json-normal"), what).body);
    CHECK(string_at(several, "/alert/explanation/cnc-services/cnc-service/1/@port") == "4143");
    CHECK(string_at(several, "/alert/explanation/cnc-services/cnc-service/1/address") == "198.51.100.7");
}

TEST_CASE("a proxied request is a GET with a whole URI, or a CONNECT", "[sim][fireeye]") {
    Incident what = incident("malware-object", "evil.example");
    what.proxy = "192.0.2.99";
    const auto get = parsed_xml(rendered(appliance("nx", "9.0", "xml-normal"), what).body);
    CHECK(text_at(get, "//dst/ip") == "192.0.2.99");
    CHECK(text_at(get, "//dst/port") == "8080");
    CHECK(text_at(get, "//http-header").starts_with("GET http://evil.example/"));
    what.proxy_by_connect = true;
    what.proxy_port = "3128";
    const auto connect = parsed_xml(rendered(appliance("nx", "9.0", "xml-normal"), what).body);
    CHECK(text_at(connect, "//dst/port") == "3128");
    CHECK(text_at(connect, "//http-header").starts_with("CONNECT evil.example:443 HTTP/1.1\n"));
    CHECK(text_at(connect, "//channel").starts_with("CONNECT evil.example:443 HTTP/1.1::~~"));
}

TEST_CASE("mail goes to several people in one text", "[sim][fireeye]") {
    Incident what = incident("malware-object");
    what.mail = {"a@sender.example.net", {"b@example.com", "c@example.com"}, {"d@example.com"}, "Hi"};
    const auto document = parsed_xml(rendered(appliance("ex", "9.0", "xml-normal"), what).body);
    CHECK(text_at(document, "//dst/smtp-to") == "b@example.com, c@example.com");
    CHECK(text_at(document, "//dst/smtp-cc") == "d@example.com");
    CHECK(text_at(document, "//src/smtp-mail-from") == "a@sender.example.net");
    CHECK(text_at(document, "//src/domain") == "sender.example.net");
    CHECK(text_at(document, "//smtp-message/subject") == "Hi");
}

TEST_CASE("what an incident says is where the reference has it", "[sim][fireeye]") {
    Incident what = incident("malware-callback");
    what.vlan = "900";
    what.victim_host = "pc1.example.com";
    what.uuid = "22222222-aaaa-4bbb-8ccc-333333333333";
    what.root_infection = 1999;
    what.action = "blocked";
    const auto xml = parsed_xml(rendered(appliance("nx", "8.2", "xml-normal"), what).body);
    CHECK(text_at(xml, "//src/@vlan") == "900");
    CHECK(text_at(xml, "//src/host") == "pc1.example.com");
    CHECK(text_at(xml, "//alert/@uuid") == what.uuid);
    CHECK(text_at(xml, "//alert/@root-infection") == "1999");
    CHECK(text_at(xml, "//action") == "blocked");
    CHECK(string_at(parsed_json(rendered(nx9, what).body), "/alert/vlan") == "900");
    Incident object = incident("malware-object");
    object.malicious = false;
    CHECK(text_at(parsed_xml(rendered(appliance("ax", "9.0", "xml-normal"), object).body), "//malware/malicious") ==
          "no");
    CHECK(string_at(parsed_json(rendered(appliance("ex", "9.0", "rest-concise"), object).body), "/alert/0/malicious") ==
          "no");
}

TEST_CASE("what an incident cannot say is an error", "[sim][fireeye]") {
    const auto why = [](const std::function<void(Incident&)>& change) {
        Incident what = incident("malware-callback");
        change(what);
        const auto out = render(nx9, {&what, 1});
        return out ? "rendered" : out.error();
    };
    using Catch::Contains;
    CHECK_THAT(why([](Incident& it) {
                   it.cnc = {{"203.0.113.999", "80", "tcp", {}}};
               }),
               Contains("cnc '203.0.113.999'"));
    CHECK_THAT(why([](Incident& it) { it.cnc = {{"evil.example", "70000", "tcp", {}}}; }), Contains("no port"));
    CHECK_THAT(why([](Incident& it) { it.vlan = "5000"; }), Contains("vlan '5000'"));
    CHECK_THAT(why([](Incident& it) { it.mail.to = {"nobody"}; }), Contains("'nobody' is no mail address"));
    CHECK_THAT(why([](Incident& it) { it.site = "http://x"; }), Contains("site 'http://x'"));
}

TEST_CASE("an extended notification is as large as its diary, and the diary holds nobody to block", "[sim][fireeye]") {
    Incident what = incident("malware-object");
    what.diary = 900;
    const auto profile = appliance("nx", "7.7", "json-extended");
    const auto body = rendered(profile, what).body;
    CHECK(body.size() > 250'000);
    CHECK(parsed_json(body).at_pointer("/alert/explanation/os-changes/regkey").as_array().size() == 900);
    CHECK(findings(dialect_of(profile), what).attackers.size() == 1);
    CHECK(rendered(appliance("nx", "7.7", "json-concise"), what).body.size() < 2000);
    CHECK(parsed_xml(rendered(appliance("nx", "9.0", "xml-extended"), what).body).select_nodes("//regkey").size() ==
          900);
}

TEST_CASE("the level concise has neither analysis nor protocol, as the samples", "[sim][fireeye]") {
    const Incident what = incident("malware-object");
    const auto ax = parsed_json(rendered(appliance("ax", "7.7", "json-concise"), what).body);
    CHECK(ax.at_pointer("/alert/explanation").as_object().size() == 1);
    CHECK(string_at(ax, "/alert/explanation/malware-detected/malware/malicious") == "yes");
    CHECK(rendered(appliance("nx", "9.0", "xml-concise"), what).body.find("<explanation><") != std::string::npos);
    CHECK(rendered(appliance("nx", "9.0", "xml-normal"), what).body.find("protocol=\"tcp\"") != std::string::npos);
}
