#include "bridge/fireeye/attacker_rules.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace bridge::fireeye {

namespace {

using domain::AlertType;

constexpr std::string_view resolver = "the DNS resolver that the victim asked";
constexpr std::string_view mail = "a mail alert: its ends are mail addresses, not the attacker's hosts";
constexpr std::string_view no_ends = "a file that was handed in: its ends are not the attacker's hosts";
constexpr std::string_view internal = "lateral movement: both ends are inside";
constexpr std::string_view endpoint = "an endpoint (HX) alert: none of its addresses is taken for the attacker";
constexpr std::string_view no_rule = "no rule for this type of alert";

// Sources, by their number in the reference (§12): [41] "Except for IPS, the source address represents the victim, and
// the destination address represents the attacker"; [39, 42] two SIEM mappings that agree.
constexpr std::array rules = {
    // [41], CEF samples of [46]; dst/ip usually equals the first cnc-service
    AttackerRule{AlertType::malware_callback, ProductFamily::any, End::victim, End::attacker, true, false, false, ""},
    // as malware-callback [41]
    AttackerRule{AlertType::riskware_callback, ProductFamily::any, End::victim, End::attacker, true, false, false, ""},
    // [41, 43]
    AttackerRule{AlertType::infection_match, ProductFamily::any, End::victim, End::attacker, true, false, false, ""},
    // samples of [34] and of the REST API: dst is the resolver, port 53, or a MAC alone; the bad name is the C&C entry
    AttackerRule{AlertType::domain_match, ProductFamily::any, End::victim, End::not_used, true, false, false, resolver},
    // [36, 41]: the web server; the C&C list is the sandbox's [34]; Suspicious.URL is an exploit's URL [36]
    AttackerRule{AlertType::web_infection, ProductFamily::any, End::victim, End::attacker, true, true, true, ""},
    // as web-infection; inferred
    AttackerRule{AlertType::riskware_infection, ProductFamily::any, End::victim, End::attacker, true, true, true, ""},
    // [41], NX 6.2 and 7.7 samples: the server that delivered the file; the C&C list is the sandbox's [34]
    AttackerRule{AlertType::malware_object, ProductFamily::web, End::victim, End::attacker, true, true, false, ""},
    AttackerRule{AlertType::riskware_object, ProductFamily::web, End::victim, End::attacker, true, true, false, ""},
    // EX samples [8, 31]: mail addresses at both ends, no IPs
    AttackerRule{AlertType::malware_object, ProductFamily::email, End::not_used, End::not_used, true, true, false,
                 mail},
    AttackerRule{AlertType::riskware_object, ProductFamily::email, End::not_used, End::not_used, true, true, false,
                 mail},
    // CEF samples of File Protect [34]
    AttackerRule{AlertType::malware_object, ProductFamily::file, End::not_used, End::not_used, true, true, false,
                 no_ends},
    AttackerRule{AlertType::riskware_object, ProductFamily::file, End::not_used, End::not_used, true, true, false,
                 no_ends},
    // AX 7.7 sample [5]: src/url is a path on the appliance
    AttackerRule{AlertType::malware_object, ProductFamily::analysis, End::not_used, End::not_used, true, true, false,
                 no_ends},
    AttackerRule{AlertType::riskware_object, ProductFamily::analysis, End::not_used, End::not_used, true, true, false,
                 no_ends},
    // a CM's own product at most: as Web MPS, since alerts of the others carry no addresses to mistake; inferred
    AttackerRule{AlertType::malware_object, ProductFamily::any, End::victim, End::attacker, true, true, false, ""},
    AttackerRule{AlertType::riskware_object, ProductFamily::any, End::victim, End::attacker, true, true, false, ""},
    // [19, 41]: source and destination of the attacking flow, unless the appliance normalises
    AttackerRule{AlertType::ips_event, ProductFamily::any, End::traffic_source, End::traffic_destination, false, false,
                 false, ""},
    // inferred
    AttackerRule{AlertType::smartvision_event, ProductFamily::any, End::victim, End::victim, false, false, false,
                 internal},
    // HX sample [49]: host/ip is the protected endpoint
    AttackerRule{AlertType::endpoint, ProductFamily::any, End::not_used, End::not_used, false, false, false, endpoint},
    // new types appear with releases
    AttackerRule{AlertType::other, ProductFamily::any, End::not_used, End::not_used, false, false, false, no_rule},
};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string folded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c != ' ' && c != '-' && c != '_') {
            out += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    return out;
}

}  // namespace

ProductFamily product_family_of(std::string_view product) {
    struct Start {
        std::string_view start;
        ProductFamily family;
    };
    constexpr std::array starts = {
        Start{"webmps", ProductFamily::web},
        Start{"wmps", ProductFamily::web},
        Start{"emailmps", ProductFamily::email},
        Start{"emps", ProductFamily::email},
        Start{"filemps", ProductFamily::file},
        Start{"fmps", ProductFamily::file},
        Start{"mas", ProductFamily::analysis},
        Start{"hx", ProductFamily::endpoint},
        // Trellix's names of the same; inferred
        Start{"networksecurity", ProductFamily::web},
        Start{"emailsecurity", ProductFamily::email},
        Start{"fileprotect", ProductFamily::file},
        Start{"malwareanalysis", ProductFamily::analysis},
        Start{"endpointsecurity", ProductFamily::endpoint},
    };
    constexpr std::array models = {Start{"nx", ProductFamily::web}, Start{"ex", ProductFamily::email},
                                   Start{"fx", ProductFamily::file}, Start{"ax", ProductFamily::analysis}};
    constexpr std::size_t looked_at_max = 32;
    const std::string whole = folded(product.substr(0, looked_at_max));
    std::string_view name = whole;
    for (const std::string_view vendor : {"fireeye", "trellix"}) {
        if (name.starts_with(vendor)) {
            name.remove_prefix(vendor.size());
        }
    }
    for (const Start& model : models) {
        // "NX" and "NX 2550", but no word that begins so.
        const bool ends = name.size() == model.start.size();
        if (name.starts_with(model.start) && (ends || is_digit(name[model.start.size()]))) {
            return model.family;
        }
    }
    for (const Start& known : starts) {
        if (name.starts_with(known.start)) {
            return known.family;
        }
    }
    return ProductFamily::unknown;
}

std::span<const AttackerRule> attacker_rules() {
    return rules;
}

const AttackerRule& attacker_rule(domain::AlertType type, ProductFamily family) {
    const AttackerRule* found = &rules.back();
    for (const AttackerRule& rule : rules) {
        if (rule.type == type && rule.family == family) {
            return rule;
        }
        if (rule.type == type && rule.family == ProductFamily::any) {
            found = &rule;
        }
    }
    return *found;
}

}  // namespace bridge::fireeye
