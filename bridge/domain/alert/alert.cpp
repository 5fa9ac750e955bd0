#include "bridge/domain/alert/alert.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bridge::domain {

namespace {

constexpr std::array<std::pair<AlertType, std::string_view>, 12> type_names{{
    {AlertType::malware_callback, "malware-callback"},
    {AlertType::riskware_callback, "riskware-callback"},
    {AlertType::infection_match, "infection-match"},
    {AlertType::domain_match, "domain-match"},
    {AlertType::web_infection, "web-infection"},
    {AlertType::riskware_infection, "riskware-infection"},
    {AlertType::malware_object, "malware-object"},
    {AlertType::riskware_object, "riskware-object"},
    {AlertType::ips_event, "ips-event"},
    {AlertType::smartvision_event, "smartvision-event"},
    {AlertType::endpoint, "endpoint"},
    {AlertType::other, "other"},
}};

constexpr std::array<std::pair<Severity, std::string_view>, 4> severity_names{{
    {Severity::unknown, "unkn"},
    {Severity::minor, "minr"},
    {Severity::major, "majr"},
    {Severity::critical, "crit"},
}};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool separates(char c) {
    return c == '-' || c == '_' || c == ' ';
}

/// Whether two names are the same words, however they are written: "MALWARE_CALLBACK", "malware-callback".
bool same_words(std::string_view a, std::string_view b) {
    while (true) {
        while (!a.empty() && separates(a.front())) {
            a.remove_prefix(1);
        }
        while (!b.empty() && separates(b.front())) {
            b.remove_prefix(1);
        }
        if (a.empty() || b.empty()) {
            return a.empty() && b.empty();
        }
        if (lower(a.front()) != lower(b.front())) {
            return false;
        }
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f');
}

/// Exporters mask uuids ("uuid", "xxxx-..."), and then all alerts would be one.
bool looks_like_uuid(std::string_view text) {
    if (text.size() != 36) {
        return false;
    }
    bool any_digit = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? text[i] != '-' : !is_hex(text[i])) {
            return false;
        }
        any_digit = any_digit || (!hyphen && text[i] != '0');
    }
    return any_digit;
}

}  // namespace

std::string_view name_of(AlertType type) {
    return std::find_if(type_names.begin(), type_names.end(), [type](const auto& row) { return row.first == type; })
        ->second;
}

AlertType alert_type_of(std::string_view name) {
    for (const auto& [type, known] : type_names) {
        if (same_words(known, name)) {
            return type;
        }
    }
    return AlertType::other;
}

std::string_view name_of(Severity severity) {
    return std::find_if(severity_names.begin(), severity_names.end(),
                        [severity](const auto& row) { return row.first == severity; })
        ->second;
}

Severity severity_of(std::string_view name) {
    for (const auto& [severity, known] : severity_names) {
        if (same_words(known, name)) {
            return severity;
        }
    }
    return Severity::unknown;
}

std::string appliance_key(std::string_view name_or_id) {
    std::string bare;
    for (const char c : name_or_id) {
        if (is_hex(c)) {
            bare += lower(c);
        } else if (c != ':' && c != '-' && c != '.') {
            bare.clear();
            break;
        }
    }
    constexpr std::size_t mac_digits = 12;
    if (bare.size() == mac_digits) {
        return bare;
    }
    std::string name(name_or_id);
    std::transform(name.begin(), name.end(), name.begin(), lower);
    return name;
}

std::string identity_of(const Alert& alert) {
    if (looks_like_uuid(alert.uuid)) {
        std::string uuid = alert.uuid;
        std::transform(uuid.begin(), uuid.end(), uuid.begin(), lower);
        return uuid + "/" + alert.type_name;
    }
    const std::string& name = alert.sensor.empty() ? alert.appliance : alert.sensor;
    std::string identity =
        appliance_key(alert.appliance_id.empty() ? name : alert.appliance_id) + "/" + alert.type_name + "/" + alert.id;
    if (alert.id.empty()) {
        identity += alert.occurred + "/" + alert.malware;
        for (const Suspect& suspect : alert.suspects) {
            identity += "/" + suspect.indicator.text();
        }
        for (const std::string& victim : alert.victims) {
            identity += "/" + victim;
        }
        constexpr std::size_t identity_bytes_max = 512;
        identity.resize(std::min(identity.size(), identity_bytes_max));
    }
    return identity;
}

}  // namespace bridge::domain
