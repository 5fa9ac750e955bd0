#include "bridge/domain/alert.hpp"

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

std::string folded(std::string_view name) {
    std::string text(name);
    for (char& c : text) {
        if (c == '_') {
            c = '-';
        } else if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return text;
}

/// Exporters mask uuids ("uuid", "xxxx"), and then all alerts would be one.
bool looks_like_uuid(std::string_view text) {
    return text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
}

}  // namespace

std::string_view name_of(AlertType type) {
    return std::find_if(type_names.begin(), type_names.end(), [type](const auto& row) { return row.first == type; })
        ->second;
}

AlertType alert_type_of(std::string_view name) {
    const std::string wanted = folded(name);
    for (const auto& [type, known] : type_names) {
        if (known == wanted) {
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
    const std::string wanted = folded(name);
    for (const auto& [severity, known] : severity_names) {
        if (known == wanted) {
            return severity;
        }
    }
    return Severity::unknown;
}

std::string identity_of(const Alert& alert) {
    if (looks_like_uuid(alert.uuid)) {
        return alert.uuid + "/" + alert.type_name;
    }
    const std::string& sender = alert.appliance_id.empty() ? alert.appliance : alert.appliance_id;
    return sender + "/" + alert.type_name + "/" + alert.id;
}

}  // namespace bridge::domain
