// What happened in the story that a mock appliance tells: one attack, whatever the appliance that reports it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/fireeye/quirks.hpp"

namespace sim::fireeye {

/// A server that a victim, or a sample in the sandbox, talked to.
struct CncService {
    std::string address;           // IPv4, IPv6 or domain name
    std::string port = "80";       // as text: some releases write texts, some numbers
    std::string protocol = "tcp";  // "udp" with port 53: the name that the sandbox looked up
    std::string channel{};         // what was said there, as the appliance writes it; empty: invented
    bool operator==(const CncService&) const = default;
};

/// The mail around an object that an EX found.
struct Mail {
    std::string from{};             // empty: invented
    std::vector<std::string> to{};  // empty: the victim, or invented
    std::vector<std::string> cc{};
    std::string subject{};  // empty: invented
};

struct Incident {
    std::string type;      // "malware-callback", as FireEye calls it
    std::string attacker;  // IPv4, IPv6 or domain name
    std::string victim;    // IPv4, IPv6; a mail address where the appliance is an EX
    std::uint64_t id = 1;
    std::chrono::sys_seconds occurred{};
    std::string severity{};  // "minr", "majr", "crit"; empty: what the type usually has
    std::string malware{};   // empty: what the type usually has
    std::string action{};    // "notified", "blocked"; empty: notified

    std::string site{};             // host of the attacker in URLs and requests; empty: the attacker itself
    std::vector<CncService> cnc{};  // besides the attacker; of an object: what the sandbox saw
    std::string proxy{};            // the victim's web proxy, whose address then stands where the attacker's would
    std::string proxy_port = "8080";
    bool proxy_by_connect = false;    // the request is a CONNECT; else it has an absolute URI
    std::string resolver{};           // the DNS server that the victim asked (domain-match)
    std::optional<bool> malicious{};  // the appliance's verdict, where it gives one

    std::string attack_mode = "server";  // of an ips-event: "server" or "client" is attacked
    bool ips_normalized = false;         // the appliance has `normalize-ips-event enable`
    std::string mvx_status = "N/A";      // of an ips-event

    Mail mail{};
    std::string victim_host{};  // host name of the victim
    std::string vlan = "0";
    std::uint32_t diary = 0;               // entries of the sandbox's diary besides the usual few: 900 are known
    bool archive = false;                  // of an object: a zip with the file in it; both are told
    std::uint64_t parent = 0;              // id of the alert about the archive that this file came out of; 0: none
    std::uint64_t root_infection = 0;      // id of the infection that this callback belongs to; 0: none
    std::string uuid{};                    // empty: invented, where the release has one
    std::optional<std::uint64_t> cm_id{};  // the number that a CM gives it; else it keeps the sensor's

    Quirks quirks{};
    bool test_fire = false;  // made by the vendor's Test-Fire: it must not lead to a block
};

}  // namespace sim::fireeye
