#include "sim/fireeye/alert_types.hpp"

#include <algorithm>
#include <array>

namespace sim::fireeye {

namespace {

constexpr std::array<TypeFacts, 14> types{{
    {"malware-callback", Shape::callback, "crit", "Trojan.Generic.Callback", "ev_id", 6, 0},
    {"riskware-callback", Shape::callback, "minr", "Riskware.Adware.Callback", "ev_id", 7, 7},
    {"infection-match", Shape::callback, "majr", "Local.Infection", "ev_id", 6, 0},
    {"domain-match", Shape::domain_match, "minr", "Trojan.Generic.DNS", "ev_id", 6, 0},
    {"web-infection", Shape::web_infection, "majr", "Malware.Binary.Exploit", "inc_id", 6, 0},
    {"riskware-infection", Shape::web_infection, "minr", "Riskware.Binary", "inc_id", 7, 7},
    {"malware-object", Shape::object, "majr", "Malware.Binary.exe", "ma_id", 6, 0},
    {"riskware-object", Shape::object, "minr", "Riskware.Binary.exe", "ma_id", 7, 7},
    {"ips-event", Shape::ips, "crit", "SQL Injection Attempt", "ev_id", 7, 0},
    {"smartvision-event", Shape::lateral, "majr", "Suspicious.Lateral.Movement", "ev_id", 8, 1},
    {"indicator-executed", Shape::endpoint, "", "PROCESS-REMOTE-SHELL", "", 3, 0},
    {"indicator-presence", Shape::endpoint, "", "FILE-KNOWN-DROPPER", "", 3, 0},
    {"exploit-blocked", Shape::endpoint, "", "EXPLOIT-OFFICE-MEMORY", "", 3, 0},
    {"exploit-detected", Shape::endpoint, "", "EXPLOIT-BROWSER-MEMORY", "", 3, 0},
}};

}  // namespace

const TypeFacts* facts_of(std::string_view type) {
    const auto* const found =
        std::find_if(types.begin(), types.end(), [&](const TypeFacts& facts) { return facts.name == type; });
    return found == types.end() ? nullptr : found;
}

bool reports(Product observer, const TypeFacts& facts) {
    switch (observer) {
        case Product::nx:
            return facts.shape != Shape::endpoint;
        case Product::hx:
            return facts.shape == Shape::endpoint;
        case Product::ex:
        case Product::fx:
        case Product::ax:
            return facts.shape == Shape::object;
        case Product::cm:
            break;  // a CM observes nothing itself
    }
    return false;
}

std::vector<std::string_view> all_types() {
    std::vector<std::string_view> names;
    for (const TypeFacts& facts : types) {
        names.push_back(facts.name);
    }
    return names;
}

}  // namespace sim::fireeye
