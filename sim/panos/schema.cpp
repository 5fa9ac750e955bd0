#include "sim/panos/schema.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <unordered_set>

namespace sim::panos {
namespace {

using Set = std::unordered_set<std::string_view>;

const Set& in_config() {
    static const Set set{"mgt-config", "shared", "devices", "readonly", "predefined"};
    return set;
}

const Set& in_device() {
    static const Set set{"network", "deviceconfig", "vsys", "plugins", "platform"};
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

struct FieldRow {
    std::string_view name;
    Field field;
};

constexpr std::array address_fields{FieldRow{"ip-netmask", Field::netmask},     FieldRow{"ip-range", Field::range},
                                    FieldRow{"ip-wildcard", Field::wildcard},   FieldRow{"fqdn", Field::fqdn},
                                    FieldRow{"description", Field::text},       FieldRow{"tag", Field::tags},
                                    FieldRow{"disable-override", Field::yes_no}};
constexpr std::array group_fields{FieldRow{"static", Field::group_members}, FieldRow{"dynamic", Field::unknown},
                                  FieldRow{"description", Field::text}, FieldRow{"tag", Field::tags},
                                  FieldRow{"disable-override", Field::yes_no}};
constexpr std::array tag_fields{FieldRow{"color", Field::colour}, FieldRow{"comments", Field::text},
                                FieldRow{"disable-override", Field::yes_no}};
constexpr std::array service_fields{FieldRow{"protocol", Field::unknown}, FieldRow{"description", Field::text},
                                    FieldRow{"tag", Field::tags}, FieldRow{"disable-override", Field::yes_no}};
constexpr std::array service_group_fields{FieldRow{"members", Field::services}, FieldRow{"tag", Field::tags},
                                          FieldRow{"disable-override", Field::yes_no}};
constexpr std::array list_fields{FieldRow{"type", Field::unknown}, FieldRow{"disable-override", Field::yes_no}};
constexpr std::array zone_fields{
    FieldRow{"network", Field::unknown}, FieldRow{"user-acl", Field::unknown}, FieldRow{"device-acl", Field::unknown},
    FieldRow{"enable-user-identification", Field::yes_no}, FieldRow{"enable-device-identification", Field::yes_no}};
constexpr std::array rule_fields{FieldRow{"from", Field::zones},
                                 FieldRow{"to", Field::zones},
                                 FieldRow{"source", Field::addresses},
                                 FieldRow{"destination", Field::addresses},
                                 FieldRow{"source-user", Field::words},
                                 FieldRow{"category", Field::words},
                                 FieldRow{"application", Field::words},
                                 FieldRow{"service", Field::services},
                                 FieldRow{"hip-profiles", Field::words},
                                 FieldRow{"source-hip", Field::words},
                                 FieldRow{"destination-hip", Field::words},
                                 FieldRow{"action", Field::action},
                                 FieldRow{"log-start", Field::yes_no},
                                 FieldRow{"log-end", Field::yes_no},
                                 FieldRow{"negate-source", Field::yes_no},
                                 FieldRow{"negate-destination", Field::yes_no},
                                 FieldRow{"disabled", Field::yes_no},
                                 FieldRow{"icmp-unreachable", Field::yes_no},
                                 FieldRow{"disable-inspect", Field::yes_no},
                                 FieldRow{"description", Field::text},
                                 FieldRow{"tag", Field::tags},
                                 FieldRow{"group-tag", Field::unknown},
                                 FieldRow{"log-setting", Field::unknown},
                                 FieldRow{"schedule", Field::unknown},
                                 FieldRow{"rule-type", Field::unknown},
                                 FieldRow{"profile-setting", Field::unknown},
                                 FieldRow{"option", Field::unknown},
                                 FieldRow{"qos", Field::unknown},
                                 FieldRow{"target", Field::unknown},
                                 FieldRow{"saas-user-list", Field::words},
                                 FieldRow{"saas-tenant-list", Field::words}};

template <class Rows>
Field look(const Rows& rows, std::string_view name, bool& found) {
    const auto at = std::find_if(rows.begin(), rows.end(), [name](const FieldRow& row) { return row.name == name; });
    found = at != rows.end();
    return found ? at->field : Field::unknown;
}

Field look(Kind kind, std::string_view name, bool& found) {
    switch (kind) {
        case Kind::address:
            return look(address_fields, name, found);
        case Kind::address_group:
            return look(group_fields, name, found);
        case Kind::tag:
            return look(tag_fields, name, found);
        case Kind::service:
            return look(service_fields, name, found);
        case Kind::service_group:
            return look(service_group_fields, name, found);
        case Kind::external_list:
            return look(list_fields, name, found);
        case Kind::zone:
            return look(zone_fields, name, found);
        case Kind::security_rule:
            return look(rule_fields, name, found);
        case Kind::other:
            break;
    }
    found = true;
    return Field::unknown;
}

bool is_list(Field field) {
    return field == Field::group_members || field == Field::addresses || field == Field::zones ||
           field == Field::services || field == Field::tags || field == Field::words;
}

bool may_object_hold(const ObjectPlace& place, const Way& parent, std::string_view tag) {
    bool found = false;
    if (parent.size() == place.container) {
        return tag == "entry";
    }
    if (parent.size() == place.container + 1) {
        look(place.kind, tag, found);
        return found;
    }
    const Field field = look(place.kind, parent[place.container + 1].tag, found);
    if (place.kind == Kind::address_group && parent[place.container + 1].tag == "dynamic") {
        return parent.size() == place.container + 2 && tag == "filter";
    }
    if (field == Field::unknown) {
        return true;
    }
    return is_list(field) && parent.size() == place.container + 2 && tag == "member";
}

}  // namespace

bool may_hold(const Way& parent, std::string_view tag) {
    if (parent.empty()) {
        return tag == "config";
    }
    if (const auto place = object_place(parent)) {
        return may_object_hold(*place, parent, tag);
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
        if (parent[3].tag == "vsys") {
            return tag == "entry";
        }
        return true;
    }
    const std::size_t scope = scope_length(parent);
    if (scope == 0) {
        return true;
    }
    if (parent.size() == scope) {
        return in_scope().contains(tag);
    }
    if (parent[scope].tag == "rulebase") {
        if (parent.size() == scope + 1) {
            return in_rulebase().contains(tag);
        }
        if (parent.size() == scope + 2 && parent[scope + 1].tag != "default-security-rules") {
            return tag == "rules";
        }
    }
    return true;
}

Field field_of(Kind kind, std::string_view name) {
    bool found = false;
    return look(kind, name, found);
}

Limits limits_of(std::string_view model) {
    const auto begins = [model](std::string_view with) { return model.substr(0, with.size()) == with; };
    if (begins("PA-220") || begins("PA-410") || begins("VM-50")) {
        return Limits{2500, 125, 2500, 500};
    }
    if (begins("PA-32") || begins("PA-34")) {
        return Limits{10000, 1000, 2500, 5000};
    }
    if (begins("PA-52") || begins("PA-54") || begins("PA-7") || begins("Panorama")) {
        return Limits{160000, 40000, 2500, 65000};
    }
    return Limits{};
}

}  // namespace sim::panos
