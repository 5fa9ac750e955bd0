#include "sim/fireeye/carried.hpp"

#include "rendered.hpp"
#include "sim/fireeye/test_fire.hpp"

using namespace sim::fireeye;
using Texts = std::vector<std::string>;

namespace {

Texts attackers(const ApplianceProfile& profile, const Incident& what) {
    const auto body = rendered(profile, what).body;  // only what can be rendered has findings
    CHECK_FALSE(body.empty());
    return findings(dialect_of(profile), what).attackers;
}

const ApplianceProfile nx9 = appliance("nx", "9.0", "json-normal");

}  // namespace

TEST_CASE("each cell has one typical incident, from the documentation ranges, the same each time", "[sim][fireeye]") {
    for (const Cell& cell : matrix()) {
        INFO(described(cell));
        const Incident what = typical_incident(cell);
        CHECK((what.attacker.starts_with("203.0.113.") ||
               (what.attacker.starts_with("bad-") && what.attacker.ends_with(".example.net"))));
        CHECK((what.victim.starts_with("192.0.2.") || what.victim.ends_with("@example.com")));
        CHECK(what.attacker == typical_incident(cell).attacker);
        CHECK(what.id == typical_incident(cell).id);
        CHECK(rendered(profile_of(cell, "fe1.example.com"), what).body.find("alert") != std::string::npos);
    }
}

TEST_CASE("what a cell carries is what its typical incident shows", "[sim][fireeye]") {
    for (const Cell& cell : matrix()) {
        INFO(described(cell));
        const ApplianceProfile profile = profile_of(cell, "fe1.example.com");
        for (const bool by_name : {false, true}) {
            Incident what = typical_incident(cell);
            what.attacker = by_name ? "cnc.evil.example" : "203.0.113.77";
            const auto notification = render(profile, {&what, 1});
            if (!notification) {
                continue;  // a domain-match by address, an ips-event by name
            }
            const Findings found = findings(dialect_of(profile), what);
            const bool carries = by_name ? cell.carried.name : cell.carried.address;
            CHECK(found.attackers == (carries ? Texts{what.attacker} : Texts{}));
            // What must be found is there, and a victim too.
            for (const std::string& attacker : found.attackers) {
                CHECK(notification->body.find(attacker) != std::string::npos);
            }
            Texts victims = cell.carried.victim ? Texts{what.victim} : Texts{};
            if (cell.type == "smartvision-event" && cell.carried.read) {
                victims.push_back(what.attacker);  // both ends are inside
            }
            CHECK(found.victims == victims);
            for (const std::string& victim : found.victims) {
                CHECK(notification->body.find(victim) != std::string::npos);
            }
        }
    }
}

TEST_CASE("what a cell does not carry is not in it, but for flows that nobody may block", "[sim][fireeye]") {
    for (const Cell& cell : matrix()) {
        INFO(described(cell));
        const Incident what = typical_incident(cell);
        const std::string body = rendered(profile_of(cell, "fe1.example.com"), what).body;
        const bool shown_all_the_same = !cell.carried.read || cell.product == "hx" || cell.type == "smartvision-event";
        if (findings(dialect_of(profile_of(cell, "fe1.example.com")), what).attackers.empty() && !shown_all_the_same) {
            CHECK(body.find(what.attacker) == std::string::npos);
        }
    }
}

TEST_CASE("all C&C services of an alert are attackers, each once", "[sim][fireeye]") {
    Incident what = incident("malware-callback");
    what.cnc = {
        {"198.51.100.7", "4143", "tcp", {}}, {"evil.example", "80", "tcp", {}}, {"203.0.113.5", "80", "tcp", {}}};
    CHECK(attackers(nx9, what) == Texts{"203.0.113.5", "198.51.100.7", "evil.example"});
    CHECK(attackers(appliance("nx", "9.0", "json-concise"), what) == Texts{"203.0.113.5"});
    Incident object = incident("malware-object");
    object.cnc = what.cnc;
    CHECK(attackers(nx9, object) == Texts{"203.0.113.5", "198.51.100.7", "evil.example"});
}

TEST_CASE("what a harmless sample asked for in the sandbox is nobody to block", "[sim][fireeye]") {
    Incident what = incident("malware-object");
    what.malicious = false;
    what.cnc = {{"ocsp.example.org", "80", "tcp", {}}};
    CHECK(attackers(nx9, what) == Texts{"203.0.113.5"});
    CHECK(attackers(appliance("ax", "9.0", "xml-normal"), what).empty());
}

TEST_CASE("a name that the sandbox looked up is one to block, the server that it asked is not", "[sim][fireeye]") {
    Incident what = incident("malware-object");
    what.cnc = {{"bad.example.net", "53", "udp", {}}, {"198.51.100.53", "53", "udp", {}}};
    CHECK(attackers(appliance("ax", "9.0", "xml-normal"), what) == Texts{"203.0.113.5", "bad.example.net"});
}

TEST_CASE("a proxy hides the attacker, but not the URL that exploits", "[sim][fireeye]") {
    Incident what = incident("malware-callback", "evil.example");
    what.proxy = "192.0.2.99";
    CHECK(attackers(nx9, what).empty());
    what.proxy_by_connect = true;
    CHECK(attackers(nx9, what).empty());
    what.type = "web-infection";
    CHECK(attackers(nx9, what) == Texts{"evil.example"});
}

TEST_CASE("the name of a web server is one to block beside its address, where the URL is told", "[sim][fireeye]") {
    Incident what = incident("web-infection");
    what.site = "www.evil.example";
    CHECK(attackers(nx9, what) == Texts{"203.0.113.5", "www.evil.example"});
    CHECK(attackers(appliance("nx", "9.0", "xml-concise"), what) == Texts{"203.0.113.5"});
}

TEST_CASE("Test-Fire alerts are recognisable and lead to nobody", "[sim][fireeye]") {
    for (const Cell& cell : matrix()) {
        INFO(described(cell));
        const ApplianceProfile profile = profile_of(cell, "fe1.example.com");
        const Dialect dialect = dialect_of(profile);
        const Incident what = test_fire(dialect.sensor.product, cell.type, 7, {});
        const std::string body = rendered(profile, what).body;
        const auto has = [&](std::string_view text) { return body.find(text) != std::string::npos; };
        CHECK((has("FireEyeTestEvent-SIG") || has("FETestEvent") || has("FEDNSTestEvent.DNS") || has("IPS-TEST-FIRE")));
        CHECK(findings(dialect, what).attackers.empty());
        if (cell.type == "web-infection" && !cell.format.ends_with("-concise")) {
            CHECK((has("fe-notify-examples.com/") && has("FireEye-TestEvent.example.com") && has("127.0.0.100")));
        }
    }
}
