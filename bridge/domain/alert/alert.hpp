// One alert of a FireEye notification, as far as blocking needs it: who saw it, what it is, and who is suspected.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/domain/value/indicator.hpp"

namespace bridge::domain {

enum class AlertType {
    malware_callback,
    riskware_callback,
    infection_match,
    domain_match,
    web_infection,
    riskware_infection,
    malware_object,
    riskware_object,
    ips_event,
    smartvision_event,
    endpoint,  // what HX sends: indicator-executed, exploit-blocked, ...
    other,     // a type that this release of the bridge does not know
};

/// "malware-callback"; `endpoint` and `other` give these words.
std::string_view name_of(AlertType type);

/// Folds case, '-', '_' and blanks: "MALWARE_CALLBACK" and "malwareCallback" are malware_callback. Unknown names are
/// `other`.
AlertType alert_type_of(std::string_view name);

enum class Severity { unknown, minor, major, critical };

/// As FireEye writes it: "unkn", "minr", "majr", "crit".
std::string_view name_of(Severity severity);
Severity severity_of(std::string_view name);

/// An address or name that the rules of the alert's type take for the attacker.
struct Suspect {
    Indicator indicator;
    std::string role;       // where it stood: "dst/ip", "cnc-service/address", "Suspicious.URL", "src/ip"
    std::string objection;  // why the alert itself speaks against blocking it ("... is a proxy"), or empty
};

/// Something in the alert that looks like an attacker and is not one, with the reason, for the audit trail.
struct Ignored {
    std::string address;
    std::string reason;
};

struct Alert {
    std::string appliance;     // name of the sender, as the envelope gives it; not trusted
    std::string appliance_id;  // of the appliance that saw it (a CM passes others' alerts on), or of the sender
    std::string sensor;        // on a CM: name of the appliance that saw it
    std::string product;       // of the appliance that saw it: "Web MPS", "Email MPS", "MAS", "CMS", "HX"
    std::string id;
    std::string uuid;
    AlertType type = AlertType::other;
    std::string type_name;  // folded to hyphens and lower case: "malware-callback", "indicator-executed"
    Severity severity = Severity::unknown;
    std::string occurred;              // as sent; never used for expiry
    std::string malware;               // name of the first malware, or the signature's name
    std::vector<Suspect> suspects;     // in document order, each indicator once
    std::vector<std::string> victims;  // addresses in canonical form
    std::vector<Ignored> ignored;
};

/// An appliance's name or id in one spelling: lower case, and a MAC without separators, since XML writes
/// "000BABDDC3B9" where JSON writes "00:0B:AB:DD:C3:B9".
std::string appliance_key(std::string_view name_or_id);

/// Key under which repeats of one alert meet, be they from the appliance and the CM that manages it, in JSON and in
/// XML, or in a digest: the uuid where there is one, else (appliance id or name, type, id), since ids count for each
/// kind of alert (reference fireeye-notifications §6). An alert without both is known by what it says.
std::string identity_of(const Alert& alert);

struct Notification {
    std::string format;   // "xml-normal", "json-extended", "json-legacy-concise", "rest-concise", "hx-json",
                          // "text"
    std::string version;  // of the sender's software, as sent
    std::vector<Alert> alerts;
    std::vector<std::string> rejected;  // one line for each alert in it that could not be read, the good ones are kept
    std::string
        unread;  // why nothing in it can be acted upon although an appliance sent it (a text format), and the mend
};

}  // namespace bridge::domain
