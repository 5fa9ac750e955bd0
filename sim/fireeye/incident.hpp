// What happened in the story that a mock appliance tells: one attack, whatever the appliance that reports it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace sim::fireeye {

struct Incident {
    std::string type;      // "malware-callback", as FireEye calls it
    std::string attacker;  // IPv4, IPv6 or domain name
    std::string victim;    // IPv4, IPv6; a mail address where the appliance is an EX
    std::uint64_t id = 1;
    std::chrono::sys_seconds occurred{};
    std::string severity;  // "minr", "majr", "crit"; empty: what the type usually has
    std::string malware;   // empty: what the type usually has

    std::string proxy;                   // the victim's web proxy, whose address then stands where the attacker's would
    std::string resolver;                // the DNS server that the victim asked (domain-match)
    std::string attack_mode = "server";  // of an ips-event: "server" or "client" is attacked
    bool ips_normalized = false;         // the appliance has `normalize-ips-event enable`
};

}  // namespace sim::fireeye
