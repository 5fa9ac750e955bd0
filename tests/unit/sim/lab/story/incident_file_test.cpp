#include "sim/lab/story/incident_file.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

using namespace sim::lab;
using Catch::Contains;

namespace {

std::vector<std::string> complaints(const std::string& text) {
    const auto read = read_incidents(text, "incident.yaml");
    REQUIRE_FALSE(read);
    return read.error();
}

IncidentFile file_of(const std::string& text) {
    auto read = read_incidents(text, "incident.yaml");
    if (!read) {
        FAIL(read.error().front());
    }
    return *read;
}

/// The nth block of YAML in docs/incidents.md.
std::string example(std::size_t number) {
    std::ifstream in(std::string(SOURCE_DIR) + "/docs/incidents.md", std::ios::binary);
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    constexpr std::string_view fence = "```yaml\n";
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= number; ++i) {
        begin = page.find(fence, begin);
        REQUIRE(begin != std::string::npos);
        begin += fence.size();
    }
    return page.substr(begin, page.find("```", begin) - begin);
}

}  // namespace

TEST_CASE("incident file: the page's examples are what it says", "[lab]") {
    const IncidentFile all = file_of(example(0));
    CHECK(all.appliance->format == "json-extended");
    CHECK(all.manager->sensor->ip == "192.0.2.3");
    REQUIRE(all.incidents.size() == 5);
    CHECK(all.incidents[0].diary == 900);
    CHECK(all.incidents[0].cnc.size() == 3);
    CHECK(all.incidents[1].proxy_by_connect);
    CHECK(all.incidents[4].test_fire);
    CHECK(file_of(example(1)).incidents[0].mail.cc == std::vector<std::string>{"boss@example.com"});
}

TEST_CASE("incident file: a story is read whole", "[lab]") {
    const IncidentFile file = file_of(
        "appliance: {name: ex1.example.com, product: ex, version: \"9.0\", format: json-normal, id: 000C29A1B2C3}\n"
        "through: {name: cm1.example.com, version: \"9.0\", format: json-normal}\n"
        "delivery: digest\n"
        "incidents:\n"
        "  - type: malware-object\n"
        "    attacker: bad.example.net\n"
        "    victim: user@example.com\n"
        "    occurred: 2024-06-01T12:00:00Z\n"
        "    malicious: no\n"
        "    archive: true\n"
        "    cnc: [203.0.113.7, {address: looked-up.example.net, port: 53, protocol: udp}]\n"
        "    mail: {from: a@sender.example.net, to: [b@example.com, c@example.com], subject: Hi}\n"
        "    quirks: [no-protocol, value-objects]\n"
        "  - {type: riskware-object, attacker: 203.0.113.5, victim: user@example.com, id: 7, cm_id: 8, parent: "
        "1001}\n");

    CHECK(file.appliance->product == "ex");
    CHECK(file.appliance->id == "000C29A1B2C3");
    CHECK(file.manager->product == "cm");
    CHECK(file.digest);
    REQUIRE(file.incidents.size() == 2);
    const auto& first = file.incidents[0];
    CHECK(first.id == 1001);
    CHECK(first.occurred == std::chrono::sys_days(std::chrono::year(2024) / 6 / 1) + std::chrono::hours(12));
    CHECK(first.malicious == false);
    CHECK(first.archive);
    REQUIRE(first.cnc.size() == 2);
    CHECK(first.cnc[0].address == "203.0.113.7");
    CHECK(first.cnc[1].protocol == "udp");
    CHECK(first.mail.to.size() == 2);
    CHECK(first.quirks.no_protocol);
    CHECK(first.quirks.value_objects);
    CHECK_FALSE(first.quirks.no_dst);
    CHECK(file.incidents[1].id == 7);
    CHECK(file.incidents[1].cm_id == 8U);
    CHECK(file.incidents[1].parent == 1001);
}

TEST_CASE("incident file: every error is reported with line, path and the nearest right word", "[lab]") {
    const auto said = complaints(
        "appliance: {product: nx, verison: \"9.0\"}\n"
        "incidents:\n"
        "  - {type: malware-callback, atacker: 203.0.113.5, victim: 192.0.2.10}\n"
        "  - {type: malware-calback, attacker: 203.0.113.5, victim: 192.0.2.10, quirks: [no-dts]}\n"
        "  - {type: domain-match, attacker: bad.example.net, victim: 192.0.2.10, occurred: yesterday}\n");

    REQUIRE(said.size() == 6);
    CHECK(said[0] == "incident.yaml:1:26: appliance.verison: unknown key (did you mean 'version'?)");
    CHECK_THAT(said[1], Contains("incident.yaml:3:5: incidents[0].attacker: "));
    CHECK(said[2] == "incident.yaml:3:30: incidents[0].atacker: unknown key (did you mean 'attacker'?)");
    CHECK_THAT(said[3], Contains("incident.yaml:4:12: incidents[1].type: 'malware-calback' is no alert type (did you "
                                 "mean 'malware-callback'?)"));
    CHECK_THAT(said[4], Contains("incidents[1].quirks: 'no-dts' is none of") && Contains("did you mean 'no-dst'?"));
    CHECK_THAT(said[5], Contains("incident.yaml:5:") && Contains("'yesterday' is no time"));
}

TEST_CASE("incident file: what its appliance cannot say is found when it is read", "[lab]") {
    const auto said = complaints(
        "appliance: {product: ex}\nincidents:\n"
        "  - {type: malware-callback, attacker: 203.0.113.5, victim: user@example.com}\n"
        "  - {type: malware-object, attacker: 203.0.113.5, victim: user@example.com, cnc: [203.0.113.999]}\n");

    REQUIRE(said.size() == 2);
    CHECK_THAT(said[0], Contains("incident.yaml:3:5: incidents[0]: ") && Contains("does not send this type"));
    CHECK_THAT(said[1], Contains("incident.yaml:4:5: incidents[1]: ") && Contains("cnc '203.0.113.999'"));
}

TEST_CASE("incident file: nonsense is an error, never a file", "[lab]") {
    const std::string text = GENERATE(
        "", "[]", "incidents: []", "incidents: 3", "incidents: [3]", "incidents: [{}]", "appliance: 3\nincidents: [{}]",
        "through: {product: nx}\nincidents: [{type: ips-event, attacker: 203.0.113.5, victim: 192.0.2.1}]",
        "appliance: {product: nx, sensor: {name: x}}\nincidents: [{type: ips-event, attacker: 1.2.3.4, victim: "
        "1.1.1.1}]",
        "delivery: hourly\nincidents: [{type: ips-event, attacker: 203.0.113.5, victim: 192.0.2.1}]",
        "incidents: [{type: ips-event, attacker: [1], victim: {}, cnc: {}, mail: 3}]", "\xff");

    CHECK_FALSE(read_incidents(text, "incident.yaml").has_value());
}

TEST_CASE("incident file: a test-fire needs its type alone", "[lab]") {
    const IncidentFile file = file_of("incidents: [{type: web-infection, test_fire: true}]");

    CHECK(file.incidents[0].test_fire);
    CHECK(file.incidents[0].malware == "FireEyeTestEvent-SIG");
    CHECK_FALSE(file.appliance);
}
