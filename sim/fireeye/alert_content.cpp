#include "sim/fireeye/alert_content.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "sim/fireeye/endpoint_kind.hpp"
#include "sim/fireeye/invented.hpp"
#include "sim/fireeye/occurred_form.hpp"

namespace sim::fireeye {

namespace {

using Error = tl::unexpected<std::string>;

/// Types that are made alike.
enum class Shape { callback, domain_match, web_infection, object, ips, lateral };

struct TypeFacts {
    std::string_view name;
    Shape shape;
    std::string_view severity;
    std::string_view malware;
    std::string_view url_key;  // what the alert-url of the event stream refers to it by (reference §6)
};

constexpr std::array<TypeFacts, 10> types{{
    {"malware-callback", Shape::callback, "crit", "Trojan.Generic.Callback", "ev_id"},
    {"riskware-callback", Shape::callback, "minr", "Riskware.Adware.Callback", "ev_id"},
    {"infection-match", Shape::callback, "majr", "Local.Infection", "ev_id"},
    {"domain-match", Shape::domain_match, "minr", "Trojan.Generic.DNS", "ev_id"},
    {"web-infection", Shape::web_infection, "majr", "Malware.Binary.Exploit", "inc_id"},
    {"riskware-infection", Shape::web_infection, "minr", "Riskware.Binary", "inc_id"},
    {"malware-object", Shape::object, "majr", "Malware.Binary.exe", "ma_id"},
    {"riskware-object", Shape::object, "minr", "Riskware.Binary.exe", "ma_id"},
    {"ips-event", Shape::ips, "crit", "SQL Injection Attempt", "ev_id"},
    {"smartvision-event", Shape::lateral, "majr", "Suspicious.Lateral.Movement", "ev_id"},
}};

const TypeFacts* facts_of(std::string_view type) {
    const auto* const found =
        std::find_if(types.begin(), types.end(), [&](const TypeFacts& facts) { return facts.name == type; });
    return found == types.end() ? nullptr : found;
}

/// NX sees traffic; the others see files and mail. What a CM passes on here is an NX's.
bool sees_traffic(Product product) {
    return product == Product::nx || product == Product::cm;
}

std::string_view level_mark(std::string_view value, bool shown) {
    return shown ? value : std::string_view();
}

class Author {
public:
    Author(const Dialect& dialect, const Incident& incident, const TypeFacts& facts)
        : dialect_(dialect),
          incident_(incident),
          facts_(facts),
          invented_(fmt::format("{}|{}|{}|{}|{}", dialect.name, incident.type, incident.id, incident.attacker,
                                incident.victim)),
          attacker_is_address_(is_address(endpoint_kind(incident.attacker))),
          detailed_(dialect.level != Level::concise) {
        uuid_ = invented_.uuid();
        client_port_ = invented_.high_port();
        malware_ = incident.malware.empty() ? std::string(facts.malware) : incident.malware;
    }

    Element write() {
        Element alert{"alert", {}, {}, {}};
        alert.attribute("id", std::to_string(incident_.id)).attribute("name", facts_.name);
        alert.attribute("severity", incident_.severity.empty() ? facts_.severity : incident_.severity);
        if (dialect_.major >= 8) {
            alert.attribute("ack", "no").attribute("sc-version", "1047.188").attribute("uuid", uuid_);
        }
        if (dialect_.product == Product::cm) {
            alert.attribute("product", product_title(Product::nx)).attribute("version", dialect_.version);
            alert.attribute("sensor", "sensor-" + dialect_.name).attribute("appliance-id", sensor_id());
        }
        if (facts_.shape == Shape::ips) {
            alert.attribute("class", "IPS");
        }
        if (vlan_on_alert()) {
            alert.attribute("vlan", "0");
        }
        alert.add(explanation());
        add_ends(alert);
        if (dialect_.product == Product::ex) {
            alert.add(smtp_message());
        }
        alert.leaf("occurred", occurred_form(dialect_, facts_.name, incident_.occurred));
        if (dialect_.major >= 7 && sees_traffic(dialect_.product)) {
            Element interface { "interface", {}, {}, "pether3" };
            interface.attribute("mode", "tap").attribute("label", "A1");
            alert.add(std::move(interface));
        }
        alert.leaf("alert-url", alert_url()).leaf("action", "notified");
        return alert;
    }

private:
    bool vlan_on_alert() const { return dialect_.is_json() && dialect_.major >= 9 && sees_traffic(dialect_.product); }

    std::string sensor_id() const {
        return dialect_.is_json() ? mac_of("sensor-" + dialect_.name) : bare_mac_of("sensor-" + dialect_.name);
    }

    std::string alert_url() const {
        if (dialect_.major >= 10) {
            return fmt::format("https://{}/detection/objects?uuid={}", dialect_.name, uuid_);
        }
        switch (dialect_.product) {
            case Product::ex:
                return fmt::format("https://{}/emps/eanalysis?e_id={}&type=attch", dialect_.name, incident_.id);
            case Product::ax:
            case Product::fx:
                return fmt::format("https://{}/malware_analysis/analyses?maid={}", dialect_.name, incident_.id);
            case Product::nx:
            case Product::cm:
                break;
        }
        if (facts_.shape == Shape::ips) {
            return fmt::format("https://{}/notification_url/ips_events?ev_id={}", dialect_.name, incident_.id);
        }
        return fmt::format("https://{}/event_stream/events_for_bot?{}={}", dialect_.name, facts_.url_key, incident_.id);
    }

    // --- explanation ---------------------------------------------------------------------------------------------

    Element explanation() {
        Element out{"explanation", {}, {}, {}};
        switch (facts_.shape) {
            case Shape::callback:
                out.attribute("protocol", "tcp");
                out.add(detected({malware_entry().attribute("sid", "86112670")}));
                add_cnc(out, "443", "tcp", true);
                break;
            case Shape::domain_match:
                out.attribute("protocol", "udp");
                out.add(detected({malware_entry()}));
                add_cnc(out, "53", "udp", false);
                break;
            case Shape::web_infection:
                write_web_infection(out);
                break;
            case Shape::object:
                write_object(out);
                break;
            case Shape::ips:
                out.attribute("protocol", "tcp");
                out.add(ips_detected());
                break;
            case Shape::lateral:
                out.attribute("protocol", "tcp");
                out.add(detected({malware_entry()}));
                break;
        }
        return out;
    }

    Element malware_entry() const {
        Element malware{"malware", {}, {}, {}};
        malware.attribute("name", malware_);
        return malware;
    }

    static Element detected(std::vector<Element> entries) { return {"malware-detected", {}, std::move(entries), {}}; }

    void write_web_infection(Element& out) {
        out.attribute("analysis", "replay").attribute("protocol", "tcp");
        const std::string host = url_form(incident_.attacker);
        const std::string page = invented_.hex(8);
        Element exploit{"malware", {}, {}, {}};
        exploit.attribute("name", "Suspicious.URL").attribute("type", "link");
        exploit.leaf("url", level_mark(fmt::format("{}/{}.html?id={}", host, page, incident_.id), detailed_));
        std::vector<Element> entries{exploit};
        if (dialect_.at_least(7, 9)) {
            Element referer{"malware", {}, {}, {}};
            referer.attribute("name", "Referer.URL").attribute("type", "link");
            referer.leaf("url", level_mark("search.example.org/?q=1", detailed_));
            entries.push_back(referer);
        }
        Element payload = malware_entry();
        payload.attribute("type", "exe").leaf("objurl", level_mark(fmt::format("{}/{}.exe", host, page), detailed_));
        entries.push_back(payload);
        out.add(detected(std::move(entries)));
        if (!attacker_is_address_) {
            add_cnc(out, "80", "tcp", true);
        }
        out.leaf("service", level_mark("http", dialect_.is_json() && detailed_));
        out.leaf("target-os", level_mark("Windows 7 SP1", dialect_.is_json() && detailed_));
        out.leaf("target-application", level_mark("InternetExplorer 8.0", dialect_.is_json() && detailed_));
        out.leaf("urls", level_mark("3", dialect_.is_json() && detailed_));
        add_sandbox_diary(out);
    }

    void write_object(Element& out) {
        const bool traffic = sees_traffic(dialect_.product);
        out.attribute("analysis", "binary").attribute("protocol", traffic ? "tcp" : "");
        const std::string file = fmt::format("invoice_{}.exe", invented_.hex(6));
        Element malware = malware_entry();
        malware.attribute("type", "exe");
        if (detailed_) {
            malware.attribute("stype", "24");
        }
        malware.leaf("downloaded-at", level_mark(iso_time(incident_.occurred - std::chrono::seconds(120)), traffic));
        malware.leaf("md5sum", invented_.hex(32));
        malware.leaf("sha256", level_mark(invented_.hex(64), dialect_.major >= 8));
        malware.leaf("original", level_mark(file, detailed_));
        malware.leaf("http-header", level_mark(http_header(file), detailed_ && traffic));
        malware.leaf("profile", level_mark("win7x64-sp1", detailed_));
        malware.leaf("executed-at", iso_time(incident_.occurred));
        malware.leaf("application", level_mark("Windows Explorer", detailed_));
        out.add(detected({malware}));
        if (!traffic || !attacker_is_address_) {
            add_cnc(out, "80", "tcp", true);
        }
        add_sandbox_diary(out);
    }

    std::string http_header(const std::string& file) const {
        const std::string host = url_form(incident_.attacker);
        const std::string target = incident_.proxy.empty() ? "" : "http://" + host;
        return fmt::format(
            "GET {}/{} HTTP/1.1\nUser-Agent: Mozilla/5.0 (Windows NT 6.1; WOW64)\nAccept: */*\nHost: {}\n"
            "Connection: Keep-Alive\n\nHTTP/1.1 200 OK\nServer: Apache\nETag: \"{}\"\nContent-Length: 85365\n"
            "Content-Type: application/octet-stream",
            target, file, host, incident_.id);
    }

    /// "Callback details" come with the normal level (reference §2.3).
    void add_cnc(Element& out, std::string_view port, std::string_view protocol, bool with_channel) {
        if (!detailed_) {
            return;
        }
        const bool proxied = !incident_.proxy.empty() && with_channel;
        Element service{"cnc-service", {}, {}, {}};
        service.attribute("port", proxied ? "8080" : port).attribute("protocol", protocol);
        service.leaf("address", proxied ? incident_.proxy : incident_.attacker);
        if (with_channel) {
            const std::string host = url_form(incident_.attacker);
            service.leaf("channel", fmt::format("GET {}/{} HTTP/1.1::~~User-Agent: Mozilla/4.0::~~Host: {}::~~::~~",
                                                proxied ? "http://" + host : "", invented_.hex(8), host));
        }
        out.add(Element{"cnc-services", {}, {service}, {}});
    }

    /// The diary of the sandbox has addresses of its own (here of TEST-NET-2's neighbour, the benchmarking range),
    /// which nobody may take for an attacker.
    void add_sandbox_diary(Element& out) {
        if (!detailed_) {
            return;
        }
        Element changes{"os-changes", {}, {}, {}};
        if (dialect_.major == 7 && !dialect_.is_json()) {
            changes.attribute("xmlns", "");  // in 2013-schema documents it stands outside of the namespace
        }
        changes.add(Element{"os", {{"name", "windows"}, {"version", "6.1.7601"}, {"sp", "1"}}, {}, {}});
        Element process{"process", {}, {}, {}};
        process.attribute("mode", "started").leaf("value", "C:\\Users\\admin\\AppData\\Local\\Temp\\a.exe");
        changes.add(process);
        Element network{"network", {}, {}, {}};
        network.attribute("mode", "connect").leaf("protocol_type", "tcp").leaf("ipaddress", "198.18.0.99");
        network.leaf("destination_port", "80");
        changes.add(network);
        Element lookup{"network", {}, {}, {}};
        lookup.attribute("mode", "dns_query").leaf("hostname", "time.example.org").leaf("ipaddress", "198.18.0.53");
        changes.add(lookup);
        out.add(changes);
        if (dialect_.level == Level::extended) {
            Element analysis{"static-analysis", {}, {}, {}};
            analysis.add(Element{"static", {}, {}, "Imports: WS2_32.dll, connects 198.18.0.98"});
            out.add(analysis);
            Element stolen{"stolen-data", {}, {}, {}};
            stolen.add(Element{"event-id", {}, {}, "1"}).add(Element{"info", {}, {}, "src 198.18.0.97"});
            out.add(stolen);
        }
    }

    Element ips_detected() const {
        Element ips{"ips-detected", {}, {}, {}};
        ips.leaf("sig-name", malware_).leaf("sig-id", "85301234").leaf("sig-revision", "11");
        ips.leaf("cve-id", "CVE-2015-1234").leaf("match-count", "1").leaf("attack-mode", incident_.attack_mode);
        ips.leaf("action-taken", "N/A").leaf("mvx-status", "N/A");
        return ips;
    }

    // --- src and dst ---------------------------------------------------------------------------------------------

    void add_ends(Element& alert) {
        if (dialect_.product == Product::ex) {
            add_mail_ends(alert);
            return;
        }
        if (!sees_traffic(dialect_.product)) {
            Element src{"src", {}, {}, {}};
            src.leaf("url", fmt::format("/data/share/win7x64-sp1/src/{}.exe", invented_.hex(32)));
            alert.add(src);
            return;
        }
        if (facts_.shape == Shape::ips) {
            add_ips_ends(alert);
            return;
        }
        alert.add(end("src", incident_.victim, client_port_));
        const bool proxied = !incident_.proxy.empty() && facts_.shape != Shape::domain_match;
        if (facts_.shape == Shape::domain_match) {
            alert.add(end("dst", incident_.resolver, incident_.resolver.empty() ? "" : "53"));
        } else if (proxied) {
            alert.add(end("dst", incident_.proxy, "8080"));
        } else {
            // The server's address behind a name is nobody's to invent: such an end has its MAC alone.
            const std::string_view port = facts_.shape == Shape::callback ? "443" : "80";
            alert.add(end("dst", attacker_is_address_ ? incident_.attacker : "", port));
        }
    }

    Element end(std::string_view which, std::string_view ip, std::string_view port) const {
        Element out{std::string(which), {}, {}, {}};
        if (which == "src" && !vlan_on_alert()) {
            out.attribute("vlan", "0");
        }
        out.leaf("ip", ip).leaf("port", port);
        // Beyond the first router every MAC is the router's.
        out.leaf("mac", which == "src" ? mac_of(incident_.victim) : mac_of("router of " + dialect_.name));
        return out;
    }

    /// The traffic's source attacks, whichever side is the server; a normalising appliance swaps the ends.
    void add_ips_ends(Element& alert) const {
        const bool client_attacked = incident_.attack_mode == "client";
        const std::string_view attacker_port = client_attacked ? std::string_view("80") : client_port_;
        const std::string_view victim_port = client_attacked ? std::string_view(client_port_) : "80";
        if (incident_.ips_normalized) {
            alert.add(end("src", incident_.victim, victim_port));
            alert.add(end("dst", incident_.attacker, attacker_port));
        } else {
            alert.add(end("src", incident_.attacker, attacker_port));
            alert.add(end("dst", incident_.victim, victim_port));
        }
    }

    void add_mail_ends(Element& alert) const {
        const bool is_mail = endpoint_kind(incident_.victim) == EndpointKind::mail;
        Element src{"src", {}, {}, {}};
        src.leaf("smtp-mail-from", "billing@sender.example.net").leaf("domain", "sender.example.net");
        Element dst{"dst", {}, {}, {}};
        dst.leaf("smtp-to", is_mail ? incident_.victim : fmt::format("user-{}@example.com", incident_.id));
        alert.add(src).add(dst);
    }

    Element smtp_message() const {
        Element message{"smtp-message", {}, {}, {}};
        message.attribute("id", std::to_string(incident_.id)).leaf("subject", "Invoice overdue: please open <today>");
        if (detailed_) {
            message.leaf("date", iso_time(incident_.occurred));
            message.leaf("smtp-header", "Received: from mail.sender.example.net ([198.18.0.25])\nSubject: Invoice");
            message.leaf("queue-id", "4h7F8c082jz68C5P");
        }
        return message;
    }

    const Dialect& dialect_;
    const Incident& incident_;
    const TypeFacts& facts_;
    Invented invented_;
    bool attacker_is_address_;
    bool detailed_;
    std::string uuid_;
    std::string client_port_;
    std::string malware_;
};

std::string names_of_types() {
    std::string out;
    for (const TypeFacts& facts : types) {
        out += (out.empty() ? "" : ", ") + std::string(facts.name);
    }
    return out;
}

/// Nothing when the incident can be told, else why not.
std::string contradiction(const Dialect& dialect, const Incident& incident, const TypeFacts& facts) {
    const EndpointKind attacker = endpoint_kind(incident.attacker);
    const EndpointKind victim = endpoint_kind(incident.victim);
    if (!carried(dialect, incident.type).sent) {
        return fmt::format("{} does not send this type", product_title(dialect.product));
    }
    if (!is_address(attacker) && attacker != EndpointKind::name) {
        return fmt::format("attacker '{}' is neither an address nor a domain name", incident.attacker);
    }
    if (facts.shape == Shape::domain_match && is_address(attacker)) {
        return fmt::format("a domain-match is about a name, and attacker {} is an address", incident.attacker);
    }
    const bool addresses_only = facts.shape == Shape::ips || facts.shape == Shape::lateral;
    if (addresses_only && !is_address(attacker)) {
        return fmt::format("this type has addresses only, and attacker {} is a name", incident.attacker);
    }
    if (sees_traffic(dialect.product) && !is_address(victim)) {
        return fmt::format("victim '{}' is not an address", incident.victim);
    }
    for (const std::string& helper : {incident.proxy, incident.resolver}) {
        if (!helper.empty() && !is_address(endpoint_kind(helper))) {
            return fmt::format("proxy or resolver '{}' is not an address", helper);
        }
    }
    constexpr std::array severities = {"", "unkn", "minr", "majr", "crit"};
    if (std::find(severities.begin(), severities.end(), incident.severity) == severities.end()) {
        return fmt::format("severity '{}' is not one of minr, majr, crit, unkn", incident.severity);
    }
    if (incident.attack_mode != "server" && incident.attack_mode != "client") {
        return fmt::format("attack mode '{}' is not one of server, client", incident.attack_mode);
    }
    return {};
}

}  // namespace

Carried carried(const Dialect& dialect, std::string_view type) {
    const TypeFacts* const facts = facts_of(type);
    if (facts == nullptr) {
        return {};
    }
    const bool detailed = dialect.level != Level::concise;
    if (!sees_traffic(dialect.product)) {
        const bool sent = facts->shape == Shape::object;
        return {sent, sent && detailed, sent && detailed, false};
    }
    switch (facts->shape) {
        case Shape::callback:
        case Shape::web_infection:
        case Shape::object:
            return {true, true, detailed, true};
        case Shape::domain_match:
            return {true, false, detailed, true};
        case Shape::ips:
            return {true, true, false, true};
        case Shape::lateral:
            return {true, false, false, true};
    }
    return {};
}

tl::expected<Element, std::string> alert_content(const Dialect& dialect, const Incident& incident) {
    const TypeFacts* const facts = facts_of(incident.type);
    if (facts == nullptr) {
        return Error(
            fmt::format("incident {}: type '{}' is not one of {}", incident.id, incident.type, names_of_types()));
    }
    if (const std::string why = contradiction(dialect, incident, *facts); !why.empty()) {
        return Error(fmt::format("incident {} ({}): {}", incident.id, incident.type, why));
    }
    return Author(dialect, incident, *facts).write();
}

}  // namespace sim::fireeye
