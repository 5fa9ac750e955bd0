#include "bridge/fireeye/alert_extractor.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bridge/domain/value/special_purpose.hpp"
#include "bridge/fireeye/attacker_rules.hpp"
#include "bridge/fireeye/clean_text.hpp"
#include "bridge/fireeye/endpoint_text.hpp"
#include "bridge/fireeye/proxy_sign.hpp"
#include "bridge/fireeye/small_index.hpp"

namespace bridge::fireeye {

namespace {

using domain::Alert;
using domain::AlertType;
using domain::Indicator;

constexpr std::string_view proxy_objection =
    "the request line shows a proxy (absolute URI or CONNECT): this is its address";
constexpr std::string_view proxy_port_objection =
    "its port is a proxy's, and no request line says that it is none: choose the level normal, or list the site's "
    "proxies";
constexpr std::string_view resolver_objection =
    "its port is 53 and the protocol not tcp: most likely the resolver that the victim asked";
constexpr std::string_view no_cnc_use = "C&C entries are not used for alerts of this type";
constexpr std::string_view victim_objection = "the same address as the victim";
constexpr std::string_view test_objection = "a test alert of the vendor (Test-Fire)";
constexpr std::string_view own_address_objection = "the address of the appliance itself";
constexpr std::string_view own_name_objection = "the name of the appliance or of the victim";
constexpr std::string_view harmless_objection = "seen in the sandbox by an alert that says malicious: no";
constexpr std::string_view name_server_objection = "udp port 53: a name server that was asked, not one that was called";

/// An alert is 1 kB; one with more of these than this is not an appliance's.
constexpr std::size_t suspects_max = 4096;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_folded(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool starts_folded(std::string_view text, std::string_view start) {
    return equal_folded(text.substr(0, start.size()), start);
}

std::string hyphened(std::string_view name) {
    std::string folded = clean_text(name, 64);
    std::transform(folded.begin(), folded.end(), folded.begin(),
                   [](char c) { return c == '_' || c == ' ' ? '-' : lower(c); });
    return folded;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, port);
    return error == std::errc() && stopped == end && port != 0 ? std::optional(port) : std::nullopt;
}

/// The malware entries of an alert, summed up: one pass over what is the greater part of most alerts.
struct MalwareSummary {
    std::string_view first_name;
    bool vendor_test = false;    // a test detection that the appliance makes on request (reference §2.3)
    bool has_request = false;    // an http-header
    bool proxied = false;        // by its request line
    bool says_harmless = false;  // malicious: no, in one of them
    bool says_harmful = false;   // malicious: anything else
};

/// "yes" and "no" in every sample; the others are how JSON writers put the same.
bool says_no(std::string_view verdict) {
    return equal_folded(verdict, "no") || equal_folded(verdict, "false") || verdict == "0";
}

bool is_vendor_test_name(std::string_view name) {
    constexpr std::array names = {"FireEyeTestEvent", "FireEye-TestEvent", "FETestEvent",
                                  "FEDNSTestEvent",   "TrellixTestEvent",  "Trellix-TestEvent"};
    return !name.empty() && (lower(name.front()) == 'f' || lower(name.front()) == 't') &&
           std::any_of(names.begin(), names.end(), [&](std::string_view test) { return starts_folded(name, test); });
}

template <class Visit>
void for_each_malware(Field alert, Visit visit) {
    alert.for_each(Name::explanation, [&](Field explanation) {
        explanation.for_each(Name::malware_detected, [&](Field detected) { detected.for_each(Name::malware, visit); });
    });
}

template <class Visit>
void for_each_cnc(Field alert, Visit visit) {
    alert.for_each(Name::explanation, [&](Field explanation) {
        explanation.for_each(Name::cnc_services, [&](Field services) {
            if (services.child(Name::cnc_service)) {
                services.for_each(Name::cnc_service, visit);
            } else if (services.child(Name::address)) {
                visit(services);  // a converter that leaves the wrapper out
            }
        });
    });
}

MalwareSummary summary_of_malware(Field alert) {
    MalwareSummary sum;
    for_each_malware(alert, [&](Field malware) {
        const std::string_view name = malware.text_of(Name::name);
        sum.first_name = sum.first_name.empty() ? name : sum.first_name;
        sum.vendor_test = sum.vendor_test || is_vendor_test_name(name);
        malware.for_each(Name::http_header, [&](Field header) {
            const std::string_view request = header.text();
            sum.has_request = sum.has_request || !request.empty();
            sum.proxied = sum.proxied || shows_proxy(request);
        });
        if (const std::string_view verdict = malware.text_of(Name::malicious); !verdict.empty()) {
            (says_no(verdict) ? sum.says_harmless : sum.says_harmful) = true;
        }
    });
    return sum;
}

bool is_vendor_test_host(const Indicator& indicator) {
    if (indicator.domain() == nullptr) {
        return false;
    }
    constexpr std::string_view zone = "fe-notify-examples.com";
    const std::string_view host = indicator.domain()->text();
    return host == zone || host == "fireeye-testevent.example.com" || host == "trellix-testevent.example.com" ||
           (host.ends_with(zone) && host[host.size() - zone.size() - 1] == '.');
}

/// Of a victim's name, which an attacker does not choose: a sample that looked up one of these names would otherwise
/// keep its true server from being blocked.
bool names_vendor_test_host(std::string_view text) {
    const auto endpoint = text.empty() ? std::nullopt : endpoint_of(text);
    return endpoint && is_vendor_test_host(*endpoint);
}

/// What the port of a server looks like. A guess that can only speak against a block, never for one.
bool is_service_port(std::uint16_t port) {
    constexpr std::array<std::uint16_t, 12> high_ones = {1433, 1521, 3128, 3306, 3389, 5432,
                                                         5900, 8000, 8008, 8080, 8443, 8888};
    return port < 1024 || std::find(high_ones.begin(), high_ones.end(), port) != high_ones.end();
}

/// Which of two ports is the server's; neither, when that cannot be told.
bool serves(std::uint16_t port, std::uint16_t other) {
    if (is_service_port(port) != is_service_port(other)) {
        return is_service_port(port);
    }
    constexpr std::uint16_t ephemeral_from = 32768;  // Linux's; others begin higher
    return port < ephemeral_from && other >= ephemeral_from;
}

/// Servers listen there too, so it is a sign only where nothing better is told (reference §5.4).
bool is_proxy_port(std::string_view text) {
    const auto port = port_of(text);
    return port == 3128 || port == 8080;
}

/// The prefix that covers an address, or nullptr.
const domain::Prefix* covering(const std::vector<domain::Prefix>& prefixes, const domain::IpAddress& address) {
    const auto found =
        std::find_if(prefixes.begin(), prefixes.end(), [&](const auto& prefix) { return prefix.contains(address); });
    return found == prefixes.end() ? nullptr : &*found;
}

/// Why something is not to be blocked. A doubt holds only while nothing else in the alert names the same indicator.
struct Objection {
    std::string text;
    bool only_a_doubt = false;
};

class Extraction {
public:
    Extraction(Field source, const Children& parts, const MalwareSummary& malware, const AttackerRule& rule,
               const ReadingRules& rules, Alert& alert)
        : source_(source),
          ips_(parts[Name::explanation].child(Name::ips_detected)),
          rule_(rule),
          site_(rules.site),
          normalized_(rule.type == AlertType::ips_event && rules.direction_of(alert) == IpsDirection::normalized),
          alert_(alert),
          vendor_test_(malware.vendor_test || starts_folded(ips_.text_of(Name::sig_name), "IPS-TEST-FIRE") ||
                       names_vendor_test_host(parts[Name::src].text_of(Name::host))),
          proxy_sign_(malware.proxied ? proxy_objection : std::string_view()),
          has_request_(malware.has_request),
          not_malicious_(malware.says_harmless && !malware.says_harmful),
          own_addresses_{address_of(alert.appliance), address_of(alert.sensor),
                         address_of(parts.text_of(Name::sensor_ip))},
          own_names_{std::string_view(alert.appliance), std::string_view(alert.sensor),
                     parts[Name::src].text_of(Name::host)} {
        if (const auto host = url_host(parts.text_of(Name::alert_url)); host && host->address() != nullptr) {
            own_addresses_[3] = *host->address();
        }
        // The alert's own verdict is above that of its entries.
        if (const std::string_view verdict = parts.text_of(Name::malicious); !verdict.empty()) {
            not_malicious_ = says_no(verdict);
        }
    }

    void run() {
        for_each_ip(Name::dst, [&](std::string_view text) {
            if (const auto address = address_of(text)) {
                destinations_.add(*address);
            }
        });
        find_proxy_signs();
        const End src = turned(rule_.src);
        const End dst = turned(rule_.dst);
        collect_victims(src, Name::src);
        collect_victims(dst, Name::dst);
        if (rule_.type == AlertType::endpoint) {
            source_.for_each(Name::host, [&](Field host) { add_victims(host); });
        }
        if (rule_.cnc) {
            for_each_cnc(source_, [&](Field cnc) { take_cnc(cnc); });
        } else {
            const std::string_view why = rule_.end_note.empty() ? no_cnc_use : rule_.end_note;
            for_each_cnc(source_, [&](Field cnc) { ignore(cnc.text_of(Name::address), why); });
        }
        take_end(src, Name::src, "src/ip");
        take_end(dst, Name::dst, "dst/ip");
        if (rule_.suspicious_urls) {
            for_each_malware(source_, [&](Field malware) { take_suspicious_url(malware); });
        }
    }

private:
    void find_proxy_signs() {
        for_each_cnc(source_, [&](Field cnc) {
            cnc.for_each(Name::channel, [&](Field channel) {
                const std::string_view request = channel.text();
                has_request_ = has_request_ || (!request.empty() && !rule_.cnc_in_sandbox);
                proxy_sign_ = shows_proxy(request) ? proxy_objection : proxy_sign_;
            });
        });
        // A proxy is the destination of what it sees; in an ips-event and a domain-match that means something else.
        if (proxy_sign_.empty() && !has_request_ && rule_.dst == End::attacker &&
            is_proxy_port(source_.child(Name::dst).text_of(Name::port))) {
            proxy_sign_ = proxy_port_objection;
        }
    }

    End turned(End end) const {
        if (end == End::traffic_source) {
            return normalized_ ? End::victim : End::attacker;
        }
        if (end == End::traffic_destination) {
            return normalized_ ? End::attacker : End::victim;
        }
        return end;
    }

    template <class Visit>
    void for_each_ip(Name end, Visit visit) {
        source_.for_each(end, [&](Field side) {
            side.for_each(Name::ip, [&](Field ip) {
                if (const std::string_view text = ip.text(); !text.empty()) {
                    visit(text);
                }
            });
            if (const auto bare = bare_address_of(side); !bare.empty()) {
                visit(bare);
            }
        });
    }

    void collect_victims(End end, Name name) {
        if (end == End::victim) {
            source_.for_each(name, [&](Field side) { add_victims(side); });
        }
    }

    /// An end that is a text where an object belongs (reference §4.2), if the text is an address.
    static std::string_view bare_address_of(Field side) {
        const std::string_view text = side.is_structure() ? std::string_view() : side.text();
        return address_of(text) ? text : std::string_view();
    }

    void add_victims(Field side) {
        side.for_each(Name::ip, [&](Field ip) { add_victim(ip.text()); });
        add_victim(bare_address_of(side));
    }

    void add_victim(std::string_view text) {
        const auto address = address_of(text);
        if (address && victims_.add(*address) && alert_.victims.size() < suspects_max) {
            alert_.victims.push_back(address->text());
        }
    }

    bool is_destination(const Indicator& indicator) const {
        return indicator.address() != nullptr && destinations_.contains(*indicator.address());
    }

    void take_cnc(Field cnc) {
        if (!cnc.child(Name::address)) {
            take_cnc_address(cnc, cnc.text());  // a text where an object belongs
        }
        cnc.for_each(Name::address, [&](Field address) { take_cnc_address(cnc, address.text()); });
    }

    void take_cnc_address(Field cnc, std::string_view text) {
        if (text.empty()) {
            return;
        }
        const auto indicator = endpoint_of(text);
        if (!indicator) {
            ignore(text, "a C&C entry that is neither an address nor a name to block");
            return;
        }
        if (rule_.type == AlertType::domain_match && is_destination(*indicator)) {
            return;  // the resolver, which is reported as the end that it is
        }
        suspect(*indicator, "cnc-service/address", cnc_objection(cnc, *indicator));
    }

    Objection cnc_objection(Field cnc, const Indicator& indicator) {
        const bool is_address = indicator.address() != nullptr;
        if (is_address && shows_proxy(cnc.text_of(Name::channel))) {
            return {std::string(proxy_objection)};
        }
        if (is_address && !proxy_sign_.empty() && is_destination(indicator)) {
            return {std::string(proxy_sign_)};
        }
        if (rule_.type == AlertType::domain_match) {
            return {};  // what was looked up, be it a literal
        }
        const bool looked_up =
            equal_folded(cnc.text_of(Name::protocol), "udp") && port_of(cnc.text_of(Name::port)) == 53;
        if (is_address && looked_up) {
            return {std::string(name_server_objection)};
        }
        if (rule_.cnc_in_sandbox && not_malicious_) {
            return {std::string(harmless_objection), true};
        }
        return {};
    }

    void take_end(End end, Name name, std::string_view role) {
        if (end == End::victim) {
            return;
        }
        for_each_ip(name, [&](std::string_view text) {
            const auto address = address_of(text);
            if (!address) {
                ignore(text, fmt::format("{} is not an address", role));
            } else if (end == End::attacker) {
                suspect(Indicator(*address), role, end_objection(role));
            } else {
                ignore(address->text(), rule_.end_note);
            }
        });
    }

    Objection end_objection(std::string_view role) {
        if (rule_.type == AlertType::ips_event) {
            return {ips_objection()};
        }
        if (role != "dst/ip") {
            return {};
        }
        return {std::string(proxy_sign_.empty() && asks_resolver() ? resolver_objection : proxy_sign_)};
    }

    /// A callback that is seen as a DNS query has the name in its C&C entry, and its destination is the resolver, as in
    /// a domain-match.
    bool asks_resolver() const {
        const std::string_view protocol = source_.child(Name::explanation).text_of(Name::protocol);
        return port_of(source_.child(Name::dst).text_of(Name::port)) == 53 && !equal_folded(protocol, "tcp");
    }

    /// Nothing in an ips-event tells which way round the appliance reports; what contradicts the direction that is set
    /// is reported and not blocked (reference §5.2).
    std::string ips_objection() {
        const Field attacker = source_.child(normalized_ ? Name::dst : Name::src);
        const Field victim = source_.child(normalized_ ? Name::src : Name::dst);
        const std::string_view direction = normalized_ ? "normalized" : "traffic";
        const auto attacker_address = address_of(attacker.text_of(Name::ip));
        const auto victim_address = address_of(victim.text_of(Name::ip));
        if (attacker_address && victim_address && is_inside(*attacker_address) && !is_inside(*victim_address)) {
            return fmt::format(
                "in the direction that is set (ips_direction: {}) {} inside attacks {} outside: report, don't block",
                direction, attacker_address->text(), victim_address->text());
        }
        const auto attacker_port = port_of(attacker.text_of(Name::port));
        const auto victim_port = port_of(victim.text_of(Name::port));
        if (!attacker_port || !victim_port) {
            return {};
        }
        // A server that attacks clients has the service port, a client that attacks a server has not.
        const bool attacker_serves = serves(*attacker_port, *victim_port);
        const bool victim_serves = serves(*victim_port, *attacker_port);
        const std::string_view mode = ips_.text_of(Name::attack_mode);
        const bool client_mode = equal_folded(mode, "client");
        const bool contradicts = (client_mode && victim_serves) || (equal_folded(mode, "server") && attacker_serves);
        if (!contradicts) {
            return {};
        }
        return fmt::format(
            "attack-mode {} contradicts the ports ({} against {}) in the direction that is set (ips_direction: {}): "
            "report, don't block",
            client_mode ? "client" : "server", *attacker_port, *victim_port, direction);
    }

    bool is_inside(const domain::IpAddress& address) const {
        return covering(site_.networks, address) != nullptr || !domain::special_range(address, true).empty();
    }

    void take_suspicious_url(Field malware) {
        if (!equal_folded(malware.text_of(Name::name), "Suspicious.URL")) {
            return;
        }
        for (const Name field : {Name::url, Name::objurl}) {
            const std::string_view url = malware.text_of(field);
            if (url.empty()) {
                continue;
            }
            if (const auto host = url_host(url)) {
                suspect(*host, "Suspicious.URL", {});
            } else {
                ignore(url, "the URL's host is neither an address nor a name to block");
            }
        }
    }

    /// Each indicator once; an objection against any of its appearances holds for all, a doubt for none but its own.
    void suspect(const Indicator& indicator, std::string_view role, Objection objection) {
        const bool spoken_against = !objection.text.empty() && !objection.only_a_doubt;
        if (std::string ours = ours_objection(indicator); !ours.empty()) {
            objection = {std::move(ours)};
        } else if (std::string inside = inside_objection(indicator); !spoken_against && !inside.empty()) {
            objection = {std::move(inside)};
        } else if (!spoken_against && (vendor_test_ || is_vendor_test_host(indicator))) {
            objection = {std::string(test_objection)};
        }
        if (const auto known = suspects_.find(indicator)) {
            domain::Suspect& first = alert_.suspects[*known];
            const bool both_doubt = doubted_[*known] && objection.only_a_doubt;
            if (doubted_[*known] && !both_doubt) {
                first.objection = std::move(objection.text);
                doubted_[*known] = false;
            } else if (first.objection.empty() && !objection.only_a_doubt) {
                first.objection = std::move(objection.text);
            }
            return;
        }
        if (alert_.suspects.size() >= suspects_max) {
            ignore(indicator.text(), "more suspects than one alert can have");
            return;
        }
        suspects_.add(indicator);
        doubted_.push_back(objection.only_a_doubt);
        alert_.suspects.push_back({indicator, std::string(role), std::move(objection.text)});
    }

    /// Why an indicator is no attacker's but one of the hosts that we know.
    std::string ours_objection(const Indicator& indicator) const {
        const domain::IpAddress* address = indicator.address();
        if (address == nullptr) {
            const bool ours = std::any_of(own_names_.begin(), own_names_.end(), [&](std::string_view name) {
                return equal_folded(name, indicator.domain()->text());
            });
            return ours ? std::string(own_name_objection) : std::string();
        }
        if (victims_.contains(*address)) {
            return std::string(victim_objection);
        }
        if (const domain::Prefix* proxy = covering(site_.proxies, *address)) {
            return fmt::format("a proxy of the site (site.proxies: {})", proxy->text());
        }
        if (const domain::Prefix* resolver = covering(site_.resolvers, *address)) {
            return fmt::format("a resolver of the site (site.resolvers: {})", resolver->text());
        }
        if (std::find(own_addresses_.begin(), own_addresses_.end(), *address) != own_addresses_.end()) {
            return std::string(own_address_objection);
        }
        return {};
    }

    std::string inside_objection(const Indicator& indicator) const {
        const domain::IpAddress* address = indicator.address();
        const domain::Prefix* network = address == nullptr ? nullptr : covering(site_.networks, *address);
        return network == nullptr ? std::string()
                                  : fmt::format("inside the site's own networks (site.networks: {})", network->text());
    }

    void ignore(std::string_view address, std::string_view reason) {
        if (!address.empty() && alert_.ignored.size() < suspects_max) {
            alert_.ignored.push_back({clean_text(address), std::string(reason)});
        }
    }

    Field source_;
    Field ips_;
    const AttackerRule& rule_;
    const Site& site_;
    bool normalized_;
    Alert& alert_;
    bool vendor_test_;
    std::string_view proxy_sign_;  // why the destination is a proxy, or empty
    bool has_request_;             // what the victim sent to its destination is told
    bool not_malicious_;
    std::array<std::optional<domain::IpAddress>, 4> own_addresses_;
    std::array<std::string_view, 3> own_names_;
    SmallIndex<domain::IpAddress> victims_;
    SmallIndex<domain::IpAddress> destinations_;
    SmallIndex<Indicator> suspects_;  // as in alert_.suspects
    std::vector<bool> doubted_;       // likewise
};

std::string own_or(std::string_view own, const std::string& inherited) {
    return own.empty() ? inherited : clean_text(own);
}

/// What the alert says it comes from, else what its sender's version says, else what it looks like: exports without
/// any envelope exist, and only mail has these fields.
ProductFamily family_of(const Children& parts, const Alert& alert, const Envelope& envelope) {
    ProductFamily family = product_family_of(alert.product);
    if (family == ProductFamily::unknown) {
        family = product_family_of(envelope.version);
    }
    const bool is_mail = parts[Name::smtp_message] || parts[Name::src].child(Name::smtp_mail_from) ||
                         parts[Name::dst].child(Name::smtp_to);
    return family == ProductFamily::unknown && is_mail ? ProductFamily::email : family;
}

}  // namespace

domain::Result<Alert> read_alert(Field source, const Envelope& envelope, const ReadingRules& rules) {
    const Children parts(source);
    Alert alert;
    alert.id = clean_text(parts.text_of(Name::id), 128);
    alert.type_name = hyphened(parts.text_of(Name::name));
    if (alert.type_name.empty()) {
        return domain::failed(domain::Errc::malformed,
                              fmt::format("alert{}{}: it has no name, so that its type is unknown",
                                          alert.id.empty() ? "" : " id ", alert.id));
    }
    const MalwareSummary malware = summary_of_malware(source);
    alert.type = domain::alert_type_of(alert.type_name);
    if (alert.type != AlertType::other && alert.type != AlertType::endpoint) {
        alert.type_name = domain::name_of(alert.type);  // one spelling, which the identity of an alert rests on
    }
    alert.appliance = envelope.appliance;
    alert.appliance_id = own_or(parts.text_of(Name::appliance_id), envelope.appliance_id);
    alert.sensor = clean_text(parts.text_of(Name::sensor));
    alert.product = own_or(parts.text_of(Name::product), envelope.product);
    alert.uuid = clean_text(parts.text_of(Name::uuid), 128);
    alert.severity = domain::severity_of(parts.text_of(Name::severity));
    alert.occurred = clean_text(parts.text_of(Name::occurred), 64);
    alert.malware = clean_text(malware.first_name.empty()
                                   ? parts[Name::explanation].child(Name::ips_detected).text_of(Name::sig_name)
                                   : malware.first_name);
    const ProductFamily family = family_of(parts, alert, envelope);
    if (family == ProductFamily::endpoint) {
        alert.type = AlertType::endpoint;
    }
    Extraction(source, parts, malware, attacker_rule(alert.type, family), rules, alert).run();
    return alert;
}

}  // namespace bridge::fireeye
