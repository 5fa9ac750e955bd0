#include <catch2/catch.hpp>

#include "bridge/fireeye/attacker_rules.hpp"
#include "notifications.hpp"

using namespace notifications;
using bridge::domain::AlertType;
using bridge::fireeye::ProductFamily;

TEST_CASE("callbacks and matches: C&C entries in document order, then dst, each once", "[bridge][fireeye]") {
    for (const std::string_view type : {"malware-callback", "riskware-callback", "infection-match"}) {
        INFO(type);
        const auto alert = only_alert(xml(
            xml_alert(type, cnc("198.51.100.7") + cnc("Evil.Example.") + cnc("203.0.113.5") + cnc("198.51.100.7"))));
        CHECK(attackers(alert) == Texts{"198.51.100.7", "203.0.113.5"});
        CHECK(domains(alert) == Texts{"evil.example"});
        CHECK(unobjected(alert).size() == 3);
        CHECK(alert.victims == Texts{"192.0.2.10"});
    }
}

TEST_CASE("domain-match: the name is the attacker, and dst is the resolver", "[bridge][fireeye]") {
    const auto alert = only_alert(xml(xml_alert("domain-match", cnc("evil.example", "", "udp", "53"))));
    CHECK(domains(alert) == Texts{"evil.example"});
    CHECK(attackers(alert).empty());
    CHECK(unobjected(alert) == Texts{"evil.example"});
    REQUIRE(alert.ignored.size() == 1);
    CHECK(alert.ignored.front().address == "203.0.113.5");
    CHECK(alert.ignored.front().reason == "the DNS resolver that the victim asked");

    const auto literal = only_alert(xml(xml_alert("domain-match", cnc("198.51.100.7", "", "udp", "53"))));
    CHECK(attackers(literal) == Texts{"198.51.100.7"});
    const auto resolver = only_alert(xml(xml_alert("domain-match", cnc("203.0.113.5", "", "udp", "53"))));
    CHECK(resolver.suspects.empty());
}

TEST_CASE("web infections: the server, the C&C, and the hosts of suspicious URLs only", "[bridge][fireeye]") {
    const std::string urls =
        R"(<malware-detected><malware name="Suspicious.URL"><url>http://u:p@evil.example:8080/x@y</url></malware>)"
        R"(<malware name="Suspicious.URL"><objurl>[2001:db8::7]:81/x</objurl></malware>)"
        R"(<malware name="Suspicious.URL"><url>/data/share/x.exe</url></malware>)"
        R"(<malware name="Referer.URL"><url>harmless.example/</url></malware></malware-detected>)";
    const auto alert = only_alert(xml(xml_alert("web-infection", urls)));
    CHECK(attackers(alert) == Texts{"203.0.113.5", "2001:db8::7"});
    CHECK(domains(alert) == Texts{"evil.example"});
    CHECK(alert.ignored.size() == 1);
    CHECK(attackers(only_alert(xml(xml_alert("malware-object", urls)))) == Texts{"203.0.113.5"});
}

TEST_CASE("objects: the server counts on Web MPS alone, the C&C everywhere", "[bridge][fireeye]") {
    const std::string body = xml_alert("malware-object", cnc("198.51.100.7"));
    CHECK(attackers(only_alert(xml(body, "Web MPS"))) == Texts{"198.51.100.7", "203.0.113.5"});
    CHECK(attackers(only_alert(xml(body, "CMS"))) == Texts{"198.51.100.7", "203.0.113.5"});
    for (const std::string_view product : {"Email MPS", "EMAIL_MPS", "File MPS", "MAS"}) {
        INFO(product);
        const auto alert = only_alert(xml(body, product));
        CHECK(attackers(alert) == Texts{"198.51.100.7"});
        CHECK(alert.victims.empty());
        CHECK(alert.ignored.size() == 2);
    }
}

TEST_CASE("types without a rule block nothing and say so", "[bridge][fireeye]") {
    for (const std::string_view type : {"smartvision-event", "brand-new-event"}) {
        INFO(type);
        const auto alert = only_alert(xml(xml_alert(type, cnc("198.51.100.7"))));
        CHECK(alert.suspects.empty());
        CHECK_FALSE(alert.ignored.empty());
    }
}

TEST_CASE("a proxied request speaks against dst and against C&C entries with the same address", "[bridge][fireeye]") {
    for (const std::string_view channel : {"GET http://evil.example/x HTTP/1.1::~~Host: evil.example::~~",
                                           "CONNECT evil.example:443 HTTP/1.1::~~", "post HTTPS://evil.example"}) {
        INFO(channel);
        const auto alert = only_alert(xml(
            xml_alert("malware-callback", cnc("evil.example", channel) + cnc("203.0.113.5") + cnc("198.51.100.7"))));
        CHECK(attackers(alert) == Texts{"203.0.113.5", "198.51.100.7"});
        CHECK(unobjected(alert) == Texts{"evil.example", "198.51.100.7"});
        CHECK(objection_to(alert, "203.0.113.5").find("proxy") != std::string::npos);
    }
    const auto header = only_alert(xml(xml_alert(
        "malware-object", R"(<malware-detected><malware name="x"><http-header>GET http://evil.example/ HTTP/1.0&#10;)"
                          "Host: evil.example</http-header></malware></malware-detected>")));
    CHECK(unobjected(header).empty());
    const auto own =
        only_alert(xml(xml_alert("malware-callback", cnc("198.51.100.7", "CONNECT evil.example:443 HTTP/1.1::~~"))));
    CHECK(unobjected(own).empty());
}

TEST_CASE("only the request line tells a proxy, and no address is taken out of free text", "[bridge][fireeye]") {
    const auto alert = only_alert(xml(xml_alert(
        "malware-callback",
        cnc("203.0.113.5", "GET /x HTTP/1.1::~~Host: 198.51.100.66::~~::~~GET http://a.example/ HTTP/1.1::~~"))));
    CHECK(unobjected(alert) == Texts{"203.0.113.5"});
    CHECK(attackers(alert) == Texts{"203.0.113.5"});
}

TEST_CASE("a proxy's port is a sign only where no request line tells more", "[bridge][fireeye]") {
    const auto to_port = [](std::string_view port, std::string_view explanation,
                            std::string_view type = "malware-callback") {
        return only_alert(xml("<alert id=\"1\" name=\"" + std::string(type) + "\"><explanation>" +
                              std::string(explanation) +
                              "</explanation><src><ip>192.0.2.10</ip></src><dst><ip>203.0.113.5</ip><port>" +
                              std::string(port) + "</port></dst></alert>"));
    };
    CHECK(unobjected(to_port("8080", "")).empty());
    CHECK(unobjected(to_port("3128", cnc("203.0.113.5") + cnc("c2.example"))) == Texts{"c2.example"});
    CHECK(objection_to(to_port("8080", ""), "203.0.113.5").find("list the site's proxies") != std::string::npos);
    CHECK(unobjected(to_port("443", "")) == Texts{"203.0.113.5"});
    CHECK(unobjected(to_port("8080", cnc("203.0.113.5", "GET /x HTTP/1.1::~~Host: a::~~"))) == Texts{"203.0.113.5"});
    CHECK(unobjected(to_port("8080", cnc("203.0.113.5", "\\026\\003\\001"))) == Texts{"203.0.113.5"});
    // What the sample said in the sandbox does not tell how the victim came to the file.
    CHECK(unobjected(to_port("8080", cnc("c2.example", "GET /x HTTP/1.1::~~"), "malware-object")) ==
          Texts{"c2.example"});
}

TEST_CASE("an attacker that is the victim's own address is objected to", "[bridge][fireeye]") {
    const auto alert = only_alert(xml(
        R"(<alert id="1" name="malware-callback"><src><ip>192.0.2.10</ip></src><dst><ip>::ffff:192.0.2.10</ip></dst></alert>)"));
    CHECK(objection_to(alert, "192.0.2.10") == "the same address as the victim");
}

TEST_CASE("sandbox C&C counts unless the alert says that nothing was malicious", "[bridge][fireeye]") {
    const auto verdict = [](std::string_view type, std::string_view answer) {
        return only_alert(xml("<alert id=\"1\" name=\"" + std::string(type) + "\" severity=\"minr\" malicious=\"" +
                              std::string(answer) + "\"><explanation>" + cnc("198.51.100.7") +
                              "</explanation><dst><ip>203.0.113.5</ip></dst></alert>"));
    };
    for (const std::string_view no : {"no", "No", "false", "0"}) {
        CHECK(unobjected(verdict("malware-object", no)) == Texts{"203.0.113.5"});
    }
    CHECK(attackers(verdict("malware-object", "no")) == Texts{"198.51.100.7", "203.0.113.5"});
    CHECK(unobjected(verdict("malware-object", "yes")).size() == 2);
    CHECK(unobjected(verdict("malware-object", "")).size() == 2);
    CHECK(unobjected(verdict("malware-callback", "no")).size() == 2);
}

TEST_CASE("an address under udp port 53 is a name server", "[bridge][fireeye]") {
    const auto alert = only_alert(xml(xml_alert(
        "malware-object", cnc("198.51.100.53", "", "udp", "53") + cnc("looked-up.example", "", "udp", "53"))));
    CHECK(unobjected(alert) == Texts{"looked-up.example", "203.0.113.5"});
    CHECK(objection_to(alert, "198.51.100.53").find("name server") != std::string::npos);
}

TEST_CASE("addresses with ports, brackets or blanks are read, others are reported", "[bridge][fireeye]") {
    CHECK(attackers(only_alert(xml(xml_alert(
              "malware-callback", cnc(" 198.51.100.7:443 ") + cnc("[2001:db8::1]:443") + cnc("2001:db8::2"))))) ==
          Texts{"198.51.100.7", "2001:db8::1", "2001:db8::2", "203.0.113.5"});
    for (const std::string_view odd :
         {"198.51.100.7/32", "198.51.100.7,198.51.100.8", "198.51.100.256", "010.1.2.3", "fe80::1%eth0",
          "[198.51.100.7", "[evil.example]", "localhost", "a b.example", "198.51.100.7:443:1", "evil.example:"}) {
        INFO(odd);
        const auto alert = only_alert(xml(xml_alert("malware-callback", cnc(odd))));
        CHECK(attackers(alert) == Texts{"203.0.113.5"});
        CHECK(domains(alert).empty());
        REQUIRE(alert.ignored.size() == 1);
        CHECK(alert.ignored.front().address == odd);
    }
}

TEST_CASE("the vendor's test alerts are objected to", "[bridge][fireeye]") {
    for (const std::string_view name : {"FireEyeTestEvent-SIG", "FETestEvent", "FEDNSTestEvent.DNS"}) {
        INFO(name);
        const auto alert =
            only_alert(xml(xml_alert("malware-callback", "<malware-detected><malware name=\"" + std::string(name) +
                                                             "\"/></malware-detected>" + cnc("evil.example"))));
        CHECK(alert.suspects.size() == 2);
        CHECK(unobjected(alert).empty());
    }
    CHECK(unobjected(only_alert(xml(xml_alert("malware-callback", cnc("www.fe-notify-examples.com"))))) ==
          Texts{"203.0.113.5"});
    CHECK(unobjected(only_alert(xml(xml_alert("malware-callback", cnc("FireEye-TestEvent.example.com"))))) ==
          Texts{"203.0.113.5"});
}

TEST_CASE("products fold to their family", "[bridge][fireeye]") {
    using bridge::fireeye::product_family_of;
    CHECK(product_family_of("Web MPS") == ProductFamily::web);
    CHECK(product_family_of("WEB_MPS") == ProductFamily::web);
    CHECK(product_family_of("wMPS (wMPS) 9.0") == ProductFamily::web);
    CHECK(product_family_of("eMPS (eMPS) 11.0.1.1024269") == ProductFamily::email);
    CHECK(product_family_of("MAS") == ProductFamily::analysis);
    CHECK(product_family_of("NX 2550") == ProductFamily::web);
    CHECK(product_family_of("ex") == ProductFamily::email);
    CHECK(product_family_of("Trellix Email Security") == ProductFamily::email);
    CHECK(product_family_of("Malware Analysis") == ProductFamily::analysis);
    CHECK(product_family_of("extended") == ProductFamily::unknown);
    CHECK(product_family_of("CMS") == ProductFamily::unknown);
    CHECK(product_family_of("") == ProductFamily::unknown);
}

TEST_CASE("the table has one row for a type and product, and one for every type", "[bridge][fireeye]") {
    const auto rows = bridge::fireeye::attacker_rules();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = i + 1; j < rows.size(); ++j) {
            CHECK_FALSE((rows[i].type == rows[j].type && rows[i].family == rows[j].family));
        }
    }
    for (int type = 0; type <= static_cast<int>(AlertType::other); ++type) {
        const auto wanted = static_cast<AlertType>(type);
        CHECK(bridge::fireeye::attacker_rule(wanted, ProductFamily::unknown).type == wanted);
    }
}

TEST_CASE("a victim of the vendor's test zone makes the whole alert a test, a look-up of it does not",
          "[bridge][fireeye]") {
    const auto of_victim = [](std::string_view host) {
        return only_alert(xml("<alert id=\"1\" name=\"malware-callback\"><src><ip>192.0.2.10</ip><host>" +
                              std::string(host) + "</host></src><dst><ip>203.0.113.5</ip></dst></alert>"));
    };
    CHECK(unobjected(of_victim("IM-testing.fe-notify-examples.com")).empty());
    CHECK(unobjected(of_victim("pc1.example.com")).size() == 1);
    CHECK(unobjected(only_alert(xml(xml_alert(
                         "infection-match",
                         R"(<malware-detected><malware name="Trellix-TestEvent-SIG-IM"/></malware-detected>)"))))
              .empty());
}

TEST_CASE("a callback seen as a DNS query does not block the resolver", "[bridge][fireeye]") {
    const auto over = [](std::string_view protocol) {
        return only_alert(xml("<alert id=\"1\" name=\"malware-callback\"><explanation protocol=\"" +
                              std::string(protocol) + "\">" + cnc("c2.example", "", "udp", "53") +
                              "</explanation><src><ip>192.0.2.10</ip></src>"
                              "<dst><ip>198.51.100.53</ip><port>53</port></dst></alert>"));
    };
    CHECK(unobjected(over("udp")) == Texts{"c2.example"});
    CHECK(unobjected(over("")) == Texts{"c2.example"});
    CHECK(unobjected(over("tcp")) == Texts{"c2.example", "198.51.100.53"});
    CHECK(objection_to(over("udp"), "198.51.100.53").find("resolver") != std::string::npos);
}

TEST_CASE("lists and texts where one object belongs are read all the same", "[bridge][fireeye]") {
    const auto callback = [](std::string_view dst, std::string_view explanation) {
        return only_alert(
            R"({"product":"Web MPS","alert":{"name":"malware-callback","id":1,"src":"192.0.2.10","dst":)" +
            std::string(dst) + R"(,"explanation":)" + std::string(explanation) + "}}");
    };
    CHECK(attackers(callback(R"("203.0.113.5")", "{}")) == Texts{"203.0.113.5"});
    CHECK(callback(R"("203.0.113.5")", "{}").victims == Texts{"192.0.2.10"});
    CHECK(
        attackers(callback("{}", R"({"cnc-services":{"cnc-service":{"address":["198.51.100.1","198.51.100.2"]}}})")) ==
        Texts{"198.51.100.1", "198.51.100.2"});
    CHECK(attackers(callback("{}", R"({"cnc-services":{"cnc-service":["198.51.100.1"]}})")) == Texts{"198.51.100.1"});
    CHECK(attackers(callback("{}", R"({"cnc-services":[{"address":"198.51.100.1"}]})")) == Texts{"198.51.100.1"});
    for (const std::string_view key : {"#text", "$", "_", "__text", "@text", "$t", "text", "content", "value", "ip"}) {
        CAPTURE(key);
        CHECK(attackers(callback(R"({"ip":{")" + std::string(key) + R"(":"203.0.113.5"}})", "{}")) ==
              Texts{"203.0.113.5"});
    }
    const auto proxied =
        callback(R"({"ip":"203.0.113.5"})",
                 R"({"cnc-services":{"cnc-service":{"address":"203.0.113.5","channel":["GET /a HTTP/1.1",)"
                 R"("::~~GET http://evil.example/ HTTP/1.1::~~"]}}})");
    CHECK(unobjected(proxied).empty());
}

TEST_CASE("what is never used says why", "[bridge][fireeye]") {
    const auto alert = only_alert(xml(xml_alert("ips-event", cnc("198.51.100.7"))));
    REQUIRE(alert.ignored.size() == 1);
    CHECK(alert.ignored.front().reason == "C&C entries are not used for alerts of this type");
}

TEST_CASE("the names of the appliance and of the victim, and the host of the alert-url, are not the attacker's",
          "[bridge][fireeye]") {
    const auto alert = only_alert(
        R"({"product":"Web MPS","appliance":"NX1.example.com","alert":{"name":"malware-callback","id":1,
           "alert-url":"https://198.51.100.1/event_stream","src":{"ip":"192.0.2.10","host":"pc1.example.com"},
           "explanation":{"cnc-services":{"cnc-service":[{"address":"nx1.example.com"},{"address":"pc1.example.com"},
           {"address":"198.51.100.1"},{"address":"c2.example"}]}}}})");
    CHECK(unobjected(alert) == Texts{"c2.example"});
}
