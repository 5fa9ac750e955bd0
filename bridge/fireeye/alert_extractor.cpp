#include "bridge/fireeye/alert_extractor.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "bridge/fireeye/attacker_rules.hpp"
#include "bridge/fireeye/clean_text.hpp"
#include "bridge/fireeye/endpoint_text.hpp"
#include "bridge/fireeye/proxy_sign.hpp"

namespace bridge::fireeye {

namespace {

using domain::Alert;
using domain::AlertType;
using domain::Indicator;

constexpr std::string_view proxy_objection =
    "the request line shows a proxy (absolute URI or CONNECT): this is its address";
constexpr std::string_view victim_objection = "the same address as the victim";
constexpr std::string_view test_objection = "a test alert of the vendor (Test-Fire)";
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
    std::transform(folded.begin(), folded.end(), folded.begin(), [](char c) { return c == '_' ? '-' : lower(c); });
    return folded;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, port);
    return error == std::errc() && stopped == end && port != 0 ? std::optional(port) : std::nullopt;
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
        explanation.for_each(Name::cnc_services, [&](Field services) { services.for_each(Name::cnc_service, visit); });
    });
}

Field ips_of(Field alert) {
    return alert.child(Name::explanation).child(Name::ips_detected);
}

std::string_view first_malware_name(Field alert) {
    std::string_view found;
    for_each_malware(alert, [&](Field malware) {
        if (found.empty()) {
            found = malware.text_of(Name::name);
        }
    });
    return found.empty() ? ips_of(alert).text_of(Name::sig_name) : found;
}

/// Test detections that the appliance makes on request (reference §2.3): they look real and mean nothing.
bool is_vendor_test(Field alert) {
    constexpr std::array names = {"FireEyeTestEvent", "FireEye-TestEvent", "FETestEvent", "FEDNSTestEvent"};
    bool found = starts_folded(ips_of(alert).text_of(Name::sig_name), "IPS-TEST-FIRE");
    for_each_malware(alert, [&](Field malware) {
        const std::string_view name = malware.text_of(Name::name);
        for (const std::string_view test : names) {
            found = found || starts_folded(name, test);
        }
    });
    return found;
}

bool is_vendor_test_host(const Indicator& indicator) {
    if (indicator.domain() == nullptr) {
        return false;
    }
    constexpr std::string_view zone = "fe-notify-examples.com";
    const std::string_view host = indicator.domain()->text();
    return host == zone || host == "fireeye-testevent.example.com" ||
           (host.ends_with(zone) && host[host.size() - zone.size() - 1] == '.');
}

bool any_proxy_sign(Field alert) {
    bool found = false;
    for_each_malware(alert, [&](Field malware) {
        malware.for_each(Name::http_header, [&](Field header) { found = found || shows_proxy(header.text()); });
    });
    for_each_cnc(alert, [&](Field cnc) { found = found || shows_proxy(cnc.text_of(Name::channel)); });
    return found;
}

/// The verdict of the alert, or of all its malware entries that have one.
bool says_not_malicious(Field alert) {
    if (const std::string_view verdict = alert.text_of(Name::malicious); !verdict.empty()) {
        return equal_folded(verdict, "no");
    }
    bool any_no = false;
    bool any_other = false;
    for_each_malware(alert, [&](Field malware) {
        if (const std::string_view verdict = malware.text_of(Name::malicious); !verdict.empty()) {
            (equal_folded(verdict, "no") ? any_no : any_other) = true;
        }
    });
    return any_no && !any_other;
}

/// What the port of a server looks like. A guess that can only speak against a block, never for one.
bool is_service_port(std::uint16_t port) {
    constexpr std::array<std::uint16_t, 12> high_ones = {1433, 1521, 3128, 3306, 3389, 5432,
                                                         5900, 8000, 8008, 8080, 8443, 8888};
    return port < 1024 || std::find(high_ones.begin(), high_ones.end(), port) != high_ones.end();
}

class Extraction {
public:
    Extraction(Field source, const AttackerRule& rule, IpsDirection direction, Alert& alert)
        : source_(source), rule_(rule), normalized_(direction == IpsDirection::normalized), alert_(alert) {}

    void run() {
        vendor_test_ = is_vendor_test(source_);
        proxied_ = any_proxy_sign(source_);
        not_malicious_ = says_not_malicious(source_);
        for_each_ip(Name::dst, [&](std::string_view text) {
            if (const auto address = address_of(text)) {
                destinations_.insert(*address);
            }
        });
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
            for_each_cnc(source_, [&](Field cnc) { ignore(cnc.text_of(Name::address), rule_.end_note); });
        }
        take_end(src, Name::src, "src/ip");
        take_end(dst, Name::dst, "dst/ip");
        if (rule_.suspicious_urls) {
            for_each_malware(source_, [&](Field malware) { take_suspicious_url(malware); });
        }
    }

private:
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
        });
    }

    void collect_victims(End end, Name name) {
        if (end == End::victim) {
            source_.for_each(name, [&](Field side) { add_victims(side); });
        }
    }

    void add_victims(Field side) {
        side.for_each(Name::ip, [&](Field ip) {
            const auto address = address_of(ip.text());
            if (!address) {
                return;
            }
            if (victims_.insert(*address).second && alert_.victims.size() < suspects_max) {
                alert_.victims.push_back(address->text());
            }
        });
    }

    bool is_victim(const Indicator& indicator) const {
        return indicator.address() != nullptr && victims_.contains(*indicator.address());
    }

    bool is_destination(const Indicator& indicator) const {
        return indicator.address() != nullptr && destinations_.contains(*indicator.address());
    }

    void take_cnc(Field cnc) {
        const std::string_view text = cnc.text_of(Name::address);
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
        suspect(*indicator, "cnc-service/address", std::string(cnc_objection(cnc, *indicator)));
    }

    std::string_view cnc_objection(Field cnc, const Indicator& indicator) {
        const bool is_address = indicator.address() != nullptr;
        if (is_address && (shows_proxy(cnc.text_of(Name::channel)) || (proxied_ && is_destination(indicator)))) {
            return proxy_objection;
        }
        if (rule_.type == AlertType::domain_match) {
            return {};  // what was looked up, be it a literal
        }
        const bool looked_up =
            equal_folded(cnc.text_of(Name::protocol), "udp") && port_of(cnc.text_of(Name::port)) == 53;
        if (is_address && looked_up) {
            return name_server_objection;
        }
        if (rule_.cnc_in_sandbox && not_malicious_) {
            return harmless_objection;
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

    std::string end_objection(std::string_view role) {
        if (rule_.type == AlertType::ips_event) {
            return ips_objection();
        }
        return proxied_ && role == "dst/ip" ? std::string(proxy_objection) : std::string();
    }

    /// A server that attacks clients has the service port, a client that attacks a server has not (reference §5.2).
    std::string ips_objection() {
        const Field attacker = source_.child(normalized_ ? Name::dst : Name::src);
        const Field victim = source_.child(normalized_ ? Name::src : Name::dst);
        const auto attacker_port = port_of(attacker.text_of(Name::port));
        const auto victim_port = port_of(victim.text_of(Name::port));
        const std::string_view mode = ips_of(source_).text_of(Name::attack_mode);
        if (!attacker_port || !victim_port || is_service_port(*attacker_port) == is_service_port(*victim_port)) {
            return {};
        }
        const bool attacker_serves = is_service_port(*attacker_port);
        const bool contradicts =
            (equal_folded(mode, "client") && !attacker_serves) || (equal_folded(mode, "server") && attacker_serves);
        if (!contradicts) {
            return {};
        }
        return fmt::format(
            "attack-mode {} contradicts the ports ({} against {}) in the direction that is set ({}): "
            "report, don't block",
            equal_folded(mode, "client") ? "client" : "server", *attacker_port, *victim_port,
            normalized_ ? "normalized_" : "traffic");
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
                suspect(*host, "Suspicious.URL", std::string());
            } else {
                ignore(url, "the URL's host is neither an address nor a name to block");
            }
        }
    }

    /// Each indicator once; an objection against any of its appearances holds for all.
    void suspect(const Indicator& indicator, std::string_view role, std::string objection) {
        if (objection.empty() && (vendor_test_ || is_vendor_test_host(indicator))) {
            objection = test_objection;
        }
        if (is_victim(indicator)) {
            objection = victim_objection;
        }
        const auto [known, is_new] = positions_.try_emplace(indicator, alert_.suspects.size());
        if (!is_new) {
            std::string& first_objection = alert_.suspects[known->second].objection;
            if (first_objection.empty()) {
                first_objection = std::move(objection);
            }
        } else if (alert_.suspects.size() < suspects_max) {
            alert_.suspects.push_back({indicator, std::string(role), std::move(objection)});
        } else {
            positions_.erase(known);
            ignore(indicator.text(), "more suspects than one alert can have");
        }
    }

    void ignore(std::string_view address, std::string_view reason) {
        if (!address.empty() && alert_.ignored.size() < suspects_max) {
            alert_.ignored.push_back({clean_text(address), std::string(reason)});
        }
    }

    Field source_;
    const AttackerRule& rule_;
    bool normalized_;
    Alert& alert_;
    bool vendor_test_ = false;
    bool proxied_ = false;
    bool not_malicious_ = false;
    std::set<domain::IpAddress> victims_;
    std::set<domain::IpAddress> destinations_;
    std::map<Indicator, std::size_t> positions_;  // in alert_.suspects
};

std::string own_or(std::string_view own, const std::string& inherited) {
    return own.empty() ? inherited : clean_text(own);
}

ProductFamily family_of(const Alert& alert, const Envelope& envelope) {
    const ProductFamily family = product_family_of(alert.product);
    return family == ProductFamily::unknown ? product_family_of(envelope.version) : family;
}

}  // namespace

domain::Result<Alert> read_alert(Field source, const Envelope& envelope, const ReadingRules& rules) {
    Alert alert;
    alert.id = clean_text(source.text_of(Name::id), 128);
    alert.type_name = hyphened(source.text_of(Name::name));
    if (alert.type_name.empty()) {
        return domain::failed(domain::Errc::malformed,
                              fmt::format("alert{}{}: it has no name, so that its type is unknown",
                                          alert.id.empty() ? "" : " id ", alert.id));
    }
    alert.type = domain::alert_type_of(alert.type_name);
    alert.appliance = envelope.appliance;
    alert.appliance_id = own_or(source.text_of(Name::appliance_id), envelope.appliance_id);
    alert.product = own_or(source.text_of(Name::product), envelope.product);
    alert.uuid = clean_text(source.text_of(Name::uuid), 128);
    alert.severity = domain::severity_of(source.text_of(Name::severity));
    alert.occurred = clean_text(source.text_of(Name::occurred), 64);
    alert.malware = clean_text(first_malware_name(source));
    const ProductFamily family = family_of(alert, envelope);
    if (family == ProductFamily::endpoint) {
        alert.type = AlertType::endpoint;
    }
    Extraction(source, attacker_rule(alert.type, family), rules.direction_of(alert), alert).run();
    return alert;
}

}  // namespace bridge::fireeye
