#include "bridge/domain/value/special_purpose.hpp"

#include <algorithm>
#include <array>

namespace bridge::domain {

namespace {

struct SpecialRange {
    const char* prefix;
    const char* what;
    bool always;  // blocking it makes no sense on any network, so allow_builtin cannot lift it
};

constexpr std::array special_ranges{
    SpecialRange{"0.0.0.0/8", "unspecified (0.0.0.0/8)", true},
    SpecialRange{"127.0.0.0/8", "loopback (127.0.0.0/8)", true},
    SpecialRange{"169.254.0.0/16", "link-local (169.254.0.0/16)", true},
    SpecialRange{"224.0.0.0/4", "multicast (224.0.0.0/4)", true},
    SpecialRange{"240.0.0.0/4", "reserved (240.0.0.0/4)", true},
    SpecialRange{"10.0.0.0/8", "private (10.0.0.0/8)", false},
    SpecialRange{"172.16.0.0/12", "private (172.16.0.0/12)", false},
    SpecialRange{"192.168.0.0/16", "private (192.168.0.0/16)", false},
    SpecialRange{"100.64.0.0/10", "carrier-grade NAT (100.64.0.0/10)", false},
    SpecialRange{"192.0.0.0/24", "IETF protocol assignments (192.0.0.0/24)", false},
    SpecialRange{"192.88.99.0/24", "6to4 relay anycast (192.88.99.0/24)", false},
    SpecialRange{"198.18.0.0/15", "benchmarking (198.18.0.0/15)", false},
    SpecialRange{"::/96", "unspecified, loopback or IPv4-compatible (::/96)", true},
    SpecialRange{"fe80::/10", "link-local (fe80::/10)", true},
    SpecialRange{"ff00::/8", "multicast (ff00::/8)", true},
    SpecialRange{"100::/64", "discard-only (100::/64)", true},
    SpecialRange{"64:ff9b::/96", "NAT64: stands for many hosts (64:ff9b::/96)", false},
    SpecialRange{"64:ff9b:1::/48", "local NAT64 (64:ff9b:1::/48)", false},
    SpecialRange{"fc00::/7", "unique local (fc00::/7)", false},
    SpecialRange{"fec0::/10", "site-local (fec0::/10)", false},
};

const std::array<Prefix, special_ranges.size()>& special_prefixes() {
    static const std::array<Prefix, special_ranges.size()> prefixes = [] {
        std::array<Prefix, special_ranges.size()> parsed;
        for (std::size_t i = 0; i < parsed.size(); ++i) {
            parsed[i] = Prefix::parse(special_ranges[i].prefix).value();
        }
        return parsed;
    }();
    return prefixes;
}

/// Zones that no attacker on the Internet can have a name in. Sources: RFC 6761, 6762, 8375, 9476; `internal` by ICANN
/// resolution of 2024; the others are the names that ICANN does not delegate because networks use them. `test` of RFC
/// 6761 is no such zone here: tests and demonstrations name their attackers in it.
constexpr auto local_zones =
    std::to_array<std::string_view>({"localhost", "local", "internal", "invalid", "arpa", "alt", "corp", "home", "mail",
                                     "lan", "intranet", "localdomain"});

}  // namespace

std::string_view special_range(const IpAddress& address, bool builtin) {
    for (std::size_t i = 0; i < special_ranges.size(); ++i) {
        if ((special_ranges[i].always || builtin) && special_prefixes()[i].contains(address)) {
            return special_ranges[i].what;
        }
    }
    return {};
}

std::string_view special_range(const Prefix& prefix, bool builtin) {
    for (std::size_t i = 0; i < special_ranges.size(); ++i) {
        if ((special_ranges[i].always || builtin) && special_prefixes()[i].overlaps(prefix)) {
            return special_ranges[i].what;
        }
    }
    return {};
}

std::string_view local_zone(std::string_view name) {
    const std::string_view last = name.substr(name.rfind('.') + 1);
    const auto* const found = std::find(local_zones.begin(), local_zones.end(), last);
    return found == local_zones.end() ? std::string_view() : *found;
}

}  // namespace bridge::domain
