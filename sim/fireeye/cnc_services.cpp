#include "sim/fireeye/cnc_services.hpp"

#include "sim/fireeye/endpoint_kind.hpp"

namespace sim::fireeye {

namespace {

/// Whether the attacker itself is an entry. Where traffic was seen and the attacker has an address, `dst` names it, and
/// the entries of objects and web infections are what the sandbox saw.
bool lists_attacker(const Dialect& dialect, const Incident& incident, const TypeFacts& facts) {
    switch (facts.shape) {
        case Shape::callback:
        case Shape::domain_match:
            return true;
        case Shape::web_infection:
        case Shape::object:
            return !dialect.sees_traffic() || !is_address(endpoint_kind(incident.attacker));
        case Shape::ips:
        case Shape::lateral:
        case Shape::endpoint:
            break;
    }
    return false;
}

ShownService attackers_own(const Incident& incident, const TypeFacts& facts) {
    ShownService own;
    own.server = incident.attacker;
    own.service.address = incident.attacker;
    if (facts.shape == Shape::domain_match) {
        own.service.port = "53";
        own.service.protocol = "udp";
        own.has_channel = false;
        return own;
    }
    own.service.port = facts.shape == Shape::callback ? "443" : "80";
    own.proxied = !incident.proxy.empty();
    if (own.proxied) {
        own.service.address = incident.proxy;
        own.service.port = incident.proxy_port;
    }
    return own;
}

}  // namespace

std::vector<ShownService> shown_services(const Dialect& dialect, const Incident& incident, const TypeFacts& facts) {
    std::vector<ShownService> out;
    const bool has_services = facts.shape != Shape::ips && facts.shape != Shape::lateral;
    if (!dialect.is_detailed() || !has_services || facts.shape == Shape::endpoint) {
        return out;
    }
    if (lists_attacker(dialect, incident, facts)) {
        out.push_back(attackers_own(incident, facts));
    }
    for (const CncService& service : incident.cnc) {
        const bool is_lookup = service.protocol == "udp" && service.port == "53";
        out.push_back({service, service.address, false, !is_lookup});
    }
    return out;
}

}  // namespace sim::fireeye
