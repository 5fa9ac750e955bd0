#include "sim/panos/call/rest_call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "sim/panos/tree/xml.hpp"
#include "sim/panos/web/rest_json.hpp"

namespace sim::panos {
namespace {

constexpr std::string_view root = "/restapi/";
constexpr std::string_view json_type = "application/json; charset=UTF-8";

// ---- errors ---------------------------------------------------------------------------------------------------------

// HTTP status of the documented codes (REST API guide, "PAN-OS REST API Error Codes").
unsigned http_status(int code) {
    constexpr std::array<unsigned, 17> statuses{200, 499, 500, 400, 504, 404, 409, 403, 429,
                                                400, 409, 400, 501, 500, 503, 500, 401};
    return code > 0 && code < static_cast<int>(statuses.size()) ? statuses[static_cast<std::size_t>(code)] : 500;
}

struct Refusing {
    int rest;                  // code of the REST API
    std::string_view message;  // and what begins the description
};

// What a code of the XML API is in the REST API. Only 12 is recorded; the others follow its pattern.
Refusing refusing(int xml_code) {
    switch (xml_code) {
        case 6:
            return {3, "Invalid Query Parameter"};
        case 7:
            return {5, "Object Not Present"};
        case 8:
            return {6, "Object Not Unique"};
        case 10:
            return {9, "Reference Not Zero"};
        case 12:
            return {3, "Invalid Object"};
        case 13:
            return {5, "Object Not Found"};
        case 14:
            return {9, "Operation Not Possible"};
        case 15:
            return {7, "Operation Denied"};
        case 16:
            return {7, "Unauthorized"};
        case 17:
        case 18:
            return {3, "Malformed Request"};
        default:
            return {13, "Internal Error"};
    }
}

Reply failure(int code, std::string_view message, int cause, std::string_view why) {
    Reply reply;
    reply.http_status = http_status(code);
    reply.content_type = std::string(json_type);
    reply.status = "error";
    reply.code = std::to_string(code);
    reply.body = fmt::format(
        R"({{"code":{},"message":{},"details":[{{"@type":"CauseInfo","causes":[{{"code":{},"module":"panui_mgmt","description":{}}}]}}]}})",
        code, quoted_json(message), cause, quoted_json(fmt::format("{}: {}", message, why)));
    return reply;
}

// What this file refuses itself, in the dialect that in_rest_dialect() translates.
Reply refused(int xml_code, std::string_view why) {
    return error(xml_code, {escaped_line(why)});
}

Reply bad_parameter(std::string_view why) {
    return refused(6, why);
}

// The lines without CDATA and entities, each with its leading blank and a full stop, one blank between them: clients
// take the references of a refused delete apart at ".  ".
std::string described(const Element& response) {
    std::string out;
    const std::function<void(const Element&)> walk = [&](const Element& element) {
        const std::string_view text = element.text;
        if (element.children.empty() && text.find_first_not_of(" \n") != std::string_view::npos) {
            out += (out.empty() ? "" : " ") + std::string(text) + (text.back() == '.' ? "" : ".");
        }
        for (const Element& child : element.children) {
            walk(child);
        }
    };
    walk(response);
    return out;
}

int number_of(std::string_view text) {
    int value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc{} ? value : 0;
}

// ---- resources and places -------------------------------------------------------------------------------------------

enum class Root { scope, network, device, vsys };
enum class On { every_device, firewall, panorama };
enum class Kept { device_group, template_of_panorama };  // of a Panorama

struct Resource {
    std::string_view name;
    Root root;
    std::string_view container;  // below the scope, or below the device
    bool shared;                 // may be in location=shared
    bool writable;
    On on = On::every_device;
    Kept kept = Kept::device_group;

    bool policy() const { return name.rfind("Policies/", 0) == 0; }
    /// What the release 9.0 had. A client asks a 9.1 for interfaces; the guide of 9.0 knows but these.
    bool first_ones() const { return policy() || name.rfind("Objects/", 0) == 0; }
    bool in_template() const {
        return kept == Kept::template_of_panorama || root == Root::network || root == Root::vsys;
    }
};

constexpr std::array resources{
    Resource{"Objects/Addresses", Root::scope, "address", true, true},
    Resource{"Objects/AddressGroups", Root::scope, "address-group", true, true},
    Resource{"Objects/Regions", Root::scope, "region", true, true},
    Resource{"Objects/Applications", Root::scope, "application", true, true},
    Resource{"Objects/ApplicationGroups", Root::scope, "application-group", true, true},
    Resource{"Objects/Services", Root::scope, "service", true, true},
    Resource{"Objects/ServiceGroups", Root::scope, "service-group", true, true},
    Resource{"Objects/Tags", Root::scope, "tag", true, true},
    Resource{"Objects/ExternalDynamicLists", Root::scope, "external-list", true, true},
    Resource{"Objects/CustomURLCategories", Root::scope, "profiles/custom-url-category", true, true},
    Resource{"Objects/DynamicUserGroups", Root::scope, "dynamic-user-group", true, true},
    Resource{"Objects/ApplicationFilters", Root::scope, "application-filter", true, true},
    Resource{"Objects/GlobalProtectHIPObjects", Root::scope, "profiles/hip-objects", true, true},
    Resource{"Objects/GlobalProtectHIPProfiles", Root::scope, "profiles/hip-profiles", true, true},
    Resource{"Objects/CustomDataPatterns", Root::scope, "profiles/data-objects", true, true},
    Resource{"Objects/CustomSpywareSignatures", Root::scope, "threats/spyware", true, true},
    Resource{"Objects/CustomVulnerabilitySignatures", Root::scope, "threats/vulnerability", true, true},
    Resource{"Objects/AntivirusSecurityProfiles", Root::scope, "profiles/virus", true, true},
    Resource{"Objects/AntiSpywareSecurityProfiles", Root::scope, "profiles/spyware", true, true},
    Resource{"Objects/VulnerabilityProtectionSecurityProfiles", Root::scope, "profiles/vulnerability", true, true},
    Resource{"Objects/URLFilteringSecurityProfiles", Root::scope, "profiles/url-filtering", true, true},
    Resource{"Objects/FileBlockingSecurityProfiles", Root::scope, "profiles/file-blocking", true, true},
    Resource{"Objects/WildFireAnalysisSecurityProfiles", Root::scope, "profiles/wildfire-analysis", true, true},
    Resource{"Objects/DataFilteringSecurityProfiles", Root::scope, "profiles/data-filtering", true, true},
    Resource{"Objects/DoSProtectionSecurityProfiles", Root::scope, "profiles/dos-protection", true, true},
    Resource{"Objects/LogForwardingProfiles", Root::scope, "log-settings/profiles", true, true},
    Resource{"Objects/AuthenticationEnforcements", Root::scope, "authentication-object", true, true},
    Resource{"Objects/DecryptionProfiles", Root::scope, "profiles/decryption", true, true},
    Resource{"Objects/Schedules", Root::scope, "schedule", true, true},
    Resource{"Objects/SecurityProfileGroups", Root::scope, "profile-group", true, true},
    Resource{"Objects/Devices", Root::scope, "device-object", true, true},
    Resource{"Objects/SDWANPathQualityProfiles", Root::scope, "profiles/sdwan-path-quality", true, true},
    Resource{"Objects/SDWANTrafficDistributionProfiles", Root::scope, "profiles/sdwan-traffic-distribution", true,
             true},
    Resource{"Objects/SDWANSaasQualityProfiles", Root::scope, "profiles/sdwan-saas-quality", true, true},
    Resource{"Objects/SDWANErrorCorrectionProfiles", Root::scope, "profiles/sdwan-error-correction", true, true},
    Resource{"Objects/PacketBrokerProfiles", Root::scope, "profiles/packet-broker", true, true},
    Resource{"Objects/GTPProtectionSecurityProfiles", Root::scope, "profiles/gtp", true, true},
    Resource{"Objects/SCTPProtectionSecurityProfiles", Root::scope, "profiles/sctp-protection", true, true},
    Resource{"Policies/SecurityRules", Root::scope, "rulebase/security/rules", false, true, On::firewall},
    Resource{"Policies/SecurityPreRules", Root::scope, "pre-rulebase/security/rules", true, true, On::panorama},
    Resource{"Policies/SecurityPostRules", Root::scope, "post-rulebase/security/rules", true, true, On::panorama},
    Resource{"Policies/NATRules", Root::scope, "rulebase/nat/rules", false, true, On::firewall},
    Resource{"Policies/QoSRules", Root::scope, "rulebase/qos/rules", false, true, On::firewall},
    Resource{"Policies/PolicyBasedForwardingRules", Root::scope, "rulebase/pbf/rules", false, true, On::firewall},
    Resource{"Policies/DecryptionRules", Root::scope, "rulebase/decryption/rules", false, true, On::firewall},
    Resource{"Policies/ApplicationOverrideRules", Root::scope, "rulebase/application-override/rules", false, true,
             On::firewall},
    Resource{"Policies/AuthenticationRules", Root::scope, "rulebase/authentication/rules", false, true, On::firewall},
    Resource{"Policies/DoSRules", Root::scope, "rulebase/dos/rules", false, true, On::firewall},
    Resource{"Policies/NATPreRules", Root::scope, "pre-rulebase/nat/rules", true, true, On::panorama},
    Resource{"Policies/NATPostRules", Root::scope, "post-rulebase/nat/rules", true, true, On::panorama},
    Resource{"Policies/QoSPreRules", Root::scope, "pre-rulebase/qos/rules", true, true, On::panorama},
    Resource{"Policies/QoSPostRules", Root::scope, "post-rulebase/qos/rules", true, true, On::panorama},
    Resource{"Policies/PolicyBasedForwardingPreRules", Root::scope, "pre-rulebase/pbf/rules", true, true, On::panorama},
    Resource{"Policies/PolicyBasedForwardingPostRules", Root::scope, "post-rulebase/pbf/rules", true, true,
             On::panorama},
    Resource{"Policies/DecryptionPreRules", Root::scope, "pre-rulebase/decryption/rules", true, true, On::panorama},
    Resource{"Policies/DecryptionPostRules", Root::scope, "post-rulebase/decryption/rules", true, true, On::panorama},
    Resource{"Policies/ApplicationOverridePreRules", Root::scope, "pre-rulebase/application-override/rules", true, true,
             On::panorama},
    Resource{"Policies/ApplicationOverridePostRules", Root::scope, "post-rulebase/application-override/rules", true,
             true, On::panorama},
    Resource{"Policies/AuthenticationPreRules", Root::scope, "pre-rulebase/authentication/rules", true, true,
             On::panorama},
    Resource{"Policies/AuthenticationPostRules", Root::scope, "post-rulebase/authentication/rules", true, true,
             On::panorama},
    Resource{"Policies/DoSPreRules", Root::scope, "pre-rulebase/dos/rules", true, true, On::panorama},
    Resource{"Policies/DoSPostRules", Root::scope, "post-rulebase/dos/rules", true, true, On::panorama},
    Resource{"Policies/TunnelInspectionRules", Root::scope, "rulebase/tunnel-inspect/rules", false, true, On::firewall},
    Resource{"Policies/TunnelInspectionPreRules", Root::scope, "pre-rulebase/tunnel-inspect/rules", true, true,
             On::panorama},
    Resource{"Policies/TunnelInspectionPostRules", Root::scope, "post-rulebase/tunnel-inspect/rules", true, true,
             On::panorama},
    Resource{"Policies/SDWANRules", Root::scope, "rulebase/sdwan/rules", false, true, On::firewall},
    Resource{"Policies/SDWANPreRules", Root::scope, "pre-rulebase/sdwan/rules", true, true, On::panorama},
    Resource{"Policies/SDWANPostRules", Root::scope, "post-rulebase/sdwan/rules", true, true, On::panorama},
    Resource{"Policies/NetworkPacketBrokerRules", Root::scope, "rulebase/network-packet-broker/rules", false, true,
             On::firewall},
    Resource{"Policies/NetworkPacketBrokerPreRules", Root::scope, "pre-rulebase/network-packet-broker/rules", true,
             true, On::panorama},
    Resource{"Policies/NetworkPacketBrokerPostRules", Root::scope, "post-rulebase/network-packet-broker/rules", true,
             true, On::panorama},
    Resource{"Network/Zones", Root::scope, "zone", false, true, On::every_device, Kept::template_of_panorama},
    Resource{"Network/EthernetInterfaces", Root::network, "interface/ethernet", false, true},
    Resource{"Network/VirtualRouters", Root::network, "virtual-router", false, true},
    Resource{"Network/AggregateEthernetInterfaces", Root::network, "interface/aggregate-ethernet", false, true},
    Resource{"Network/VLANInterfaces", Root::network, "interface/vlan/units", false, true},
    Resource{"Network/LoopbackInterfaces", Root::network, "interface/loopback/units", false, true},
    Resource{"Network/TunnelInterfaces", Root::network, "interface/tunnel/units", false, true},
    Resource{"Network/VLANs", Root::network, "vlan", false, true},
    Resource{"Network/VirtualWires", Root::network, "virtual-wire", false, true},
    Resource{"Network/IPSecTunnels", Root::network, "tunnel/ipsec", false, true},
    Resource{"Network/GRETunnels", Root::network, "tunnel/gre", false, true},
    Resource{"Network/DNSProxies", Root::network, "dns-proxy", false, true},
    Resource{"Network/InterfaceManagementNetworkProfiles", Root::network, "profiles/interface-management-profile",
             false, false},
    Resource{"Network/ZoneProtectionNetworkProfiles", Root::network, "profiles/zone-protection-profile", false, true},
    Resource{"Network/IKEGatewayNetworkProfiles", Root::network, "ike/gateway", false, true},
    Resource{"Network/IKECryptoNetworkProfiles", Root::network, "ike/crypto-profiles/ike-crypto-profiles", false,
             false},
    Resource{"Network/IPSecCryptoNetworkProfiles", Root::network, "ike/crypto-profiles/ipsec-crypto-profiles", false,
             false},
    Resource{"Network/TunnelMonitorNetworkProfiles", Root::network, "profiles/monitor-profile", false, true},
    Resource{"Network/LogicalRouters", Root::network, "logical-router", false, true},
    Resource{"Network/QoSInterfaces", Root::network, "qos/interface", false, true},
    Resource{"Network/DHCPServers", Root::network, "dhcp/interface", false, true},
    Resource{"Network/SDWANInterfaces", Root::network, "interface/sdwan/units", false, true},
    Resource{"Network/QoSNetworkProfiles", Root::network, "qos/profile", false, true},
    Resource{"Network/LLDPNetworkProfiles", Root::network, "profiles/lldp-profile", false, true},
    Resource{"Network/BFDNetworkProfiles", Root::network, "profiles/bfd-profile", false, true},
    Resource{"Network/SDWANInterfaceProfiles", Root::scope, "sdwan-interface-profile", true, true, On::every_device,
             Kept::template_of_panorama},
    Resource{"Network/GlobalProtectPortals", Root::scope, "global-protect/global-protect-portal", false, true,
             On::every_device, Kept::template_of_panorama},
    Resource{"Network/GlobalProtectGateways", Root::scope, "global-protect/global-protect-gateway", false, true,
             On::every_device, Kept::template_of_panorama},
    Resource{"Network/GlobalProtectIPSecCryptoNetworkProfiles", Root::network,
             "ike/crypto-profiles/global-protect-app-crypto-profiles", false, true},
    Resource{"Panorama/DeviceGroups", Root::device, "device-group", false, true, On::panorama},
    Resource{"Panorama/Templates", Root::device, "template", false, true, On::panorama},
    Resource{"Panorama/TemplateStacks", Root::device, "template-stack", false, true, On::panorama},
    Resource{"Device/VirtualSystems", Root::vsys, "vsys", false, true},
    Resource{"Device/SNMPTrapServerProfiles", Root::scope, "log-settings/snmptrap", true, true, On::every_device,
             Kept::template_of_panorama},
    Resource{"Device/SyslogServerProfiles", Root::scope, "log-settings/syslog", true, true, On::every_device,
             Kept::template_of_panorama},
    Resource{"Device/EmailServerProfiles", Root::scope, "log-settings/email", true, true, On::every_device,
             Kept::template_of_panorama},
    Resource{"Device/HTTPServerProfiles", Root::scope, "log-settings/http", true, true, On::every_device,
             Kept::template_of_panorama},
    Resource{"Device/LDAPServerProfiles", Root::scope, "server-profile/ldap", true, true, On::every_device,
             Kept::template_of_panorama},
};

struct Place {
    std::string container;  // xpath of what holds the entries
    std::vector<std::pair<std::string, std::string>> shown;
    bool read_only = false;
    bool outline = false;  // what the entries are, without the configuration that they hold
};

constexpr std::string_view device = "/config/devices/entry[@name='localhost.localdomain']";

std::string named_step(std::string_view tag, std::string_view name) {
    const char quote = name.find('\'') == std::string_view::npos ? '\'' : '"';
    return fmt::format("{}[@name={}{}{}]", tag, quote, name, quote);
}

bool exists(const NodePtr& configuration, const std::string& xpath) {
    const auto parsed = XPath::parse(xpath);
    return parsed && !parsed->select(configuration).nodes.empty();
}

std::string below_device(std::string_view root_of_device, const Resource& resource) {
    return fmt::format("{}/{}{}", root_of_device, resource.root == Root::network ? "network/" : "", resource.container);
}

// What a Panorama has for its firewalls' network and devices: location=template or template-stack, with the vsys for
// what lies in one.
tl::expected<Place, Reply> place_in_template(const Machine& machine, const Resource& resource,
                                             const Parameters& query) {
    const auto refuse = [](std::string_view why) { return tl::make_unexpected(bad_parameter(why)); };
    const std::string location(query.value("location"));
    if (location != "template" && location != "template-stack") {
        return refuse(location.empty() ? std::string("location is missing")
                                       : fmt::format("location '{}' is not valid for {}", location, resource.name));
    }
    const std::string name(query.value(location));
    if (name.empty()) {
        return refuse(fmt::format("{} is missing", location));
    }
    const std::string entry = fmt::format("{}/{}/{}", device, location, named_step("entry", name));
    if (!exists(machine.configuration.candidate(), entry)) {
        return refuse(fmt::format("{} '{}' does not exist", location, name));
    }
    Place place;
    place.shown = {{"location", location}, {location, name}};
    place.outline = resource.root == Root::vsys;
    const std::string inside = entry + "/config/devices/entry[@name='localhost.localdomain']";
    if (resource.root != Root::scope) {
        place.container = below_device(inside, resource);
        return place;
    }
    const std::string vsys(query.value("vsys"));
    if (vsys.empty() && !resource.shared) {
        return refuse("vsys is missing");
    }
    if (vsys.empty() || vsys == "shared") {
        place.container = fmt::format("{}/config/shared/{}", entry, resource.container);
        return place;
    }
    place.shown.emplace_back("vsys", vsys);
    place.container = fmt::format("{}/vsys/{}/{}", inside, named_step("entry", vsys), resource.container);
    return place;
}

// Where a location's entries are. A device group's is answered wherever the tree has device groups.
tl::expected<Place, Reply> place_of(const Machine& machine, const Resource& resource, const Parameters& query) {
    const auto refuse = [](std::string_view why) { return tl::make_unexpected(bad_parameter(why)); };
    const std::string location(query.value("location"));
    if (resource.root == Root::device) {
        return Place{fmt::format("{}/{}", device, resource.container), {}, false, true};
    }
    if (machine.panorama() && resource.in_template()) {
        return place_in_template(machine, resource, query);
    }
    if (resource.root == Root::network || resource.root == Root::vsys) {
        return Place{below_device(device, resource), {}, false, resource.root == Root::vsys};
    }
    const NodePtr& candidate = machine.configuration.candidate();
    Place place;
    place.read_only = !resource.writable;
    place.shown.emplace_back("location", location);
    std::string scope;
    if (location == "vsys" || location == "panorama-pushed") {
        const std::string vsys(query.value("vsys"));
        if (vsys.empty()) {
            return refuse("vsys is missing");
        }
        scope = fmt::format("{}/vsys/{}", device, named_step("entry", vsys));
        if (!exists(candidate, scope)) {
            return refuse(fmt::format("vsys '{}' does not exist", vsys));
        }
        place.shown.emplace_back("vsys", vsys);
        if (location == "panorama-pushed") {
            scope = "/config/panorama/vsys/" + named_step("entry", vsys);
            place.read_only = true;
        }
    } else if (location == "shared" && resource.shared) {
        scope = "/config/shared";
    } else if (location == "predefined" && resource.shared) {
        scope = "/config/predefined";
        place.read_only = true;
    } else if (location == "device-group") {
        const std::string group(query.value("device-group"));
        if (group.empty()) {
            return refuse("device-group is missing");
        }
        scope = fmt::format("{}/device-group/{}", device, named_step("entry", group));
        if (!exists(candidate, scope)) {
            return refuse(fmt::format("device-group '{}' does not exist", group));
        }
        place.shown.emplace_back("device-group", group);
    } else {
        return refuse(location.empty() ? std::string("location is missing")
                                       : fmt::format("location '{}' is not valid for {}", location, resource.name));
    }
    place.container = fmt::format("{}/{}", scope, resource.container);
    return place;
}

// ---- one call -------------------------------------------------------------------------------------------------------

struct Asked {
    const Resource* resource = nullptr;
    std::string action;  // after a colon: rename, move
};

struct Spoken {
    std::string_view text;
    bool first_release = false;  // of the REST API: 9.0
};

// "v10.1/Objects/Addresses:rename" without the version; nothing for a version that the device does not speak.
std::optional<Spoken> resource_text(std::string_view path, const Version& version) {
    path.remove_prefix(root.size());
    std::string_view spelled = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), spelled.size() + 1));
    const bool marked = !spelled.empty() && spelled.front() == 'v';
    if (marked) {
        spelled.remove_prefix(1);
    }
    const std::size_t dot = spelled.find('.');
    if (dot == std::string_view::npos) {
        return std::nullopt;
    }
    const int major = number_of(spelled.substr(0, dot));
    const int minor = number_of(spelled.substr(dot + 1));
    const bool exact = spelled == fmt::format("{}.{}", major, minor);
    const bool spoken = major >= 9 && version.at_least(major, minor) && (marked || (major == 9 && minor == 0));
    return exact && spoken ? std::optional(Spoken{path, major == 9 && minor == 0}) : std::nullopt;
}

Asked asked(const Spoken& spoken, bool panorama) {
    Asked found;
    std::string_view text = spoken.text;
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos) {
        found.action = std::string(text.substr(colon + 1));
        text = text.substr(0, colon);
    }
    while (!text.empty() && text.back() == '/') {
        text.remove_suffix(1);
    }
    const On other = panorama ? On::firewall : On::panorama;
    const auto at = std::find_if(resources.begin(), resources.end(),
                                 [text, other](const Resource& each) { return each.name == text && each.on != other; });
    const bool known = at != resources.end() && (at->first_ones() || !spoken.first_release);
    found.resource = known ? &*at : nullptr;
    return found;
}

// "Objects/AddressGroups" as an admin-role profile spells it: "objects/address-groups".
std::string admin_role_name(std::string_view resource) {
    std::string out;
    for (std::size_t i = 0; i < resource.size(); ++i) {
        const char c = resource[i];
        const bool capital = c >= 'A' && c <= 'Z';
        const bool begins = i == 0 || resource[i - 1] == '/';
        const bool after_small = i > 0 && resource[i - 1] >= 'a' && resource[i - 1] <= 'z';
        if (capital && !begins && after_small) {
            out += '-';
        }
        out += capital ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

// The XML API's action for a method, empty when there is none. Only rules can be moved (REST API guide).
std::string_view action_of(std::string_view method, std::string_view colon, bool policy) {
    if (!colon.empty()) {
        return method == "POST" && (colon == "rename" || (colon == "move" && policy)) ? colon : std::string_view{};
    }
    return method == "GET"      ? "get"
           : method == "POST"   ? "set"
           : method == "PUT"    ? "edit"
           : method == "DELETE" ? "delete"
                                : std::string_view{};
}

struct Call {
    Machine& machine;
    Session session;
    Parameters query;
    std::string action;
    std::string body;
    const Resource* resource;

    Reply run() const;
    Reply read(const Place& place) const;
    Reply change(const Place& place) const;
    tl::expected<Element, Reply> entry(const std::string& name) const;
};

bool in_outline(std::string_view tag) {
    return tag == "description" || tag == "devices" || tag == "reference-templates" || tag == "templates" ||
           tag == "settings" || tag == "display-name" || tag == "import";
}

// A device group, a template or a virtual system without its objects, policies and settings.
NodePtr outline(const Node& entry) {
    auto shown = std::make_shared<Node>(entry.tag(), entry.value());
    entry.children().each([&shown](const Child& child) {
        if (in_outline(child.node->tag())) {
            shown->children().put(child.node, child.place);
        }
        return true;
    });
    return shown;
}

// What replaces an entry of which the resource is but the outline: the rest stays as it is.
tl::expected<Element, Reply> with_the_rest(const NodePtr& candidate, const std::string& xpath, Element entry) {
    for (const Element& each : entry.children) {
        if (!in_outline(each.name)) {
            return tl::make_unexpected(
                refused(12, fmt::format("{} -> {} unexpected here", entry.attribute("name"), each.name)));
        }
    }
    const auto parsed = XPath::parse(xpath);
    const auto nodes = parsed ? parsed->select(candidate).nodes : std::vector<LocatedPtr>{};
    if (nodes.empty()) {
        return entry;
    }
    std::string text;
    Layout layout;
    layout.marks = false;
    print(text, *nodes.front()->node, layout);
    const auto read = read_xml(text);
    if (read && read->size() == 1) {
        for (const Element& each : read->front().children) {
            if (!in_outline(each.name)) {
                entry.children.push_back(each);
            }
        }
    }
    return entry;
}

Reply listed(const std::vector<LocatedPtr>& nodes, const Place& place) {
    std::string entries;
    for (const LocatedPtr& each : nodes) {
        entries +=
            (entries.empty() ? "" : ",") + entry_json(place.outline ? *outline(*each->node) : *each->node, place.shown);
    }
    Reply reply;
    reply.content_type = std::string(json_type);
    reply.status = "success";
    reply.code = "19";
    reply.body =
        fmt::format(R"({{"@status":"success","@code":"19","result":{{"@total-count":"{0}","@count":"{0}"{1}}}}})",
                    nodes.size(), nodes.empty() ? "" : fmt::format(R"(,"entry":[{}])", entries));
    return reply;
}

Reply Call::read(const Place& place) const {
    const std::string name(query.value("name"));
    const std::string xpath = place.container + '/' + (name.empty() ? "entry" : named_step("entry", name));
    const auto parsed = XPath::parse(xpath);
    if (!parsed) {
        return bad_parameter(fmt::format("name '{}' is not valid", name));
    }
    const auto nodes = parsed->select(machine.configuration.candidate()).nodes;
    if (!name.empty() && nodes.empty()) {
        return refused(7, fmt::format("{} does not exist", name));
    }
    if (query.value("output-format") != "xml") {
        return listed(nodes, place);
    }
    std::string out = fmt::format("<result total-count=\"{0}\" count=\"{0}\">", nodes.size());
    Layout layout;
    layout.marks = false;
    for (const LocatedPtr& each : nodes) {
        out += "\n ";
        print(out, *each->node, layout);
    }
    return nodes.empty() ? success(7, "<result/>") : success(19, out + "\n</result>");
}

tl::expected<Element, Reply> Call::entry(const std::string& name) const {
    const auto refuse = [](std::string_view why) { return tl::make_unexpected(refused(18, why)); };
    const std::string_view format = query.value("input-format");
    auto entries = format == "xml" ? read_xml(body) : entries_of_json(body);
    if (!entries) {
        return refuse(entries.error());
    }
    if (entries->size() != 1 || entries->front().name != "entry") {
        return refuse("one entry is needed");
    }
    Element only = std::move(entries->front());
    for (const auto& [attribute, wanted] : {std::pair<std::string_view, std::string_view>{"name", name},
                                            {"location", query.value("location")},
                                            {"vsys", query.value("vsys")},
                                            {"device-group", query.value("device-group")},
                                            {"template", query.value("template")}}) {
        const std::string_view said = only.attribute(attribute);
        if (attribute == "name" ? said != wanted : !said.empty() && !wanted.empty() && said != wanted) {
            return tl::make_unexpected(
                bad_parameter(fmt::format("{} '{}' of the query is not '{}' of the body", attribute, wanted, said)));
        }
    }
    only.attributes = {{"name", name}};
    return only;
}

Reply Call::change(const Place& place) const {
    const std::string name(query.value("name"));
    if (name.empty()) {
        return bad_parameter("name is missing");
    }
    if (place.read_only) {
        return refused(15,
                       fmt::format("{} cannot be changed in location '{}'", resource->name, query.value("location")));
    }
    const std::string xpath = place.container + '/' + named_step("entry", name);
    const bool present = exists(machine.configuration.candidate(), xpath);
    if (action == "set" && present) {
        return refused(8, fmt::format("{} already exists", name));
    }
    if (action != "set" && !present) {
        return refused(7, fmt::format("{} does not exist", name));
    }
    // A new entry is put as a whole too, so that messages begin with its name, as the documented one does.
    const std::string whole = action == "set" ? "edit" : action;
    std::vector<std::pair<std::string, std::string>> fields{{"type", "config"}, {"action", whole}, {"xpath", xpath}};
    if (whole == "edit") {
        auto element = entry(name);
        if (element && place.outline) {
            element = with_the_rest(machine.configuration.candidate(), xpath, std::move(*element));
        }
        if (!element) {
            return element.error();
        }
        fields.emplace_back("element", to_xml(*element));
    }
    for (const std::string_view parameter : {"newname", "where", "dst"}) {
        const std::string value(query.value(parameter));
        const bool wanted =
            (action == "rename") == (parameter == "newname") && (action == "rename" || action == "move");
        const bool needed = parameter != "dst" || query.value("where") == "before" || query.value("where") == "after";
        if (wanted && needed && value.empty()) {
            return bad_parameter(fmt::format("{} is missing", parameter));
        }
        if (wanted && !value.empty()) {
            fields.emplace_back(parameter, value);
        }
    }
    return prepare_config(machine, session, Parameters::of(std::move(fields))).carry_out();
}

Reply Call::run() const {
    for (const std::string_view parameter : {"input-format", "output-format"}) {
        const std::string_view format = query.value(parameter);
        if (!format.empty() && format != "json" && format != "xml") {
            return bad_parameter(fmt::format("{} '{}' is not json or xml", parameter, format));
        }
    }
    const auto place = place_of(machine, *resource, query);
    if (!place) {
        return place.error();
    }
    return action == "get" ? read(*place) : change(*place);
}

std::string json_success(const Element& response) {
    std::string message;
    if (const Element* text = response.child("msg")) {
        message = text->text;
    }
    return fmt::format(R"({{"@status":"success","@code":{},"msg":{}}})", quoted_json(response.attribute("code")),
                       quoted_json(message));
}

}  // namespace

bool is_rest(std::string_view path) {
    return path.rfind(root, 0) == 0;
}

bool rest_takes_key_parameter(std::string_view path) {
    return path.rfind("/restapi/9.0/", 0) == 0 || path.rfind("/restapi/v9.0/", 0) == 0;
}

Parameters rest_parameters(const ApiCall& call) {
    net::HttpRequest only_query;
    only_query.target = call.target;
    return Parameters::read(only_query);
}

Prepared prepare_rest(Machine& machine, const Session& session, const ApiCall& call) {
    Prepared prepared;
    const std::string path = unescaped(path_of(call.target));
    const auto text = resource_text(path, machine.version);
    const Asked wanted = text ? asked(*text, machine.options.model == "Panorama") : Asked{};
    const std::string action(
        action_of(call.method, wanted.action, wanted.resource != nullptr && wanted.resource->policy()));
    prepared.note.action = action.empty() ? call.method.substr(0, 10) : action;
    if (wanted.resource == nullptr) {
        prepared.carry_out = [known = text.has_value()] {
            return failure(5, "Not Found", 5, known ? "there is no such resource" : "there is no such version");
        };
        return prepared;
    }
    const Right right = session.role.restapi_right(admin_role_name(wanted.resource->name));
    if (right == Right::none || (right == Right::read && action != "get")) {
        prepared.carry_out = [] { return failure(7, "Unauthorized", 16, "the role has no right to that"); };
        return prepared;
    }
    if (action.empty()) {
        prepared.carry_out = [] { return failure(12, "Not Implemented", 12, "the resource has no such method"); };
        return prepared;
    }
    prepared.kind = fault_subject(action).value_or(FaultOn::config);
    prepared.also = FaultOn::config;
    const Parameters query = rest_parameters(call);
    if (const auto place = place_of(machine, *wanted.resource, query)) {
        const std::string_view name = query.value("name");
        prepared.note.xpath = place->container + (name.empty() ? "" : '/' + named_step("entry", name));
    }
    prepared.note.element_bytes = call.body.size();
    prepared.carry_out = [made = Call{machine, session, query, action, call.body, wanted.resource}] {
        return made.run();
    };
    return prepared;
}

Reply in_rest_dialect(Reply reply, const ApiCall& call) {
    if (reply.content_type.rfind("application/xml", 0) != 0) {
        return reply;
    }
    const bool xml = rest_parameters(call).value("output-format") == "xml";
    const auto read = read_xml(reply.body);
    if (!read || read->size() != 1) {
        return reply;  // a fault made it what it is
    }
    const Element& response = read->front();
    if (response.attribute("status") == "success") {
        if (!xml) {
            reply.body = json_success(response);
            reply.content_type = std::string(json_type);
        }
        return reply;
    }
    const std::string why = described(response);
    if (reply.http_status == 403) {
        const bool unknown = why.find("Invalid Credential") != std::string::npos;
        return unknown ? failure(16, "Unauthenticated", 16, why) : failure(7, "Forbidden", 16, why);
    }
    const int code = number_of(response.attribute("code"));
    const Refusing as = reply.http_status == 400 ? Refusing{3, "Invalid Query Parameter"} : refusing(code);
    Reply failed = failure(as.rest, as.message, code, why);
    if (xml) {
        failed.content_type = "application/xml; charset=UTF-8";
        failed.body = reply.body;
    }
    return failed;
}

}  // namespace sim::panos
