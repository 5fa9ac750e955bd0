#include "sim/fireeye/carried.hpp"

#include <algorithm>

#include "sim/fireeye/alert_types.hpp"
#include "sim/fireeye/cnc_services.hpp"
#include "sim/fireeye/endpoint_kind.hpp"

namespace sim::fireeye {

namespace {

void add_once(std::vector<std::string>& all, const std::string& one) {
    if (!one.empty() && std::find(all.begin(), all.end(), one) == all.end()) {
        all.push_back(one);
    }
}

/// `dst`, where the traffic's other end is the attacker. A proxy there is nobody to block.
void find_in_ends(const Incident& incident, const TypeFacts& facts, Findings& found) {
    const bool by_dst =
        facts.shape == Shape::callback || facts.shape == Shape::web_infection || facts.shape == Shape::object;
    if (by_dst && incident.proxy.empty() && !incident.quirks.no_dst && is_address(endpoint_kind(incident.attacker))) {
        add_once(found.attackers, incident.attacker);
    }
}

/// An address that was asked over udp/53 is a resolver, except in a domain-match, where it is what was looked up; a
/// name under it always is (reference §5.1, §5.3).
void find_in_services(const Dialect& dialect, const Incident& incident, const TypeFacts& facts, Findings& found) {
    const bool of_sandbox = facts.shape == Shape::object || facts.shape == Shape::web_infection;
    if (of_sandbox && incident.malicious == false) {
        return;
    }
    for (const ShownService& shown : shown_services(dialect, incident, facts)) {
        const CncService& service = shown.service;
        const bool is_resolver = facts.shape != Shape::domain_match && service.protocol == "udp" &&
                                 service.port == "53" && is_address(endpoint_kind(service.address));
        if (!shown.proxied && !is_resolver && service.address != incident.proxy) {
            add_once(found.attackers, service.address);
        }
    }
}

}  // namespace

Carried carried(const Dialect& dialect, std::string_view type) {
    const TypeFacts* const facts = facts_of(type);
    if (facts == nullptr || !reports(dialect.sensor.product, *facts)) {
        return {};
    }
    const bool detailed = dialect.is_detailed();
    if (dialect.is_text()) {
        return {true, false, false, false, false};
    }
    if (facts->shape == Shape::endpoint) {
        return {true, false, false, true, true};
    }
    if (!dialect.sees_traffic()) {
        return {true, detailed, detailed, false, true};
    }
    switch (facts->shape) {
        case Shape::callback:
        case Shape::web_infection:
        case Shape::object:
            return {true, true, detailed, true, true};
        case Shape::domain_match:
            return {true, false, detailed, true, true};
        case Shape::ips:
            return {true, true, false, true, true};
        case Shape::lateral:
            return {true, false, false, true, true};
        case Shape::endpoint:
            break;
    }
    return {};
}

Findings findings(const Dialect& dialect, const Incident& incident) {
    Findings found;
    const TypeFacts* const facts = facts_of(incident.type);
    const Carried holds = carried(dialect, incident.type);
    if (facts == nullptr || !holds.read) {
        return found;
    }
    const bool victim_told = holds.victim && !incident.quirks.blank_src && is_address(endpoint_kind(incident.victim));
    if (victim_told) {
        found.victims.push_back(incident.victim);
    }
    if (incident.test_fire) {
        return found;
    }
    if (facts->shape == Shape::ips) {
        found.attackers.push_back(incident.attacker);
        return found;
    }
    if (facts->shape == Shape::lateral) {
        add_once(found.victims, incident.attacker);  // both ends are inside
        return found;
    }
    if (facts->shape == Shape::endpoint) {
        return found;
    }
    if (dialect.sees_traffic()) {
        find_in_ends(incident, *facts, found);
    }
    find_in_services(dialect, incident, *facts, found);
    if (facts->shape == Shape::web_infection && dialect.is_detailed()) {
        add_once(found.attackers, incident.site.empty() ? incident.attacker : incident.site);
    }
    return found;
}

}  // namespace sim::fireeye
