// HX, the text formats, the REST dialect, and what releases differ in.
#include "rendered.hpp"

using namespace sim::fireeye;

TEST_CASE("an HX names the endpoint, and an IPv4 attacker only among the event's values", "[sim][fireeye]") {
    const auto out = rendered(appliance("hx", "5.0", "json-normal"), incident("indicator-executed"));
    const auto document = parsed_json(out.body);
    CHECK(string_at(document, "/product") == "HX");
    CHECK(string_at(document, "/msg") == "normal");
    CHECK(string_at(document, "/alert/name") == "indicator-executed");
    CHECK(string_at(document, "/alert/host/ip") == "192.0.2.10");
    CHECK(document.at_pointer("/alert/_id").is_number());
    CHECK(document.at_pointer("/alert/condition/enabled").is_bool());
    CHECK(document.at_pointer("/alert/condition/tests").is_array());
    CHECK(string_at(document, "/alert/uuid").size() == 36);
    CHECK(string_at(document, "/alert/event_values/ipv4NetworkEvent~1remoteIP") == "203.0.113.5");
    CHECK(string_at(document, "/alert/event_at") == "2024-05-01T10:00:00.113+00:00");
    for (const char* const absent : {"src", "dst", "explanation", "id", "severity", "occurred"}) {
        CHECK_FALSE(document.at("alert").as_object().contains(absent));
    }
    CHECK(out.notes ==
          std::vector<std::string>{"incident 2001 (indicator-executed, hx json-normal): attacker 203.0.113.5 "
                                   "is in it, but not as somebody to block"});
    const auto by_name = rendered(appliance("hx", "5.0", "json-normal"), incident("exploit-blocked", "evil.example"));
    CHECK(by_name.body.find("evil.example") == std::string::npos);
    CHECK(string_at(parsed_json(by_name.body), "/alert/event_type") == "processEvent");
}

TEST_CASE("an HX sends each event by itself", "[sim][fireeye]") {
    const std::vector<Incident> two(2, incident("indicator-presence"));
    const auto out = render(appliance("hx", "5.0", "json-normal"), two);
    REQUIRE_FALSE(out.has_value());
    CHECK(out.error().find("sends each alert by itself") != std::string::npos);
}

TEST_CASE("text is indented lines of keys and values", "[sim][fireeye]") {
    const std::string body = rendered(appliance("ex", "8.3", "text-concise"), incident("malware-object")).body;
    CHECK(
        body.starts_with("msg: concise\nproduct: Email MPS\nversion: 8.3.0.850861\nappliance: ex1.example.com\n"
                         "appliance-id: 000C29"));
    CHECK(body.find("\nalert (id:2001, name:malware-object):\n  severity: majr\n") != std::string::npos);
    CHECK(body.find("\n      malware (name:Malware.Binary.exe):\n") != std::string::npos);
    CHECK(body.find("\n  dst:\n    smtp-to: ") != std::string::npos);
    CHECK(body.ends_with("  action: notified\n"));
    const std::string nx = rendered(appliance("nx", "9.0", "text-normal"), incident("malware-callback")).body;
    CHECK(nx.find("\n  src:\n    vlan: 0\n    ip: 192.0.2.10\n") != std::string::npos);
    CHECK(nx.find("\n  dst:\n    ip: 203.0.113.5\n") != std::string::npos);
    CHECK(nx.find("\n  interface:\n    interface: pether3\n    mode: tap\n") != std::string::npos);
}

TEST_CASE("no text of others can pass for a key of the document", "[sim][fireeye]") {
    Incident what = incident("malware-callback");
    what.malware = "x\ndst:\n  ip: 192.0.2.1";
    const std::string body = rendered(appliance("nx", "9.0", "text-normal"), what).body;
    CHECK(body.find("\ndst:") == std::string::npos);
    CHECK(body.find("\n  ip: 192.0.2.1") == std::string::npos);
    const auto first = body.find("\n  dst:\n");
    CHECK(body.find("\n  dst:\n", first + 1) == std::string::npos);
}

TEST_CASE("the REST dialect has camel case, capitals, lists and numbers", "[sim][fireeye]") {
    const auto document = parsed_json(rendered(appliance("nx", "9.0", "rest-normal"), incident("malware-object")).body);
    CHECK(string_at(document, "/appliance") == "wMPS");
    CHECK(string_at(document, "/version") == "wMPS (wMPS) 9.0.3.936727");
    CHECK(document.at("alertsCount") == 1);
    CHECK(string_at(document, "/alert/0/name") == "MALWARE_OBJECT");
    CHECK(string_at(document, "/alert/0/severity") == "MAJR");
    CHECK(string_at(document, "/alert/0/product") == "WEB_MPS");
    CHECK(string_at(document, "/alert/0/occurred") == "2024-05-01 10:00:00 +0000");
    CHECK(string_at(document, "/alert/0/malicious") == "yes");
    CHECK(document.at_pointer("/alert/0/id").is_number());
    CHECK(document.at_pointer("/alert/0/vlan").is_number());
    CHECK(document.at_pointer("/alert/0/dst/port").is_number());
    CHECK(string_at(document, "/alert/0/explanation/malwareDetected/malware/0/md5Sum").size() == 32);
    CHECK(document.at_pointer("/alert/0/explanation/osChanges").is_array());
    CHECK(string_at(document, "/alert/0/interface/content") == "pether3");
}

TEST_CASE("a concise REST answer has the members of the published ones", "[sim][fireeye]") {
    Incident what = incident("malware-callback");
    what.root_infection = 34160;
    const auto callback = parsed_json(rendered(appliance("cm", "9.0", "rest-concise"), what).body);
    const auto& alert = callback.at_pointer("/alert/0").as_object();
    for (const char* const key :
         {"ack",    "action",    "alertUrl", "applianceId", "attackTime", "dst",           "explanation",
          "id",     "malicious", "name",     "occurred",    "product",    "rootInfection", "scVersion",
          "sensor", "sensorIp",  "severity", "src",         "uuid",       "vlan"}) {
        INFO(key);
        CHECK(alert.contains(key));
    }
    CHECK(alert.size() == 20);
    CHECK(string_at(callback, "/alert/0/rootInfection") == "34160");
    CHECK(string_at(callback, "/alert/0/explanation") ==
          R"({"malwareDetected":{"malware":[{"name":"Trojan.Generic.Callback"}]},"osChanges":[]})");
    const auto mail = parsed_json(rendered(appliance("ex", "9.0", "rest-concise"), incident("malware-object")).body);
    CHECK(mail.at_pointer("/alert/0/src").as_object().size() == 1);
    CHECK(string_at(mail, "/alert/0/dst/smtpTo") == "user-2001@example.com");
    CHECK(string_at(mail, "/alert/0/smtpMessage/subject").size() > 3);
    CHECK(string_at(mail, "/appliance") == "eMPS");
}

TEST_CASE("namespace, content type and program follow the release", "[sim][fireeye]") {
    struct Row {
        const char* version;
        const char* schema;
        const char* content_type;
        const char* program;
        std::size_t headers;
    };
    for (const Row& row :
         {Row{"6.2", "fireeye.com/alert/2011/", "application/x-www-form-urlencoded", "curl/7.15.5 ", 0},
          Row{"6.4", "fireeye.com/alert/2011/", "application/x-www-form-urlencoded", "curl/7.15.5 ", 0},
          Row{"7.1", "fireeye.com/alert/2013/", "application/x-www-form-urlencoded", "curl/7.15.5 ", 0},
          Row{"7.7", "fireeye.com/alert/2013/", "text/xml", "curl/7.29.0", 7},
          Row{"8.2", "fireeye.com/alert/2014/", "text/xml", "curl/7.29.0", 7},
          Row{"9.0", "fireeye.com/alert/2014/", "text/xml", "curl/7.29.0", 7},
          Row{"11.0", "trellix.com/alert/2014/", "text/xml", "curl/7.29.0", 7}}) {
        INFO(row.version);
        const auto out = rendered(appliance("ex", row.version, "xml-normal"), incident("malware-object"));
        CHECK(out.body.find(std::string("xmlns=\"http://www.") + row.schema) != std::string::npos);
        CHECK(out.content_type == row.content_type);
        CHECK(out.user_agent.starts_with(row.program));
        CHECK(out.headers.size() == row.headers);
    }
    CHECK(rendered(appliance("nx", "9.0", "rest-concise"), incident("ips-event")).headers.empty());
}

TEST_CASE("the namespace ends above os-changes in 7.x XML only", "[sim][fireeye]") {
    const auto has = [](const char* version) {
        return rendered(appliance("nx", version, "xml-normal"), incident("malware-object"))
                   .body.find("<os-changes xmlns=\"\">") != std::string::npos;
    };
    CHECK_FALSE(has("6.4"));
    CHECK(has("7.1"));
    CHECK(has("7.7"));
    CHECK_FALSE(has("8.2"));
}
