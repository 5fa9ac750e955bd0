#include "sim/panos/policy/application_port.hpp"

#include <algorithm>
#include <array>

namespace sim::panos {
namespace {

struct Row {
    std::string_view application;
    std::array<ApplicationPort, 3> ports{};
    std::size_t count = 0;
};

// From Applipedia, Palo Alto Networks' catalogue of applications; the few that policies of a lab name.
constexpr std::array rows{
    Row{"web-browsing", {{{"tcp", 80}}}, 1},
    Row{"ssl", {{{"tcp", 443}}}, 1},
    Row{"quic", {{{"udp", 443}, {"udp", 80}}}, 2},
    Row{"dns", {{{"tcp", 53}, {"udp", 53}, {"udp", 5353}}}, 3},
    Row{"ssh", {{{"tcp", 22}}}, 1},
    Row{"telnet", {{{"tcp", 23}}}, 1},
    Row{"ftp", {{{"tcp", 21}}}, 1},
    Row{"tftp", {{{"udp", 69}}}, 1},
    Row{"smtp", {{{"tcp", 25}, {"tcp", 587}}}, 2},
    Row{"pop3", {{{"tcp", 110}}}, 1},
    Row{"imap", {{{"tcp", 143}}}, 1},
    Row{"ntp", {{{"udp", 123}}}, 1},
    Row{"snmp", {{{"udp", 161}}}, 1},
    Row{"syslog", {{{"udp", 514}}}, 1},
    Row{"ldap", {{{"tcp", 389}, {"udp", 389}}}, 2},
    Row{"kerberos", {{{"tcp", 88}, {"udp", 88}}}, 2},
    Row{"ms-ds-smb", {{{"tcp", 445}, {"tcp", 139}}}, 2},
    Row{"ms-rdp", {{{"tcp", 3389}}}, 1},
    Row{"sip", {{{"tcp", 5060}, {"udp", 5060}}}, 2},
    Row{"radius", {{{"udp", 1812}, {"udp", 1813}}}, 2},
    Row{"mysql", {{{"tcp", 3306}}}, 1},
    Row{"postgres", {{{"tcp", 5432}}}, 1},
    Row{"ping", {}, 0},
    Row{"icmp", {}, 0},
};

const Row* row_of(std::string_view application) {
    const auto* const at = std::find_if(rows.begin(), rows.end(),
                                        [application](const Row& row) { return row.application == application; });
    return at == rows.end() ? nullptr : at;
}

}  // namespace

std::span<const ApplicationPort> default_ports(std::string_view application) {
    const Row* row = row_of(application);
    return row == nullptr ? std::span<const ApplicationPort>{} : std::span(row->ports).first(row->count);
}

bool application_is_known(std::string_view application) {
    return row_of(application) != nullptr;
}

}  // namespace sim::panos
