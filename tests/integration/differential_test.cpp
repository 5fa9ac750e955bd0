// Goal: what an appliance speaks does not decide what is blocked.
// Method: generated incidents, told by every product in every release, format and level; the decisions must be the same
// in all dialects that hold the same fields, and be what the mock's own reading of the reference finds. RapidCheck
// shrinks an incident that breaks this, and prints the seed; RC_PARAMS="seed=..." tries it again.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "bridge/domain/policy/policy.hpp"
#include "bridge/fireeye/notification_reader.hpp"
#include "sim/fireeye/carried.hpp"
#include "sim/fireeye/matrix.hpp"
#include "sim/fireeye/notification.hpp"

namespace {

using sim::fireeye::Cell;
using sim::fireeye::CncService;
using sim::fireeye::Incident;
using Texts = std::set<std::string>;

struct Decision {
    Texts blockable;
    Texts victims;
    bool operator==(const Decision&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Decision& decision) {
    out << "blockable:";
    for (const std::string& text : decision.blockable) {
        out << ' ' << text;
    }
    out << ", victims:";
    for (const std::string& text : decision.victims) {
        out << ' ' << text;
    }
    return out;
}

bridge::fireeye::ReadingRules rules_for(const Incident& incident) {
    bridge::fireeye::ReadingRules rules;
    rules.ips_direction =
        incident.ips_normalized ? bridge::fireeye::IpsDirection::normalized : bridge::fireeye::IpsDirection::traffic;
    return rules;
}

Decision decision_on(const std::string& body, const Incident& incident) {
    Decision out;
    const auto notification = bridge::fireeye::read_notification(body, rules_for(incident));
    if (!notification) {
        out.blockable.insert("unreadable: " + notification.error().detail);
        return out;
    }
    for (const auto& alert : notification->alerts) {
        for (const auto& indicator : bridge::domain::decide({}, alert).blockable) {
            out.blockable.insert(indicator.text());
        }
        out.victims.insert(alert.victims.begin(), alert.victims.end());
    }
    return out;
}

/// What the mock's reading of the reference finds, in canonical spelling.
Decision findings_of(const sim::fireeye::Dialect& dialect, const Incident& incident) {
    const auto found = sim::fireeye::findings(dialect, incident);
    return {{found.attackers.begin(), found.attackers.end()}, {found.victims.begin(), found.victims.end()}};
}

// ---- incidents
// ---------------------------------------------------------------------------------------------------------

const std::vector<std::string> attackers = {"203.0.113.5",     "198.51.100.77",   "2001:db8::5",
                                            "bad.example.net", "c2.evil.example", "203.0.113.250"};
const std::vector<std::string> victims = {"192.0.2.10", "10.1.2.3", "2001:db8:1::10"};

/// What was looked up and what was called are different hosts here: of one that is both, the bridge believes the doubt.
rc::Gen<CncService> service() {
    const std::vector<CncService> possible = {{"198.51.100.1", "443", "tcp"},   {"198.51.100.2", "8443", "tcp"},
                                              {"2001:db8:c2::1", "443", "tcp"}, {"second.evil.example", "443", "tcp"},
                                              {"198.51.100.53", "53", "udp"},   {"looked-up.example", "53", "udp"},
                                              {"ocsp.ca.example", "80", "tcp"}};
    return rc::gen::elementOf(possible);
}

rc::Gen<Incident> incident_of(const std::string& type) {
    const bool addresses_only = type == "ips-event" || type == "smartvision-event";
    const bool names_only = type == "domain-match";
    std::vector<std::string> possible;
    std::copy_if(attackers.begin(), attackers.end(), std::back_inserter(possible), [&](const std::string& text) {
        const bool is_name = text.find("example") != std::string::npos;
        return is_name ? !addresses_only : !names_only;
    });
    return rc::gen::map(
        rc::gen::tuple(rc::gen::elementOf(possible), rc::gen::elementOf(victims), rc::gen::arbitrary<bool>(),
                       rc::gen::arbitrary<bool>(), rc::gen::inRange(0, 4), rc::gen::inRange(0, 3),
                       rc::gen::container<std::vector<CncService>>(service()), rc::gen::inRange(1, 100'000),
                       rc::gen::inRange(0, 4)),
        [type](const auto& drawn) {
            const auto& [attacker, victim, client, normalized, proxy, verdict, cnc, id, severity] = drawn;
            Incident out;
            out.type = type;
            out.attacker = attacker;
            out.victim = victim;
            out.id = static_cast<std::uint64_t>(id);
            out.occurred = std::chrono::sys_days(std::chrono::year(2024) / 5 / 1);
            out.resolver = "192.0.2.53";
            out.attack_mode = client ? "client" : "server";
            out.ips_normalized = normalized;
            out.severity = std::vector<std::string>{"", "minr", "majr", "crit"}[static_cast<std::size_t>(severity)];
            if (type != "ips-event" && type != "domain-match" && type != "smartvision-event" && proxy >= 2) {
                out.proxy = "192.0.2.8";
                out.proxy_by_connect = proxy == 3;
            }
            if (verdict > 0) {
                out.malicious = verdict == 1;
            }
            out.cnc = cnc;
            return out;
        });
}

/// The dialects in which an incident must be decided alike: those of one kind of observer that hold the same fields.
struct Group {
    std::string observer;
    bool detailed;
    auto operator<=>(const Group&) const = default;
};

std::string described(const Cell& cell) {
    return cell.product + " " + cell.version + " " + cell.format;
}

void check_all_dialects(const std::string& type, const std::vector<Cell>& cells) {
    const Incident incident = *incident_of(type);
    std::map<Group, std::pair<std::string, Decision>> first;
    for (const Cell& cell : cells) {
        const auto profile = sim::fireeye::profile_of(cell, "fe1.example.com");
        const auto dialect = sim::fireeye::understand(profile);
        RC_ASSERT(dialect.has_value());
        const auto sent = sim::fireeye::render(profile, {&incident, 1});
        if (!sent) {
            RC_FAIL(described(cell) + ": " + sent.error());
        }
        const Decision decided = decision_on(sent->body, incident);
        const Decision wanted = findings_of(*dialect, incident);
        if (decided != wanted) {
            std::ostringstream text;
            text << described(cell) << " " << type << " attacker " << incident.attacker << " proxy '" << incident.proxy
                 << "'\n  decided " << decided << "\n  wanted  " << wanted << "\n"
                 << sent->body;
            RC_FAIL(text.str());
        }
        const std::string observer = dialect->sees_traffic() ? "traffic" : cell.product;
        const auto [group, is_first] =
            first.try_emplace({observer, dialect->is_detailed()}, std::pair(described(cell), decided));
        if (!is_first && decided != group->second.second) {
            std::ostringstream text;
            text << described(cell) << " decides otherwise than " << group->second.first << "\n  " << decided << "\n  "
                 << group->second.second;
            RC_FAIL(text.str());
        }
    }
}

}  // namespace

TEST_CASE("the same incident is decided alike in every format, level and release", "[integration][fireeye]") {
    setenv("RC_PARAMS", "seed=20241124 max_success=25", 0);
    std::map<std::string, std::vector<Cell>> by_type;
    for (const Cell& cell : sim::fireeye::matrix()) {
        if (cell.carried.read && cell.product != "hx") {
            by_type[cell.type].push_back(cell);
        }
    }
    CHECK(by_type.size() == 10);
    for (const auto& [type, cells] : by_type) {
        INFO(type);
        CHECK(rc::check(type + ": every dialect decides alike",
                        [&type = type, &cells = cells] { check_all_dialects(type, cells); }));
    }
}
