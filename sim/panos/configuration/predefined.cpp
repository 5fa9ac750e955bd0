#include "sim/panos/configuration/predefined.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace sim::panos {
namespace {

struct Application {
    std::string_view name;
    std::string_view category;
    std::string_view subcategory;
    std::string_view technology;
    int risk;
    std::string_view ports;  // "tcp/80,tcp/443"; empty: none
};

constexpr std::string_view general = "general-internet";
constexpr std::string_view business = "business-systems";
constexpr std::string_view networking = "networking";
constexpr std::string_view collaboration = "collaboration";
constexpr std::string_view media = "media";
constexpr std::string_view browser = "browser-based";
constexpr std::string_view client_server = "client-server";
constexpr std::string_view protocol = "network-protocol";
constexpr std::string_view peers = "peer-to-peer";

constexpr std::array applications{
    Application{"3pc", networking, "ip-protocol", protocol, 1, ""},
    Application{"active-directory", business, "auth-service", client_server, 2, "tcp/445,udp/389"},
    Application{"adobe-creative-cloud-base", business, "general-business", client_server, 2, "tcp/80,tcp/443"},
    Application{"adobe-update", business, "software-update", client_server, 2, "tcp/80,tcp/443"},
    Application{"amazon-aws-console", business, "management", browser, 2, "tcp/443"},
    Application{"apple-push-notifications", collaboration, "internet-utility", client_server, 1, "tcp/5223,tcp/443"},
    Application{"apple-update", business, "software-update", client_server, 3, "tcp/80,tcp/443"},
    Application{"bacnet-base", business, "ics-protocols", protocol, 2, "udp/47808"},
    Application{"bgp", networking, "routing", protocol, 2, "tcp/179"},
    Application{"bittorrent", general, "file-sharing", peers, 5, "tcp/dynamic,udp/dynamic"},
    Application{"boxnet-base", general, "file-sharing", browser, 3, "tcp/80,tcp/443"},
    Application{"citrix", networking, "remote-access", client_server, 3, "tcp/1494,tcp/2598"},
    Application{"cotp", networking, "infrastructure", protocol, 1, "tcp/102"},
    Application{"dhcp", networking, "infrastructure", protocol, 2, "udp/67,udp/68"},
    Application{"discord-base", collaboration, "instant-messaging", client_server, 3, "tcp/443"},
    Application{"dnp3-base", business, "ics-protocols", protocol, 2, "tcp/20000"},
    Application{"dns", networking, "infrastructure", protocol, 3, "tcp/53,udp/53,tcp/853"},
    Application{"dns-over-https", networking, "infrastructure", protocol, 3, "tcp/443"},
    Application{"dropbox", general, "file-sharing", client_server, 4, "tcp/80,tcp/443"},
    Application{"ebay", general, "internet-utility", browser, 3, "tcp/80,tcp/443"},
    Application{"facebook-base", collaboration, "social-networking", browser, 4, "tcp/80,tcp/443"},
    Application{"facebook-chat", collaboration, "instant-messaging", browser, 3, "tcp/80,tcp/443"},
    Application{"facebook-posting", collaboration, "social-networking", browser, 3, "tcp/80,tcp/443"},
    Application{"facebook-video", media, "photo-video", browser, 4, "tcp/80,tcp/443"},
    Application{"flash", general, "internet-utility", browser, 5, "tcp/80"},
    Application{"ftp", general, "file-sharing", client_server, 5, "tcp/21"},
    Application{"github-base", business, "software-development", browser, 3, "tcp/80,tcp/443"},
    Application{"gmail-base", collaboration, "email", browser, 4, "tcp/80,tcp/443"},
    Application{"google-analytics", general, "internet-utility", browser, 1, "tcp/80,tcp/443"},
    Application{"google-base", general, "internet-utility", browser, 4, "tcp/80,tcp/443"},
    Application{"google-calendar-base", collaboration, "web-posting", browser, 3, "tcp/80,tcp/443"},
    Application{"google-docs-base", business, "office-programs", browser, 3, "tcp/80,tcp/443"},
    Application{"google-drive-web", general, "file-sharing", browser, 5, "tcp/80,tcp/443"},
    Application{"google-maps", general, "internet-utility", browser, 2, "tcp/80,tcp/443"},
    Application{"google-play", business, "software-update", client_server, 3, "tcp/80,tcp/443,tcp/5228"},
    Application{"google-update", business, "software-update", client_server, 2, "tcp/80,tcp/443"},
    Application{"gre", networking, "ip-protocol", protocol, 1, ""},
    Application{"h.323", collaboration, "voip-video", peers, 2, "tcp/1720"},
    Application{"hotmail", collaboration, "email", browser, 4, "tcp/80,tcp/443"},
    Application{"http-proxy", networking, "proxy", browser, 5, "tcp/80,tcp/8080"},
    Application{"http2", networking, "encrypted-tunnel", protocol, 2, "tcp/80,tcp/443"},
    Application{"icloud-base", general, "file-sharing", client_server, 3, "tcp/443"},
    Application{"icmp", networking, "ip-protocol", protocol, 4, ""},
    Application{"ike", networking, "encrypted-tunnel", protocol, 2, "udp/500,udp/4500"},
    Application{"imap", collaboration, "email", client_server, 4, "tcp/143"},
    Application{"instagram-base", collaboration, "social-networking", client_server, 2, "tcp/80,tcp/443"},
    Application{"ipsec-esp", networking, "ip-protocol", protocol, 2, ""},
    Application{"ipsec-esp-udp", networking, "encrypted-tunnel", protocol, 2, "udp/4500"},
    Application{"ipv6", networking, "ip-protocol", protocol, 1, ""},
    Application{"irc-base", collaboration, "instant-messaging", client_server, 3, "tcp/6667"},
    Application{"iscsi", business, "storage-backup", client_server, 2, "tcp/3260"},
    Application{"itunes-base", media, "audio-streaming", client_server, 3, "tcp/80,tcp/443"},
    Application{"jabber", collaboration, "instant-messaging", client_server, 5, "tcp/5222"},
    Application{"kerberos", business, "auth-service", client_server, 2, "tcp/88,udp/88"},
    Application{"l2tp", networking, "encrypted-tunnel", protocol, 2, "udp/1701"},
    Application{"ldap", business, "auth-service", client_server, 2, "tcp/389,udp/389"},
    Application{"linkedin-base", collaboration, "social-networking", browser, 3, "tcp/80,tcp/443"},
    Application{"mediafire", general, "file-sharing", browser, 4, "tcp/80,tcp/443"},
    Application{"modbus-base", business, "ics-protocols", protocol, 2, "tcp/502"},
    Application{"mongodb-base", business, "database", client_server, 2, "tcp/27017"},
    Application{"ms-ds-smb-base", business, "storage-backup", client_server, 3, "tcp/445"},
    Application{"ms-exchange", collaboration, "email", client_server, 4, "tcp/135"},
    Application{"ms-kms", business, "software-update", client_server, 1, "tcp/1688"},
    Application{"ms-netlogon", business, "auth-service", client_server, 2, "tcp/445"},
    Application{"ms-office365-base", business, "office-programs", browser, 3, "tcp/80,tcp/443"},
    Application{"ms-onedrive-base", general, "file-sharing", client_server, 4, "tcp/80,tcp/443"},
    Application{"ms-rdp", networking, "remote-access", client_server, 4, "tcp/3389"},
    Application{"ms-teams", collaboration, "internet-conferencing", client_server, 2, "tcp/80,tcp/443"},
    Application{"ms-update", business, "software-update", client_server, 3, "tcp/80,tcp/443"},
    Application{"ms-wmi", business, "management", client_server, 2, "tcp/135"},
    Application{"msrpc-base", networking, "infrastructure", protocol, 2, "tcp/135"},
    Application{"mssql-db-base", business, "database", client_server, 2, "tcp/1433"},
    Application{"mysql", business, "database", client_server, 2, "tcp/3306"},
    Application{"netbios-dg", networking, "infrastructure", protocol, 2, "udp/138"},
    Application{"netbios-ns", networking, "infrastructure", protocol, 2, "udp/137"},
    Application{"netbios-ss", networking, "infrastructure", protocol, 2, "tcp/139"},
    Application{"netflix-base", media, "photo-video", client_server, 3, "tcp/80,tcp/443"},
    Application{"nfs", business, "storage-backup", client_server, 4, "tcp/2049,udp/2049"},
    Application{"nntp", collaboration, "email", client_server, 4, "tcp/119"},
    Application{"ntp", business, "management", protocol, 2, "udp/123"},
    Application{"ocsp", networking, "infrastructure", protocol, 2, "tcp/80"},
    Application{"office365-consumer-access", business, "office-programs", browser, 3, "tcp/80,tcp/443"},
    Application{"open-vpn", networking, "encrypted-tunnel", client_server, 3, "udp/1194,tcp/1194"},
    Application{"oracle", business, "database", client_server, 2, "tcp/1521"},
    Application{"ospfigp", networking, "routing", protocol, 1, ""},
    Application{"outlook-web", collaboration, "email", browser, 3, "tcp/80,tcp/443"},
    Application{"paloalto-updates", business, "software-update", client_server, 2, "tcp/443"},
    Application{"paloalto-wildfire-cloud", business, "general-business", client_server, 1, "tcp/443"},
    Application{"pan-db-cloud", networking, "infrastructure", client_server, 1, "tcp/443"},
    Application{"panorama", business, "management", client_server, 1, "tcp/3978,tcp/28443"},
    Application{"ping", networking, "ip-protocol", protocol, 2, ""},
    Application{"ping6", networking, "ip-protocol", protocol, 2, ""},
    Application{"pop3", collaboration, "email", client_server, 4, "tcp/110"},
    Application{"portmapper", networking, "infrastructure", protocol, 2, "tcp/111,udp/111"},
    Application{"postgres", business, "database", client_server, 1, "tcp/5432"},
    Application{"pptp", networking, "encrypted-tunnel", protocol, 2, "tcp/1723"},
    Application{"quic", networking, "infrastructure", protocol, 2, "udp/443,udp/80"},
    Application{"radius", business, "auth-service", protocol, 2, "udp/1812,udp/1813"},
    Application{"rpc", networking, "infrastructure", protocol, 2, "tcp/111"},
    Application{"rsync", general, "file-sharing", client_server, 3, "tcp/873"},
    Application{"rtcp", media, "audio-streaming", protocol, 1, "udp/dynamic"},
    Application{"rtmp", media, "photo-video", protocol, 4, "tcp/1935"},
    Application{"rtp", media, "audio-streaming", protocol, 1, "udp/dynamic"},
    Application{"rtsp", media, "photo-video", client_server, 2, "tcp/554"},
    Application{"salesforce-base", business, "erp-crm", browser, 3, "tcp/80,tcp/443"},
    Application{"sharepoint-base", business, "office-programs", browser, 4, "tcp/80,tcp/443"},
    Application{"sip", collaboration, "voip-video", peers, 3, "tcp/5060,udp/5060"},
    Application{"skype", collaboration, "voip-video", peers, 5, "tcp/dynamic"},
    Application{"slack-base", collaboration, "instant-messaging", client_server, 2, "tcp/80,tcp/443"},
    Application{"smtp", collaboration, "email", client_server, 5, "tcp/25,tcp/587"},
    Application{"snmp-base", business, "management", client_server, 2, "udp/161"},
    Application{"snmp-trap", business, "management", client_server, 1, "udp/162"},
    Application{"soap", networking, "infrastructure", protocol, 3, "tcp/80,tcp/443"},
    Application{"socks", networking, "proxy", protocol, 5, "tcp/1080"},
    Application{"spotify", media, "audio-streaming", peers, 3, "tcp/80,tcp/443,tcp/4070"},
    Application{"ssdp", networking, "infrastructure", protocol, 2, "udp/1900"},
    Application{"ssh", networking, "encrypted-tunnel", client_server, 4, "tcp/22"},
    Application{"ssl", networking, "encrypted-tunnel", browser, 4, "tcp/443"},
    Application{"stun", networking, "infrastructure", protocol, 3, "udp/3478"},
    Application{"subversion", business, "software-development", client_server, 2, "tcp/3690"},
    Application{"syslog", business, "management", client_server, 2, "udp/514,tcp/514,tcp/6514"},
    Application{"tacacs-plus", business, "auth-service", client_server, 2, "tcp/49"},
    Application{"teamviewer-base", networking, "remote-access", client_server, 3, "tcp/80,tcp/443,tcp/5938"},
    Application{"telegram-base", collaboration, "instant-messaging", client_server, 2, "tcp/443"},
    Application{"telnet", networking, "remote-access", client_server, 4, "tcp/23"},
    Application{"tftp", general, "file-sharing", client_server, 3, "udp/69"},
    Application{"tiktok-base", media, "photo-video", client_server, 3, "tcp/443"},
    Application{"tor", networking, "encrypted-tunnel", client_server, 5, "tcp/dynamic"},
    Application{"traceroute", business, "management", protocol, 2, ""},
    Application{"twitter-base", collaboration, "social-networking", browser, 3, "tcp/80,tcp/443"},
    Application{"unknown-tcp", "unknown", "unknown", "unknown", 1, ""},
    Application{"unknown-udp", "unknown", "unknown", "unknown", 1, ""},
    Application{"upnp", networking, "infrastructure", protocol, 3, "udp/1900"},
    Application{"vnc-base", networking, "remote-access", client_server, 5, "tcp/5900"},
    Application{"web-browsing", general, "internet-utility", browser, 4, "tcp/80"},
    Application{"webdav", general, "file-sharing", browser, 4, "tcp/80,tcp/443"},
    Application{"webex-base", collaboration, "internet-conferencing", client_server, 2, "tcp/80,tcp/443"},
    Application{"websocket", networking, "infrastructure", protocol, 2, "tcp/80,tcp/443"},
    Application{"whatsapp-base", collaboration, "instant-messaging", client_server, 1, "tcp/443"},
    Application{"whois", general, "internet-utility", client_server, 1, "tcp/43"},
    Application{"windows-azure-base", business, "general-business", browser, 2, "tcp/80,tcp/443"},
    Application{"wireguard", networking, "encrypted-tunnel", client_server, 2, "udp/51820"},
    Application{"x11", networking, "remote-access", client_server, 3, "tcp/6000"},
    Application{"yahoo-mail-base", collaboration, "email", browser, 4, "tcp/80,tcp/443"},
    Application{"youtube-base", media, "photo-video", browser, 4, "tcp/80,tcp/443"},
    Application{"youtube-streaming", media, "photo-video", browser, 4, "tcp/80,tcp/443"},
    Application{"youtube-tv-streaming", media, "photo-video", browser, 3, "tcp/443"},
    Application{"zoom-base", collaboration, "internet-conferencing", client_server, 2, "tcp/80,tcp/443"},
};

struct Service {
    std::string_view name;
    std::string_view ports;
};
constexpr std::array services{Service{"service-http", "80,8080"}, Service{"service-https", "443"}};

constexpr std::array<std::string_view, 76> categories{"abortion",
                                                      "abused-drugs",
                                                      "adult",
                                                      "alcohol-and-tobacco",
                                                      "artificial-intelligence",
                                                      "auctions",
                                                      "business-and-economy",
                                                      "command-and-control",
                                                      "computer-and-internet-info",
                                                      "content-delivery-networks",
                                                      "copyright-infringement",
                                                      "cryptocurrency",
                                                      "dating",
                                                      "dynamic-dns",
                                                      "educational-institutions",
                                                      "encrypted-dns",
                                                      "entertainment-and-arts",
                                                      "extremism",
                                                      "financial-services",
                                                      "gambling",
                                                      "games",
                                                      "government",
                                                      "grayware",
                                                      "hacking",
                                                      "health-and-medicine",
                                                      "high-risk",
                                                      "home-and-garden",
                                                      "hunting-and-fishing",
                                                      "insufficient-content",
                                                      "internet-communications-and-telephony",
                                                      "internet-portals",
                                                      "job-search",
                                                      "legal",
                                                      "low-risk",
                                                      "malware",
                                                      "marijuana",
                                                      "medium-risk",
                                                      "military",
                                                      "motor-vehicles",
                                                      "music",
                                                      "newly-registered-domain",
                                                      "news",
                                                      "not-resolved",
                                                      "nudity",
                                                      "online-storage-and-backup",
                                                      "parked",
                                                      "peer-to-peer",
                                                      "personal-sites-and-blogs",
                                                      "philosophy-and-political-advocacy",
                                                      "phishing",
                                                      "private-ip-addresses",
                                                      "proxy-avoidance-and-anonymizers",
                                                      "questionable",
                                                      "ransomware",
                                                      "real-estate",
                                                      "real-time-detection",
                                                      "recreation-and-hobbies",
                                                      "reference-and-research",
                                                      "religion",
                                                      "scanning-activity",
                                                      "search-engines",
                                                      "sex-education",
                                                      "shareware-and-freeware",
                                                      "shopping",
                                                      "social-networking",
                                                      "society",
                                                      "sports",
                                                      "stock-advice-and-tools",
                                                      "streaming-media",
                                                      "swimsuits-and-intimate-apparel",
                                                      "training-and-tools",
                                                      "translation",
                                                      "travel",
                                                      "unknown",
                                                      "weapons",
                                                      "web-advertisements"};

struct Profile {
    std::string_view type;
    std::string_view name;
};
constexpr std::array profiles{Profile{"virus", "default"},
                              Profile{"spyware", "default"},
                              Profile{"spyware", "strict"},
                              Profile{"vulnerability", "default"},
                              Profile{"vulnerability", "strict"},
                              Profile{"url-filtering", "default"},
                              Profile{"file-blocking", "basic file blocking"},
                              Profile{"file-blocking", "strict file blocking"},
                              Profile{"wildfire-analysis", "default"}};

struct Threat {
    std::string_view type;
    std::string_view id;
    std::string_view name;
    std::string_view cve;
    std::string_view vendor;
    std::string_view category;
    std::string_view severity;
    std::string_view action;
};
constexpr std::string_view exploit = "vulnerability";
constexpr std::string_view spyware = "phone-home";
constexpr std::string_view execution = "code-execution";
constexpr std::string_view reset = "reset-server";
constexpr std::array threats{
    Threat{exploit, "36729", "Bash Remote Code Execution Vulnerability", "CVE-2014-6271", "GNU", execution, "critical",
           reset},
    Threat{exploit, "91752", "Apache HTTP Server Path Traversal Vulnerability", "CVE-2021-41773", "Apache", "info-leak",
           "high", reset},
    Threat{exploit, "91991", "Apache Log4j Remote Code Execution Vulnerability", "CVE-2021-44228", "Apache", execution,
           "critical", reset},
    Threat{spyware, "10004", "Suspicious User-Agent Strings", "", "", "spyware", "medium", "alert"},
    Threat{spyware, "13272", "Sipvicious Scanner Detection", "", "", "hacktool", "medium", "alert"}};

void add(Node& parent, std::shared_ptr<Node> child) {
    const std::int64_t place = parent.children().last_place().value_or(0) + place_gap;
    parent.children().put(std::move(child), place);
}

std::shared_ptr<Node> plain_node(std::string_view tag, std::string_view value = {}) {
    return std::make_shared<Node>(tag, std::string(value));
}

std::shared_ptr<Node> members(std::string_view tag, std::string_view list) {
    auto node = plain_node(tag);
    while (!list.empty()) {
        const std::string_view one = list.substr(0, list.find(','));
        add(*node, plain_node("member", one));
        list.remove_prefix(std::min(list.size(), one.size() + 1));
    }
    return node;
}

std::shared_ptr<Node> signatures(std::string_view type) {
    auto list = plain_node(type);
    for (const Threat& each : threats) {
        if (each.type != type) {
            continue;
        }
        auto entry = plain_node("entry", each.id);
        add(*entry, plain_node("threatname", each.name));
        if (!each.cve.empty()) {
            add(*entry, members("cve", each.cve));
            add(*entry, members("vendor", each.vendor));
        }
        add(*entry, plain_node("category", each.category));
        add(*entry, plain_node("severity", each.severity));
        auto host = plain_node("affected-host");
        add(*host, plain_node(type == exploit ? "server" : "client", "yes"));
        add(*entry, std::move(host));
        add(*entry, plain_node("default-action", each.action));
        add(*list, std::move(entry));
    }
    return list;
}

NodePtr made() {
    auto root = plain_node("predefined");
    auto all = plain_node("application");
    for (const Application& each : applications) {
        auto entry = plain_node("entry", each.name);
        if (!each.ports.empty()) {
            auto otherwise = plain_node("default");
            add(*otherwise, members("port", each.ports));
            add(*entry, std::move(otherwise));
        }
        add(*entry, plain_node("category", each.category));
        add(*entry, plain_node("subcategory", each.subcategory));
        add(*entry, plain_node("technology", each.technology));
        add(*entry, plain_node("risk", std::to_string(each.risk)));
        add(*all, std::move(entry));
    }
    add(*root, std::move(all));
    auto known = plain_node("service");
    for (const Service& each : services) {
        auto entry = plain_node("entry", each.name);
        auto way = plain_node("protocol");
        auto tcp = plain_node("tcp");
        add(*tcp, plain_node("port", each.ports));
        add(*way, std::move(tcp));
        add(*entry, std::move(way));
        add(*known, std::move(entry));
    }
    add(*root, std::move(known));
    auto urls = plain_node("pan-url-categories");
    for (const std::string_view each : categories) {
        add(*urls, plain_node("entry", each));
    }
    add(*root, std::move(urls));
    auto kept = plain_node("profiles");
    for (const Profile& each : profiles) {
        if (kept->child(each.type) == nullptr) {
            add(*kept, plain_node(each.type));
        }
        kept->children().modify(each.type, {},
                                [&each](NodePtr& type) { add(own(type), plain_node("entry", each.name)); });
    }
    add(*root, std::move(kept));
    auto all_threats = plain_node("threats");
    add(*all_threats, signatures(exploit));
    add(*all_threats, signatures(spyware));
    add(*root, std::move(all_threats));
    return root;
}

}  // namespace

const NodePtr& predefined() {
    static const NodePtr root = made();
    return root;
}

bool is_predefined_application(std::string_view name) {
    const Node* const all = predefined()->child("application");
    // "gmail" stands for all of its parts, "gmail-base" among them (REST API guide, example of a security rule).
    return all->child("entry", name) != nullptr || all->child("entry", std::string(name) + "-base") != nullptr;
}

bool is_predefined_service(std::string_view name) {
    return predefined()->child("service")->child("entry", name) != nullptr;
}

bool is_predefined_category(std::string_view name) {
    return predefined()->child("pan-url-categories")->child("entry", name) != nullptr;
}

bool is_predefined_profile(std::string_view type, std::string_view name) {
    const Node* const kept = predefined()->child("profiles")->child(type);
    return kept != nullptr && kept->child("entry", name) != nullptr;
}

}  // namespace sim::panos
