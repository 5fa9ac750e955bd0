#include "sim/fireeye/alert_content.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "sim/fireeye/alert_types.hpp"
#include "sim/fireeye/cnc_services.hpp"
#include "sim/fireeye/endpoint_alert.hpp"
#include "sim/fireeye/endpoint_kind.hpp"
#include "sim/fireeye/invented.hpp"
#include "sim/fireeye/occurred_form.hpp"

namespace sim::fireeye {

namespace {

using Error = tl::unexpected<std::string>;

std::string_view when(bool shown, std::string_view value) {
    return shown ? value : std::string_view();
}

std::string upper_case(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == '-' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) {
        out += (out.empty() ? "" : ", ") + text;
    }
    return out;
}

class Author {
public:
    Author(const Dialect& dialect, const Incident& incident, const TypeFacts& facts)
        : dialect_(dialect),
          incident_(incident),
          facts_(facts),
          // A CM repeats what its sensor said, so the invention is the sensor's.
          invented_(fmt::format("{}|{}|{}|{}|{}", dialect.sensor.name, incident.type, incident.id, incident.attacker,
                                incident.victim)),
          attacker_is_address_(is_address(endpoint_kind(incident.attacker))),
          detailed_(dialect.is_detailed()) {
        const std::string invented_uuid = invented_.uuid();
        uuid_ = incident.uuid.empty() ? invented_uuid : incident.uuid;
        client_port_ = invented_.high_port();
        malware_ = incident.malware.empty() ? std::string(facts.malware) : incident.malware;
        id_ = std::to_string(dialect.product == Product::cm ? incident.cm_id.value_or(incident.id) : incident.id);
        site_ = url_form(incident.site.empty() ? incident.attacker : incident.site);
    }

    Element write() {
        Element alert{"alert", {}, {}, {}};
        write_attributes(alert);
        alert.add(explanation());
        add_ends(alert);
        if (is_mail()) {
            alert.add(smtp_message());
        }
        alert.leaf("occurred", occurred_form(dialect_, facts_.name, incident_.occurred));
        if (has_interface()) {
            Element interface { "interface", {}, {}, "pether3" };
            interface.attribute("mode", "tap").attribute("label", "A1");
            alert.add(std::move(interface));
        }
        alert.leaf("alert-url", alert_url()).leaf("action", incident_.action.empty() ? "notified" : incident_.action);
        return alert;
    }

private:
    bool is_mail() const { return dialect_.sensor.product == Product::ex; }
    bool has_interface() const {
        return dialect_.sees_traffic() && dialect_.major >= 7 && (detailed_ || !dialect_.is_rest());
    }
    bool vlan_on_alert() const {
        return dialect_.is_rest() || (dialect_.is_json() && dialect_.major >= 9 && dialect_.sees_traffic());
    }
    std::string mac_form(std::string_view mac) const {
        return dialect_.is_json() && !dialect_.is_rest() ? colon_mac(mac) : bare_mac(mac);
    }

    void write_attributes(Element& alert) const {
        const std::string_view severity = incident_.severity.empty() ? facts_.severity : incident_.severity;
        const bool rest = dialect_.is_rest();
        alert.attribute("id", id_).attribute("name", rest ? upper_case(facts_.name) : facts_.name);
        alert.attribute("severity", rest ? upper_case(severity) : severity);
        if (dialect_.major >= 8 || rest) {
            alert.attribute("ack", "no").attribute("sc-version", "1047.188").attribute("uuid", uuid_);
        }
        const bool managed = dialect_.product == Product::cm;
        const Sensor& sensor = dialect_.sensor;
        if (rest) {
            alert.attribute("product", rest_product(sensor.product));
            alert.attribute("appliance-id", mac_form(sensor.id));
            alert.attribute("attack-time", inner_time(dialect_, incident_.occurred - std::chrono::seconds(4)));
            alert.attribute("malicious", incident_.malicious.value_or(true) ? "yes" : "no");
        } else if (managed) {
            alert.attribute("product", product_title(sensor.product)).attribute("version", sensor.version);
        }
        if (managed) {
            alert.attribute("sensor", sensor.name);
            if (!rest) {
                alert.attribute("appliance-id", mac_form(sensor.id));
            }
            // An address of the company's own, that nobody may block.
            if (rest || !sensor.ip.empty()) {
                alert.attribute("sensor-ip", sensor.ip.empty() ? "192.0.2.3" : sensor.ip);
            }
        }
        if (incident_.root_infection != 0) {
            alert.attribute("root-infection", std::to_string(incident_.root_infection));
        }
        if (facts_.shape == Shape::ips && !rest) {
            alert.attribute("class", "IPS");
        }
        if (vlan_on_alert()) {
            alert.attribute("vlan", incident_.vlan);
        }
    }

    std::string alert_url() const {
        if (dialect_.major >= 10) {
            return fmt::format("https://{}/detection/objects?uuid={}", dialect_.name, uuid_);
        }
        switch (dialect_.sensor.product) {
            case Product::ex:
                return fmt::format("https://{}/emps/eanalysis?e_id={}&type=attch", dialect_.name, id_);
            case Product::ax:
            case Product::fx:
                return fmt::format("https://{}/malware_analysis/analyses?maid={}", dialect_.name, id_);
            case Product::nx:
            case Product::cm:
            case Product::hx:
                break;
        }
        if (facts_.shape == Shape::ips) {
            return fmt::format("https://{}/notification_url/ips_events?ev_id={}", dialect_.name, id_);
        }
        return fmt::format("https://{}/event_stream/events_for_bot?{}={}", dialect_.name, facts_.url_key, id_);
    }

    // --- explanation ---------------------------------------------------------------------------------------------

    Element explanation() {
        Element out{"explanation", {}, {}, {}};
        switch (facts_.shape) {
            case Shape::callback:
                out.attribute("protocol", protocol("tcp"));
                out.add(detected({malware_entry(dialect_.is_rest() ? "" : "86112670", "", "")}));
                add_services(out);
                break;
            case Shape::domain_match:
                out.attribute("protocol", protocol("udp"));
                out.add(detected({malware_entry("", "", "")}));
                add_services(out);
                break;
            case Shape::web_infection:
                write_web_infection(out);
                break;
            case Shape::object:
                write_object(out);
                break;
            case Shape::ips:
                out.attribute("protocol", protocol("tcp"));
                out.add(ips_detected());
                break;
            case Shape::lateral:
                out.attribute("protocol", protocol("tcp"));
                out.add(detected({malware_entry("", "", "")}));
                break;
            case Shape::endpoint:
                break;
        }
        if (!detailed_) {
            out.attributes.clear();  // the concise samples (AX 7.7 JSON, REST) have neither analysis nor protocol
        }
        const bool has_diary = std::any_of(out.children.begin(), out.children.end(),
                                           [](const Element& child) { return child.name == "os-changes"; });
        if (dialect_.is_rest() && !has_diary) {
            out.bare_leaf("os-changes", "[]");
        }
        return out;
    }

    std::string_view protocol(std::string_view usual) const { return incident_.quirks.no_protocol ? "" : usual; }

    /// Attributes in the alphabetical order that the 6.2 sample shows.
    Element malware_entry(std::string_view sid, std::string_view stype, std::string_view type) const {
        Element malware{"malware", {}, {}, {}};
        malware.attribute("name", malware_);
        if (incident_.parent != 0 && facts_.shape == Shape::object) {
            malware.attribute("parent", std::to_string(incident_.parent));
        }
        for (const auto& [key, value] : {std::pair("sid", sid), std::pair("stype", stype), std::pair("type", type)}) {
            if (!value.empty()) {
                malware.attribute(key, value);
            }
        }
        add_verdict(malware);
        return malware;
    }

    /// The REST dialect has it on the alert. An AX gives it always.
    void add_verdict(Element& malware) const {
        const bool always = dialect_.sensor.product == Product::ax;
        if (!dialect_.is_rest() && (always || incident_.malicious)) {
            malware.leaf("malicious", incident_.malicious.value_or(true) ? "yes" : "no");
        }
    }

    static Element detected(std::vector<Element> entries) { return {"malware-detected", {}, std::move(entries), {}}; }

    static Element link(std::string_view name, std::string_view url) {
        Element out{"malware", {}, {}, {}};
        out.attribute("name", name).attribute("type", "link").leaf("url", url);
        return out;
    }

    void write_web_infection(Element& out) {
        out.attribute("analysis", "replay").attribute("protocol", protocol("tcp"));
        const std::string page = invented_.hex(8);
        const std::string exploit = fmt::format("{}/{}.html?id={}", site_, page, id_);
        std::vector<Element> entries{link("Suspicious.URL", when(detailed_, exploit))};
        if (dialect_.at_least(7, 9)) {
            entries.push_back(link("Referer.URL", when(detailed_, "search.example.org/?q=1")));
        }
        Element payload = malware_entry("", "", "exe");
        // Only the request tells that the other end is a proxy.
        payload.leaf("http-header", when(detailed_ && !incident_.proxy.empty(), http_header(page + ".exe")));
        payload.leaf("objurl", when(detailed_, fmt::format("{}/{}.exe", site_, page)));
        entries.push_back(payload);
        out.add(detected(std::move(entries)));
        add_services(out);
        const bool told = dialect_.is_json() && detailed_;
        out.leaf("service", when(told, "http")).leaf("target-os", when(told, "Windows 7 SP1"));
        out.leaf("target-application", when(told, "InternetExplorer 8.0")).leaf("urls", when(told, "3"));
        add_sandbox_diary(out);
    }

    void write_object(Element& out) {
        const bool traffic = dialect_.sees_traffic();
        out.attribute("analysis", incident_.archive ? "content" : "binary");
        out.attribute("protocol", protocol(traffic ? "tcp" : ""));
        const std::string stem = fmt::format("invoice_{}", invented_.hex(6));
        std::vector<Element> entries;
        if (incident_.archive) {
            entries.push_back(file_entry(stem + ".zip", "archive", "zip"));
        }
        entries.push_back(file_entry(stem + ".exe", when(detailed_, "24"), "exe"));
        out.add(detected(std::move(entries)));
        add_services(out);
        add_sandbox_diary(out);
    }

    /// Order of the children: the 6.2 sample.
    Element file_entry(const std::string& file, std::string_view stype, std::string_view type) {
        const bool traffic = dialect_.sees_traffic();
        const bool rest_concise = dialect_.is_rest() && !detailed_;
        Element malware = malware_entry("", rest_concise ? "" : stype, rest_concise ? "" : type);
        const std::string found = inner_time(dialect_, incident_.occurred - std::chrono::seconds(120));
        malware.leaf("downloaded-at", when(traffic && !rest_concise, found));
        malware.leaf("md5sum", invented_.hex(32));
        malware.leaf("sha256", when(dialect_.major >= 8, invented_.hex(64)));
        malware.leaf("original", when(detailed_, file));
        malware.leaf("http-header", when(detailed_ && traffic, http_header(file)));
        malware.leaf("profile", when(detailed_, "win7x64-sp1"));
        malware.leaf("executed-at", when(!rest_concise, inner_time(dialect_, incident_.occurred)));
        malware.leaf("application", when(detailed_, "Windows Explorer"));
        return malware;
    }

    std::string http_header(const std::string& file) const {
        const bool proxied = !incident_.proxy.empty();
        const std::string request = proxied && incident_.proxy_by_connect
                                        ? fmt::format("CONNECT {}:443 HTTP/1.1", site_)
                                        : fmt::format("GET {}/{} HTTP/1.1", proxied ? "http://" + site_ : "", file);
        return fmt::format(
            "{}\nUser-Agent: Mozilla/5.0 (Windows NT 6.1; WOW64)\nAccept: */*\nHost: {}\n"
            "Connection: Keep-Alive\n\nHTTP/1.1 200 OK\nServer: Apache\nETag: \"{}\"\nContent-Length: 85365\n"
            "Content-Type: application/octet-stream",
            request, site_, id_);
    }

    void add_services(Element& out) {
        Element services{"cnc-services", {}, {}, {}};
        for (const ShownService& shown : shown_services(dialect_, incident_, facts_)) {
            Element service{"cnc-service", {}, {}, {}};
            if (!incident_.quirks.no_ports) {
                service.attribute("port", shown.service.port);
            }
            service.attribute("protocol", shown.service.protocol);
            service.leaf("address", shown.service.address);
            if (shown.has_channel && incident_.quirks.empty_fields) {
                service.add(Element{"channel", {}, {}, {}});
            } else if (shown.has_channel) {
                service.leaf("channel", backslashes_of_release(channel(shown)));
            }
            services.add(std::move(service));
        }
        if (!services.children.empty()) {
            out.add(std::move(services));
        }
    }

    /// JSON has them doubled before the document's own escaping doubles them again (reference §3.5).
    std::string backslashes_of_release(const std::string& channel) const {
        if (!dialect_.is_json()) {
            return channel;
        }
        std::string out;
        for (const char c : channel) {
            out += c == '\\' ? std::string("\\\\") : std::string(1, c);
        }
        return out;
    }

    /// "::~~" stands for a line end, bytes outside ASCII are C octal escapes. The 6.2 sample is a POST with such bytes,
    /// the 7.7 one the beginning of a TLS handshake.
    std::string channel(const ShownService& shown) {
        if (!shown.service.channel.empty()) {
            return shown.service.channel;
        }
        const std::string host = shown.server == incident_.attacker ? site_ : url_form(shown.server);
        const std::string path = invented_.hex(8);
        if (shown.proxied && incident_.proxy_by_connect) {
            return fmt::format("CONNECT {}:443 HTTP/1.1::~~Host: {}:443::~~::~~", host, host);
        }
        if (shown.proxied) {
            return fmt::format("GET http://{}/{} HTTP/1.1::~~User-Agent: Mozilla/4.0::~~Host: {}::~~::~~", host, path,
                               host);
        }
        if (dialect_.major == 6 || incident_.quirks.binary_channel) {
            return fmt::format("POST /{} HTTP/1.1::~~Accept: */*::~~Host: {}:{}::~~::~~h\\232\\002\\246\\355::~~", path,
                               host, shown.service.port);
        }
        if (dialect_.major == 7 && facts_.shape != Shape::web_infection) {
            return R"(\026\003\001)";
        }
        return fmt::format("GET /{} HTTP/1.1::~~User-Agent: Mozilla/4.0::~~Host: {}::~~::~~", path, host);
    }

    /// The diary of the sandbox has addresses of its own (here of TEST-NET-2's neighbour, the benchmarking range),
    /// which nobody may take for an attacker.
    void add_sandbox_diary(Element& out) {
        if (!detailed_) {
            return;
        }
        Element changes{"os-changes", {}, {}, {}};
        if (dialect_.major == 7 && dialect_.syntax == Syntax::xml) {
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
        for (std::uint32_t i = 0; i < incident_.diary; ++i) {
            changes.add(registry_entry(i));
        }
        out.add(std::move(changes));
        if (dialect_.level == Level::extended) {
            Element analysis{"static-analysis", {}, {}, {}};
            analysis.add(Element{"static", {}, {}, "Imports: WS2_32.dll, connects 198.18.0.98"});
            out.add(analysis);
            Element stolen{"stolen-data", {}, {}, {}};
            stolen.add(Element{"event-id", {}, {}, "1"}).add(Element{"info", {}, {}, "src 198.18.0.97"});
            out.add(stolen);
        }
    }

    /// What the greater part of a large notification is: a write to the registry, about 300 bytes of it.
    static Element registry_entry(std::uint32_t number) {
        Element process{"processinfo", {}, {}, {}};
        process.leaf("pid", std::to_string(1000 + number % 7))
            .leaf("imagepath", R"(C:\Users\admin\AppData\Local\Temp\a.exe)");
        process.leaf("md5sum", fmt::format("{:032x}", number % 7));
        Element entry{"regkey", {}, {}, {}};
        entry.attribute("mode", "setval").attribute("timestamp", std::to_string(1500 + number * 3));
        entry.add(std::move(process));
        entry.leaf(
            "value",
            fmt::format(
                R"(\REGISTRY\USER\S-1-5-21-{}\Software\Microsoft\Windows\CurrentVersion\Run\"entry {}" = "C:\Program Files\a.exe" /s & exit)",
                1'000'000 + number, number));
        return entry;
    }

    Element ips_detected() const {
        Element ips{"ips-detected", {}, {}, {}};
        ips.leaf("sig-name", malware_).leaf("sig-id", "85301234").leaf("sig-revision", "11");
        ips.leaf("cve-id", "CVE-2015-1234").leaf("match-count", "1").leaf("attack-mode", incident_.attack_mode);
        ips.leaf("action-taken", "N/A").leaf("mvx-status", incident_.mvx_status);
        return ips;
    }

    // --- src and dst ---------------------------------------------------------------------------------------------

    void add_ends(Element& alert) {
        std::vector<Element> ends = is_mail()                    ? mail_ends()
                                    : !dialect_.sees_traffic()   ? file_ends()
                                    : facts_.shape == Shape::ips ? ips_ends()
                                                                 : traffic_ends();
        for (Element& end : ends) {
            if (end.name == "src" && incident_.quirks.blank_src) {
                end = Element{"src", {}, {}, " "};
            }
            if (end.name != "dst" || !incident_.quirks.no_dst) {
                alert.add(std::move(end));
            }
        }
    }

    std::vector<Element> file_ends() {
        Element src{"src", {}, {}, {}};
        src.leaf("url", fmt::format("/data/share/win7x64-sp1/src/{}.exe", invented_.hex(32)));
        return {src};
    }

    std::vector<Element> traffic_ends() const {
        const Element src = end("src", incident_.victim, client_port_);
        if (facts_.shape == Shape::domain_match) {
            return {src, end("dst", incident_.resolver, incident_.resolver.empty() ? "" : "53")};
        }
        if (!incident_.proxy.empty()) {
            return {src, end("dst", incident_.proxy, incident_.proxy_port)};
        }
        // The server's address behind a name is nobody's to invent: such an end has its MAC alone.
        const std::string_view port = facts_.shape == Shape::callback ? "443" : "80";
        return {src, end("dst", attacker_is_address_ ? incident_.attacker : "", port)};
    }

    Element end(std::string_view which, std::string_view ip, std::string_view port) const {
        const bool is_src = which == "src";
        Element out{std::string(which), {}, {}, {}};
        if (is_src && !vlan_on_alert()) {
            out.attribute("vlan", incident_.vlan);
        }
        out.leaf("ip", ip);
        if (is_src && incident_.quirks.empty_fields) {
            out.add(Element{"host", {}, {}, {}});
        } else if (is_src) {
            out.leaf("host", incident_.victim_host);
        }
        out.leaf("port", when(!incident_.quirks.no_ports, port));
        // Beyond the first router every MAC is the router's.
        out.leaf("mac", is_src ? mac_of(incident_.victim) : mac_of("router of " + dialect_.sensor.name));
        return out;
    }

    /// The traffic's source attacks, whichever side is the server; a normalising appliance swaps the ends.
    std::vector<Element> ips_ends() const {
        const bool client_attacked = incident_.attack_mode == "client";
        const std::string_view attacker_port = client_attacked ? std::string_view("80") : client_port_;
        const std::string_view victim_port = client_attacked ? std::string_view(client_port_) : "80";
        if (incident_.ips_normalized) {
            return {end("src", incident_.victim, victim_port), end("dst", incident_.attacker, attacker_port)};
        }
        return {end("src", incident_.attacker, attacker_port), end("dst", incident_.victim, victim_port)};
    }

    // --- mail ----------------------------------------------------------------------------------------------------

    bool has_value_objects() const {
        const bool by_release = dialect_.syntax == Syntax::json && dialect_.major >= 11;
        return dialect_.is_json() && (by_release || incident_.quirks.value_objects);
    }

    void mail_leaf(Element& into, std::string_view key, const std::string& value) const {
        if (has_value_objects() && !value.empty()) {
            into.add(Element{std::string(key), {{"value", value}}, {}, {}});
        } else {
            into.leaf(key, value);
        }
    }

    std::vector<Element> mail_ends() const {
        const Mail& mail = incident_.mail;
        const std::string from = mail.from.empty() ? "billing@sender.example.net" : mail.from;
        std::string to = joined(mail.to);
        if (to.empty()) {
            const bool is_mail = endpoint_kind(incident_.victim) == EndpointKind::mail;
            to = is_mail ? incident_.victim : fmt::format("user-{}@example.com", incident_.id);
        }
        Element src{"src", {}, {}, {}};
        mail_leaf(src, "smtp-mail-from", from);
        src.leaf("domain", when(!dialect_.is_rest(), from.substr(from.find('@') + 1)));
        Element dst{"dst", {}, {}, {}};
        mail_leaf(dst, "smtp-to", to);
        mail_leaf(dst, "smtp-cc", joined(mail.cc));
        return {src, dst};
    }

    Element smtp_message() const {
        const std::string& subject = incident_.mail.subject;
        Element message{"smtp-message", {}, {}, {}};
        if (!dialect_.is_rest()) {
            message.attribute("id", id_);
        }
        mail_leaf(message, "subject", subject.empty() ? "Invoice overdue: please open <today>" : subject);
        if (detailed_) {
            message.leaf("date", inner_time(dialect_, incident_.occurred));
            message.leaf("smtp-header", "Received: from mail.sender.example.net ([198.18.0.25])\nSubject: Invoice");
        }
        message.leaf("queue-id", when(detailed_ || dialect_.major >= 11, "4h7F8c082jz68C5P"));
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
    std::string id_;
    std::string site_;
};

std::string names_of_types() {
    std::string out;
    for (const std::string_view name : all_types()) {
        out += (out.empty() ? "" : ", ") + std::string(name);
    }
    return out;
}

/// Whether a text can be in an incident's place for words of a fixed choice.
template <std::size_t N>
std::string unless_one_of(std::string_view what, const std::string& value,
                          const std::array<std::string_view, N>& words) {
    if (std::find(words.begin(), words.end(), value) != words.end()) {
        return {};
    }
    return fmt::format("{} '{}' is not one of {}", what, value, fmt::join(words, ", "));
}

bool is_address_or_name(std::string_view text) {
    const EndpointKind kind = endpoint_kind(text);
    return is_address(kind) || kind == EndpointKind::name;
}

bool is_small_number(std::string_view text, unsigned long max) {
    unsigned long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value <= max;
}

std::string contradiction_of_ends(const Dialect& dialect, const Incident& incident, const TypeFacts& facts) {
    const EndpointKind attacker = endpoint_kind(incident.attacker);
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
    const bool needs_address = dialect.sees_traffic() || dialect.product == Product::hx;
    if (needs_address && !is_address(endpoint_kind(incident.victim))) {
        return fmt::format("victim '{}' is not an address", incident.victim);
    }
    for (const std::string& helper : {incident.proxy, incident.resolver}) {
        if (!helper.empty() && !is_address(endpoint_kind(helper))) {
            return fmt::format("proxy or resolver '{}' is not an address", helper);
        }
    }
    if (!incident.site.empty() && !is_address_or_name(incident.site)) {
        return fmt::format("site '{}' is neither an address nor a domain name", incident.site);
    }
    return {};
}

std::string contradiction_of_details(const Incident& incident) {
    constexpr unsigned long port_max = 65'535;
    constexpr unsigned long vlan_max = 4095;
    for (const CncService& service : incident.cnc) {
        if (!is_address_or_name(service.address)) {
            return fmt::format("cnc '{}' is neither an address nor a domain name", service.address);
        }
        if (!is_small_number(service.port, port_max)) {
            return fmt::format("cnc {}: '{}' is no port", service.address, service.port);
        }
    }
    if (!is_small_number(incident.proxy_port, port_max)) {
        return fmt::format("'{}' is no port of a proxy", incident.proxy_port);
    }
    if (!is_small_number(incident.vlan, vlan_max)) {
        return fmt::format("vlan '{}' is not from 0 to {}", incident.vlan, vlan_max);
    }
    std::vector<std::string> mails = incident.mail.to;
    mails.insert(mails.end(), incident.mail.cc.begin(), incident.mail.cc.end());
    mails.push_back(incident.mail.from);
    for (const std::string& mail : mails) {
        if (!mail.empty() && endpoint_kind(mail) != EndpointKind::mail) {
            return fmt::format("'{}' is no mail address", mail);
        }
    }
    return {};
}

/// Nothing when the incident can be told, else why not.
std::string contradiction(const Dialect& dialect, const Incident& incident, const TypeFacts& facts) {
    using Words = std::string_view;
    if (!reports(dialect.sensor.product, facts)) {
        return fmt::format("{} does not send this type", product_title(dialect.sensor.product));
    }
    const std::array severities{Words(""), Words("minr"), Words("majr"), Words("crit"), Words("unkn")};
    const std::array modes{Words("server"), Words("client")};
    for (std::string why : {contradiction_of_ends(dialect, incident, facts), contradiction_of_details(incident),
                            unless_one_of("severity", incident.severity, severities),
                            unless_one_of("attack mode", incident.attack_mode, modes)}) {
        if (!why.empty()) {
            return why;
        }
    }
    return {};
}

}  // namespace

tl::expected<Element, std::string> alert_content(const Dialect& dialect, const Incident& incident) {
    const TypeFacts* const facts = facts_of(incident.type);
    if (facts == nullptr) {
        return Error(
            fmt::format("incident {}: type '{}' is not one of {}", incident.id, incident.type, names_of_types()));
    }
    if (const std::string why = contradiction(dialect, incident, *facts); !why.empty()) {
        return Error(fmt::format("incident {} ({}): {}", incident.id, incident.type, why));
    }
    return facts->shape == Shape::endpoint ? endpoint_alert(dialect, incident, *facts)
                                           : Author(dialect, incident, *facts).write();
}

}  // namespace sim::fireeye
