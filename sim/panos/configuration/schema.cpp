#include "sim/panos/configuration/schema.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <unordered_set>

namespace sim::panos {
namespace {

using Set = std::unordered_set<std::string_view>;

const Set& in_config() {
    static const Set set{"mgt-config", "shared", "devices", "readonly", "panorama"};
    return set;
}

const Set& in_panorama_device() {
    static const Set set{"device-group",
                         "template",
                         "template-stack",
                         "log-collector",
                         "log-collector-group",
                         "wildfire-appliance",
                         "wildfire-appliance-cluster"};
    return set;
}

const Set& in_panorama_scope() {
    static const Set set{"pre-rulebase", "post-rulebase"};
    return set;
}

const Set& in_device_group() {
    static const Set set{
        "devices",       "description",       "reference-templates", "master-device",      "authorization-code",
        "to-sw-version", "user-group-source", "cloud-services",      "device-serial-tags", "master-user-id-domain"};
    return set;
}

const Set& in_device() {
    static const Set set = [] {
        Set all{"network", "deviceconfig", "vsys", "plugins", "platform"};
        all.insert(in_panorama_device().begin(), in_panorama_device().end());
        return all;
    }();
    return set;
}

const Set& in_scope() {
    static const Set set{"address",
                         "address-group",
                         "application",
                         "application-filter",
                         "application-group",
                         "application-status",
                         "application-tag",
                         "authentication-object",
                         "authentication-profile",
                         "authentication-sequence",
                         "authentication-setting",
                         "captive-portal",
                         "certificate",
                         "certificate-profile",
                         "content-preview",
                         "custom-url-category",
                         "decryption",
                         "device-object",
                         "display-name",
                         "dns-proxy",
                         "dynamic-user-group",
                         "email-scheduler",
                         "external-list",
                         "global-protect",
                         "group-mapping",
                         "import",
                         "iot",
                         "ipuser-include-exclude-list",
                         "ipuser-include-exclude-network",
                         "local-user-database",
                         "log-settings",
                         "ocsp-responder",
                         "pdf-summary-report",
                         "profile-group",
                         "profiles",
                         "redistribution-agent",
                         "redistribution-collector",
                         "region",
                         "report-group",
                         "reports",
                         "response-page",
                         "route",
                         "rulebase",
                         "saas-user-list",
                         "schedule",
                         "scep",
                         "sdwan-error-correction-profile",
                         "sdwan-path-quality-profile",
                         "sdwan-saas-quality-profile",
                         "sdwan-traffic-distribution-profile",
                         "server-profile",
                         "service",
                         "service-group",
                         "setting",
                         "ssl-decrypt",
                         "ssl-tls-service-profile",
                         "tag",
                         "threats",
                         "ts-agent",
                         "url-admin-override",
                         "url-content-types",
                         "user-id-agent",
                         "user-id-agent-sequence",
                         "user-id-collector",
                         "user-id-hub",
                         "user-id-ssl-auth",
                         "vm-info-source",
                         "zone",
                         "admin-role",
                         "botnet",
                         "alg-override",
                         "multi-factor-auth",
                         "mfa-server-profile",
                         "inspect-exclusion"};
    return set;
}

const Set& in_rulebase() {
    static const Set set{"security",
                         "nat",
                         "qos",
                         "pbf",
                         "decryption",
                         "tunnel-inspect",
                         "application-override",
                         "captive-portal",
                         "authentication",
                         "dos",
                         "sdwan",
                         "default-security-rules",
                         "network-packet-broker"};
    return set;
}

constexpr FieldRow address_fields[] = {{"ip-netmask", Field::netmask},        {"ip-range", Field::range},
                                       {"ip-wildcard", Field::wildcard, 900}, {"fqdn", Field::fqdn},
                                       {"description", Field::text},          {"tag", Field::tags},
                                       {"disable-override", Field::yes_no}};
constexpr FieldRow group_fields[] = {{"static", Field::group_members},
                                     {"dynamic/filter", Field::filter},
                                     {"description", Field::text},
                                     {"tag", Field::tags},
                                     {"disable-override", Field::yes_no}};
constexpr FieldRow tag_fields[] = {
    {"color", Field::colour}, {"comments", Field::text}, {"disable-override", Field::yes_no}};
constexpr FieldRow service_fields[] = {{"protocol/tcp/port", Field::ports},
                                       {"protocol/tcp/source-port", Field::ports},
                                       {"protocol/tcp/override", Field::unknown},
                                       {"protocol/udp/port", Field::ports},
                                       {"protocol/udp/source-port", Field::ports},
                                       {"protocol/udp/override", Field::unknown},
                                       {"protocol/sctp/port", Field::ports},
                                       {"protocol/sctp/source-port", Field::ports},
                                       {"description", Field::text},
                                       {"tag", Field::tags},
                                       {"disable-override", Field::yes_no}};
constexpr FieldRow service_group_fields[] = {
    {"members", Field::services}, {"tag", Field::tags}, {"disable-override", Field::yes_no}};

#define FIREBREAK_RECURRING(type)                                                                                    \
    {"type/" type "/description", Field::text}, {"type/" type "/url", Field::source_url},                            \
        {"type/" type "/exception-list", Field::words}, {"type/" type "/certificate-profile", Field::unknown},       \
        {"type/" type "/auth/username", Field::unknown}, {"type/" type "/auth/password", Field::unknown},            \
        {"type/" type "/recurring/five-minute", Field::unknown}, {"type/" type "/recurring/hourly", Field::unknown}, \
        {"type/" type "/recurring/daily/at", Field::hour}, {"type/" type "/recurring/weekly/at", Field::hour},       \
        {"type/" type "/recurring/weekly/day-of-week", Field::day_of_week},                                          \
        {"type/" type "/recurring/monthly/at", Field::hour}, {                                                       \
        "type/" type "/recurring/monthly/day-of-month", Field::day_of_month                                          \
    }
constexpr FieldRow list_fields[] = {FIREBREAK_RECURRING("ip"),
                                    FIREBREAK_RECURRING("domain"),
                                    {"type/domain/expand-domain", Field::yes_no},
                                    FIREBREAK_RECURRING("url"),
                                    FIREBREAK_RECURRING("imsi"),
                                    FIREBREAK_RECURRING("imei"),
                                    {"type/predefined-ip/description", Field::text},
                                    {"type/predefined-ip/url", Field::unknown},
                                    {"type/predefined-ip/exception-list", Field::words},
                                    {"type/predefined-url/description", Field::text},
                                    {"type/predefined-url/url", Field::unknown},
                                    {"type/predefined-url/exception-list", Field::words},
                                    {"disable-override", Field::yes_no}};
#undef FIREBREAK_RECURRING

constexpr FieldRow zone_fields[] = {{"network/layer3", Field::interfaces},
                                    {"network/layer2", Field::interfaces},
                                    {"network/virtual-wire", Field::interfaces},
                                    {"network/tap", Field::interfaces},
                                    {"network/tunnel", Field::unknown},
                                    {"network/external", Field::words},
                                    {"network/log-setting", Field::log_profile_name},
                                    {"network/zone-protection-profile", Field::unknown},
                                    {"network/enable-packet-buffer-protection", Field::yes_no},
                                    {"network/net-inspection", Field::yes_no},
                                    {"user-acl/include-list", Field::words},
                                    {"user-acl/exclude-list", Field::words},
                                    {"device-acl/include-list", Field::words},
                                    {"device-acl/exclude-list", Field::words},
                                    {"enable-user-identification", Field::yes_no},
                                    {"enable-device-identification", Field::yes_no}};
constexpr FieldRow rule_fields[] = {{"from", Field::zones},
                                    {"to", Field::zones},
                                    {"source", Field::addresses},
                                    {"destination", Field::addresses},
                                    {"source-user", Field::words},
                                    {"category", Field::categories},
                                    {"application", Field::applications},
                                    {"service", Field::services},
                                    {"hip-profiles", Field::words, 0, 1001},  // the two below took its place
                                    {"source-hip", Field::words, 1001},
                                    {"destination-hip", Field::words, 1001},
                                    {"source-imsi", Field::words},
                                    {"source-imei", Field::words},
                                    {"source-nw-slice", Field::words},
                                    {"action", Field::action},
                                    {"log-start", Field::yes_no},
                                    {"log-end", Field::yes_no},
                                    {"negate-source", Field::yes_no},
                                    {"negate-destination", Field::yes_no},
                                    {"disabled", Field::yes_no},
                                    {"icmp-unreachable", Field::yes_no},
                                    {"disable-inspect", Field::yes_no},
                                    {"disable-server-response-inspection", Field::yes_no},
                                    {"description", Field::text},
                                    {"tag", Field::tags},
                                    {"group-tag", Field::tag_name, 900},
                                    {"log-setting", Field::log_profile_name},
                                    {"schedule", Field::schedule_name},
                                    {"rule-type", Field::rule_type},
                                    {"profile-setting/group", Field::profile_groups},
                                    {"profile-setting/profiles/virus", Field::profiles},
                                    {"profile-setting/profiles/spyware", Field::profiles},
                                    {"profile-setting/profiles/vulnerability", Field::profiles},
                                    {"profile-setting/profiles/url-filtering", Field::profiles},
                                    {"profile-setting/profiles/file-blocking", Field::profiles},
                                    {"profile-setting/profiles/wildfire-analysis", Field::profiles},
                                    {"profile-setting/profiles/data-filtering", Field::profiles},
                                    {"profile-setting/profiles/gtp", Field::words},
                                    {"profile-setting/profiles/sctp", Field::words},
                                    {"profile-setting/profiles/ai-security", Field::words},
                                    {"profile-setting/profiles/dns-security", Field::words},
                                    {"option/disable-server-response-inspection", Field::yes_no},
                                    {"qos", Field::unknown},
                                    {"target", Field::unknown},
                                    {"saas-user-list", Field::words},
                                    {"saas-tenant-list", Field::words}};
constexpr FieldRow application_group_fields[] = {
    {"members", Field::applications}, {"tag", Field::tags}, {"disable-override", Field::yes_no}};
constexpr FieldRow schedule_fields[] = {{"schedule-type/recurring/daily", Field::clock_ranges},
                                        {"schedule-type/recurring/weekly/sunday", Field::clock_ranges},
                                        {"schedule-type/recurring/weekly/monday", Field::clock_ranges},
                                        {"schedule-type/recurring/weekly/tuesday", Field::clock_ranges},
                                        {"schedule-type/recurring/weekly/wednesday", Field::clock_ranges},
                                        {"schedule-type/recurring/weekly/thursday", Field::clock_ranges},
                                        {"schedule-type/recurring/weekly/friday", Field::clock_ranges},
                                        {"schedule-type/recurring/weekly/saturday", Field::clock_ranges},
                                        {"schedule-type/non-recurring", Field::moments_ranges},
                                        {"disable-override", Field::yes_no}};
constexpr FieldRow profile_group_fields[] = {{"virus", Field::profiles},
                                             {"spyware", Field::profiles},
                                             {"vulnerability", Field::profiles},
                                             {"url-filtering", Field::profiles},
                                             {"file-blocking", Field::profiles},
                                             {"wildfire-analysis", Field::profiles},
                                             {"data-filtering", Field::profiles},
                                             {"gtp", Field::words},
                                             {"sctp", Field::words},
                                             {"ai-security", Field::words},
                                             {"dns-security", Field::words},
                                             {"disable-override", Field::yes_no}};
constexpr FieldRow log_profile_fields[] = {{"description", Field::text},
                                           {"enhanced-application-logging", Field::yes_no},
                                           {"match-list", Field::unknown},
                                           {"disable-override", Field::yes_no}};
constexpr FieldRow url_category_fields[] = {{"description", Field::text},
                                            {"list", Field::words},
                                            {"type", Field::category_type, 900},
                                            {"disable-override", Field::yes_no}};

bool begins_with(std::string_view path, std::string_view with) {
    return path.size() > with.size() && path.substr(0, with.size()) == with && path[with.size()] == '/';
}

bool may_object_hold(const ObjectPlace& place, const Way& parent, std::string_view tag, const Version& version) {
    if (parent.size() == place.container) {
        return tag == "entry";
    }
    const auto rows = fields_of(place.kind);
    if (rows.empty()) {
        return true;
    }
    std::string path = path_below(parent, place.container + 1);
    for (const FieldRow& row : rows) {
        if (row.is_in(version) && (row.path == path || begins_with(path, row.path))) {
            return row.field == Field::unknown || (row.path == path && is_list(row.field) && tag == "member");
        }
    }
    path += path.empty() ? "" : "/";
    path += tag;
    return std::any_of(rows.begin(), rows.end(), [&](const FieldRow& row) {
        return row.is_in(version) && (row.path == path || begins_with(row.path, path));
    });
}

}  // namespace

bool may_hold(const Way& parent, std::string_view tag, const Version& version) {
    if (parent.empty()) {
        return tag == "config";
    }
    if (const auto place = object_place(parent)) {
        return may_object_hold(*place, parent, tag, version);
    }
    if (parent.size() == 1) {
        return in_config().contains(tag);
    }
    if (parent[1].tag == "devices" && parent.size() < 5) {
        if (parent.size() == 2) {
            return tag == "entry";
        }
        if (parent.size() == 3) {
            return in_device().contains(tag);
        }
        if (parent[3].tag == "vsys" || in_panorama_device().contains(parent[3].tag)) {
            return tag == "entry";
        }
        return true;
    }
    const std::size_t scope = scope_length(parent);
    if (scope == 0) {
        return true;
    }
    if (parent.size() == scope) {
        if (tag == "dynamic-user-group" && !version.at_least(9, 1)) {
            return false;
        }
        return in_scope().contains(tag) || in_panorama_scope().contains(tag) ||
               (scope == 5 && parent[3].tag == "device-group" && in_device_group().contains(tag));
    }
    if (parent[scope].tag == "rulebase" || in_panorama_scope().contains(parent[scope].tag)) {
        if (parent.size() == scope + 1) {
            return in_rulebase().contains(tag);
        }
        if (parent.size() == scope + 2 && parent[scope + 1].tag != "default-security-rules") {
            return tag == "rules";
        }
    }
    return true;
}

bool model_has(bool panorama, const Way& parent, std::string_view tag) {
    if (parent.size() == 1 && parent[0].tag == "config") {
        return panorama || tag != "panorama";  // there a firewall keeps what was pushed to it
    }
    if (parent.size() == 3 && parent[1].tag == "devices") {
        return panorama ? tag != "vsys" && tag != "network" : !in_panorama_device().contains(tag);
    }
    const std::size_t scope = scope_length(parent);
    if (scope != 0 && parent.size() == scope) {
        return panorama ? tag != "rulebase" : !in_panorama_scope().contains(tag);
    }
    return true;
}

std::string path_below(const Way& way, std::size_t from) {
    std::string path;
    for (std::size_t i = from; i < way.size(); ++i) {
        path += (path.empty() ? "" : "/") + way[i].tag;
    }
    return path;
}

std::span<const FieldRow> fields_of(Kind kind) {
    switch (kind) {
        case Kind::address:
            return address_fields;
        case Kind::address_group:
            return group_fields;
        case Kind::tag:
            return tag_fields;
        case Kind::service:
            return service_fields;
        case Kind::service_group:
            return service_group_fields;
        case Kind::external_list:
            return list_fields;
        case Kind::zone:
            return zone_fields;
        case Kind::security_rule:
        case Kind::pre_rule:
        case Kind::post_rule:
            return rule_fields;
        case Kind::application_group:
            return application_group_fields;
        case Kind::schedule:
            return schedule_fields;
        case Kind::profile_group:
            return profile_group_fields;
        case Kind::log_profile:
            return log_profile_fields;
        case Kind::url_category:
            return url_category_fields;
        case Kind::application:
        case Kind::application_filter:
        case Kind::other:
            break;
    }
    return {};
}

Field field_of(Kind kind, std::string_view path) {
    for (const FieldRow& row : fields_of(kind)) {
        if (row.path == path) {
            return row.field;
        }
    }
    return Field::unknown;
}

bool is_list(Field field) {
    switch (field) {
        case Field::words:
        case Field::clock_ranges:
        case Field::moments_ranges:
        case Field::group_members:
        case Field::addresses:
        case Field::zones:
        case Field::services:
        case Field::tags:
        case Field::applications:
        case Field::categories:
        case Field::profile_groups:
        case Field::profiles:
        case Field::interfaces:
            return true;
        default:
            return false;
    }
}

bool is_reference(Field field) {
    return (is_list(field) && field != Field::words && field != Field::clock_ranges &&
            field != Field::moments_ranges) ||
           field == Field::schedule_name || field == Field::log_profile_name || field == Field::tag_name;
}

bool can_name(Field field, Kind kind) {
    switch (field) {
        case Field::group_members:
            return kind == Kind::address || kind == Kind::address_group;
        case Field::addresses:
            return kind == Kind::address || kind == Kind::address_group || kind == Kind::external_list;
        case Field::zones:
            return kind == Kind::zone;
        case Field::services:
            return kind == Kind::service || kind == Kind::service_group;
        case Field::tags:
        case Field::tag_name:
            return kind == Kind::tag;
        case Field::applications:
            return kind == Kind::application || kind == Kind::application_group || kind == Kind::application_filter;
        case Field::categories:
            return kind == Kind::url_category || kind == Kind::external_list;
        case Field::profile_groups:
            return kind == Kind::profile_group;
        case Field::schedule_name:
            return kind == Kind::schedule;
        case Field::log_profile_name:
            return kind == Kind::log_profile;
        default:
            return false;
    }
}

std::vector<std::string> children_known(const Way& parent) {
    std::vector<std::string> known;
    const auto add = [&known](std::string_view tag) {
        if (std::find(known.begin(), known.end(), tag) == known.end()) {
            known.emplace_back(tag);
        }
    };
    const auto all_of = [&add](const Set& set) {
        for (const std::string_view tag : set) {
            add(tag);
        }
    };
    const std::size_t scope = scope_length(parent);
    if (const auto place = object_place(parent)) {
        if (place->entry) {
            const std::string path = path_below(parent, place->container + 1);
            for (const FieldRow& row : fields_of(place->kind)) {
                if (path.empty() || begins_with(row.path, path)) {
                    const std::string_view rest = row.path.substr(path.empty() ? 0 : path.size() + 1);
                    add(rest.substr(0, rest.find('/')));
                }
            }
        }
    } else if (parent.size() == 1) {
        all_of(in_config());
    } else if (scope == 0 && parent.size() == 3 && parent[1].tag == "devices") {
        all_of(in_device());
    } else if (scope != 0 && parent.size() == scope) {
        all_of(in_scope());
    } else if (scope != 0 && (parent[scope].tag == "rulebase" || in_panorama_scope().contains(parent[scope].tag))) {
        if (parent.size() == scope + 1) {
            all_of(in_rulebase());
        } else if (parent.size() == scope + 2) {
            add("rules");
        }
    }
    std::sort(known.begin(), known.end());
    return known;
}

}  // namespace sim::panos
