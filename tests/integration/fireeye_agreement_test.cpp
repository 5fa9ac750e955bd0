// Goal: the mock appliance and the bridge, two readings of one reference that share no code, agree on every cell.
// Method: each product, release, format and type renders incidents of its own; what the bridge reads must be just that
// attacker and that victim, or nothing where the format does not hold it.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "bridge/fireeye/notification_reader.hpp"
#include "sim/fireeye/matrix.hpp"
#include "sim/fireeye/notification.hpp"

namespace {

using sim::fireeye::Cell;
using sim::fireeye::Incident;
using Texts = std::vector<std::string>;

Incident incident_for(const Cell& cell, std::string attacker, std::string victim) {
    Incident out;
    out.type = cell.type;
    out.attacker = std::move(attacker);
    out.victim = std::move(victim);
    out.id = 4711;
    out.occurred = std::chrono::sys_days(std::chrono::year(2024) / 5 / 1);
    out.resolver = "192.0.2.53";
    return out;
}

std::string described(const Cell& cell) {
    return cell.product + " " + cell.version + " " + cell.format + " " + cell.type;
}

/// Renders the incident and checks that the bridge finds `attackers` and nothing else.
void check_reading(const Cell& cell, const Incident& incident, const Texts& attackers) {
    const auto sent =
        sim::fireeye::render({"fe1.example.com", cell.product, cell.version, cell.format}, {&incident, 1});
    REQUIRE(sent.has_value());
    bridge::fireeye::ReadingRules rules;
    if (incident.ips_normalized) {
        rules.ips_direction = bridge::fireeye::IpsDirection::normalized;
    }
    const auto read = bridge::fireeye::read_notification(sent->body, rules);
    REQUIRE(read.has_value());
    // 6.x JSON is the legacy dialect under the plain name.
    const bool unmarked_legacy = cell.version.starts_with("6.") && cell.format.starts_with("json-");
    CHECK(read->format == (unmarked_legacy        ? "json-legacy-" + cell.format.substr(5)
                           : cell.product == "hx" ? "hx-json"
                                                  : cell.format));
    CHECK(read->rejected.empty());
    REQUIRE(read->alerts.size() == 1);
    const auto& alert = read->alerts.front();
    CHECK(alert.type_name == cell.type);
    CHECK(alert.id == "4711");
    Texts suspects;
    for (const auto& suspect : alert.suspects) {
        INFO(suspect.objection);
        CHECK(suspect.objection.empty());
        suspects.push_back(suspect.indicator.text());
    }
    CHECK(suspects == attackers);
    if (cell.type != "smartvision-event") {
        CHECK(alert.victims == (cell.carried.victim ? Texts{incident.victim} : Texts{}));
    }
}

// Nothing is read out of the text formats.
bool takes_addresses(const Cell& cell) {
    return cell.carried.read && cell.type != "domain-match";
}
bool takes_names(const Cell& cell) {
    return cell.carried.read && cell.type != "ips-event" && cell.type != "smartvision-event";
}

}  // namespace

TEST_CASE("what an appliance renders is what the bridge reads, for addresses", "[integration][fireeye]") {
    const std::vector<std::pair<std::string, std::string>> ends = {{"203.0.113.5", "192.0.2.10"},
                                                                   {"2001:db8::5", "2001:db8:1::10"}};
    for (const Cell& cell : sim::fireeye::matrix()) {
        for (const auto& [attacker, victim] : ends) {
            if (takes_addresses(cell)) {
                INFO(described(cell) << " " << attacker);
                check_reading(cell, incident_for(cell, attacker, victim),
                              cell.carried.address ? Texts{attacker} : Texts{});
            }
        }
    }
}

TEST_CASE("what an appliance renders is what the bridge reads, for names", "[integration][fireeye]") {
    for (const Cell& cell : sim::fireeye::matrix()) {
        if (takes_names(cell)) {
            INFO(described(cell));
            check_reading(cell, incident_for(cell, "cnc.evil.example", "192.0.2.10"),
                          cell.carried.name ? Texts{"cnc.evil.example"} : Texts{});
        }
    }
}

TEST_CASE("both ways of reporting an ips-event are read by their setting", "[integration][fireeye]") {
    for (const Cell& cell : sim::fireeye::matrix()) {
        for (const char* const mode : {"server", "client"}) {
            for (const bool normalized : {false, true}) {
                if (cell.type == "ips-event" && cell.carried.read) {
                    INFO(described(cell) << " " << mode << " " << normalized);
                    Incident incident = incident_for(cell, "203.0.113.5", "192.0.2.10");
                    incident.attack_mode = mode;
                    incident.ips_normalized = normalized;
                    check_reading(cell, incident, {"203.0.113.5"});
                }
            }
        }
    }
}

TEST_CASE("the wrong setting for an ips-event is noticed by the ports", "[integration][fireeye]") {
    Incident incident = incident_for({"nx", "9.0", "xml-normal", "ips-event", {}, {}}, "203.0.113.5", "192.0.2.10");
    incident.ips_normalized = true;
    const auto sent = sim::fireeye::render({"fe1.example.com", "nx", "9.0", "xml-normal"}, {&incident, 1});
    REQUIRE(sent.has_value());
    const auto read = bridge::fireeye::read_notification(sent->body, {});
    REQUIRE(read.has_value());
    REQUIRE(read->alerts.front().suspects.size() == 1);
    CHECK_FALSE(read->alerts.front().suspects.front().objection.empty());
}

TEST_CASE("a proxy's address is never offered for blocking", "[integration][fireeye]") {
    for (const Cell& cell : sim::fireeye::matrix()) {
        const bool shows_requests = cell.carried.name && cell.carried.victim && cell.type != "domain-match";
        if (!shows_requests) {
            continue;
        }
        INFO(described(cell));
        Incident incident = incident_for(cell, "cnc.evil.example", "192.0.2.10");
        incident.proxy = "192.0.2.99";
        const auto sent =
            sim::fireeye::render({"fe1.example.com", cell.product, cell.version, cell.format}, {&incident, 1});
        REQUIRE(sent.has_value());
        const auto read = bridge::fireeye::read_notification(sent->body, {});
        REQUIRE(read.has_value());
        for (const auto& suspect : read->alerts.front().suspects) {
            CHECK((suspect.indicator.text() != "192.0.2.99" || !suspect.objection.empty()));
        }
    }
}

TEST_CASE("several incidents in one body are read in the order in which they stand", "[integration][fireeye]") {
    for (const char* const format : {"xml-normal", "json-normal", "json-legacy-normal", "json-extended"}) {
        INFO(format);
        std::vector<Incident> incidents;
        for (unsigned i = 1; i <= 20; ++i) {
            incidents.push_back(incident_for({"nx", "9.0", format, "malware-callback", {}, {}},
                                             "203.0.113." + std::to_string(i), "192.0.2.10"));
            incidents.back().id = i;
            incidents.back().occurred += std::chrono::seconds(i);
        }
        const auto sent = sim::fireeye::render({"fe1.example.com", "nx", "9.0", format}, incidents);
        REQUIRE(sent.has_value());
        const auto read = bridge::fireeye::read_notification(sent->body, {});
        REQUIRE(read.has_value());
        REQUIRE(read->alerts.size() == 20);
        CHECK(read->alerts.front().id == "20");
        CHECK(read->alerts.back().id == "1");
    }
}
