#include "sim/fireeye/test_fire.hpp"

#include <string>

#include "sim/fireeye/alert_types.hpp"

namespace sim::fireeye {

namespace {

constexpr std::string_view test_host = "FireEye-TestEvent.example.com";
constexpr std::string_view test_site = "www.fe-notify-examples.com";
constexpr std::string_view test_server = "127.0.0.20";
constexpr std::string_view test_cnc = "127.0.0.100";

}  // namespace

Incident test_fire(Product observer, std::string_view type, std::uint64_t id, std::chrono::sys_seconds occurred) {
    Incident out;
    out.test_fire = true;
    out.type = type;
    out.id = id;
    out.occurred = occurred;
    out.attacker = test_server;
    out.victim = "127.0.0.10";
    out.victim_host = test_host;
    out.malware = "FireEyeTestEvent-SIG";
    const TypeFacts* const facts = facts_of(type);
    if (facts == nullptr) {
        return out;  // `render` says what is wrong with the type
    }
    switch (facts->shape) {
        case Shape::callback:
            out.attacker = test_cnc;
            out.cnc = {{std::string(test_host), "80", "tcp", {}}};
            break;
        case Shape::domain_match:
            out.attacker = test_host;
            out.malware = "FEDNSTestEvent.DNS";
            break;
        case Shape::web_infection:
            out.site = test_site;
            out.cnc = {{std::string(test_host), "80", "tcp", {}}, {std::string(test_cnc), "80", "tcp", {}}};
            break;
        case Shape::object:
            out.site = test_site;
            out.cnc = {{std::string(test_cnc), "80", "tcp", {}}};
            break;
        case Shape::ips:
            out.malware = "IPS-TEST-FIRE SQL Injection";
            break;
        case Shape::lateral:
        case Shape::endpoint:
            break;
    }
    const bool is_mail = observer == Product::ex;
    if (is_mail || observer == Product::ax || observer == Product::fx) {
        out.attacker = test_host;
        out.malware = "FETestEvent";
        out.victim = is_mail ? "recipient@fe-notify-examples.com" : out.victim;
        out.mail.from = "sender@fe-notify-examples.com";
        out.mail.subject = "FireEye-TestEvent";
    }
    return out;
}

}  // namespace sim::fireeye
