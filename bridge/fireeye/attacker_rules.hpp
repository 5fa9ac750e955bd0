// Who is the attacker, by the type of an alert and the product that saw it: the table of the reference (§5.1) as data.
#pragma once

#include <span>
#include <string_view>

#include "bridge/domain/alert/alert.hpp"

namespace bridge::fireeye {

enum class ProductFamily {
    web,       // NX: "Web MPS", "WEB_MPS", "wMPS"
    email,     // EX: "Email MPS", "EMAIL_MPS", "eMPS"
    file,      // FX: "File MPS"
    analysis,  // AX: "MAS"
    endpoint,  // HX
    unknown,   // a CM that does not say whose alert it passes on, or nothing at all
    any,       // in the table: whichever product
};

/// Folds case, blanks, '-' and '_'; a version text such as "eMPS (eMPS) 9.0.2.929543" serves as well.
ProductFamily product_family_of(std::string_view product);

/// What one end of the connection (`src` or `dst`) is.
enum class End {
    not_used,  // its addresses are ignored, with `end_note` as the reason
    victim,
    attacker,
    traffic_source,       // ips-event: attacker, or victim with `normalize-ips-event`
    traffic_destination,  // ips-event: the other one
};

struct AttackerRule {
    domain::AlertType type;
    ProductFamily family;
    End src;
    End dst;
    bool cnc;                   // cnc-service/address
    bool cnc_in_sandbox;        // ... is what the sample contacted in the sandbox, which may be harmless (§5.3)
    bool suspicious_urls;       // hosts of the malware entries called Suspicious.URL
    std::string_view end_note;  // why an unused end with an address is none
};

/// The whole table, for those who print it.
std::span<const AttackerRule> attacker_rules();

/// The row of that type and product, else of that type and any product; there is one for every type.
const AttackerRule& attacker_rule(domain::AlertType type, ProductFamily family);

}  // namespace bridge::fireeye
