#include "bridge/reproduction/own.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

#include "bridge/domain/value/special_purpose.hpp"
#include "bridge/fireeye/proxy_sign.hpp"
#include "bridge/reproduction/leaf.hpp"
#include "bridge/reproduction/pseudonyms.hpp"
#include "bridge/reproduction/text_scan.hpp"

namespace bridge::reproduction {

using domain::Indicator;
using domain::IpAddress;

namespace {

constexpr auto npos = std::string_view::npos;

template <std::size_t Size>
bool is_one_of(std::string_view word, const std::array<std::string_view, Size>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// Domains that are only used inside a site. RFC 6762, RFC 8375, and habit.
constexpr std::array<std::string_view, 7> inside_zones{"local", "lan",         "internal", "intranet",
                                                       "corp",  "localdomain", "home.arpa"};

/// Mail providers: a recipient there says nothing about the domain.
constexpr std::array<std::string_view, 14> mail_providers{
    "gmail.com", "googlemail.com", "hotmail.com", "outlook.com", "live.com", "msn.com", "yahoo.com",
    "aol.com",   "icloud.com",     "gmx.net",     "gmx.de",      "web.de",   "mail.ru", "proton.me"};

/// Second levels under which anyone registers: "co" of co.uk.
constexpr std::array<std::string_view, 12> public_second_levels{"co", "com", "net", "org", "gov", "edu",
                                                                "ac", "or",  "ne",  "go",  "gob", "nom"};

/// The vendor's hosts for tests (reference §2.3); the bridge tells tests by them.
constexpr std::array<std::string_view, 2> vendor_test_zones{"fe-notify-examples.com", "fireeye-testevent.example.com"};

bool is_host_name(std::string_view text) {
    return !text.empty() && text.size() <= 253 && is_alnum(text.front()) && is_alnum(text.back()) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

std::string_view above(std::string_view name) {
    const std::size_t dot = name.find('.');
    return dot == npos ? std::string_view() : name.substr(dot + 1);
}

bool anyone_registers_under(std::string_view domain) {
    const std::string_view top = above(domain);
    return top.empty() || (top.size() == 2 && top.find('.') == npos &&
                           is_one_of(domain.substr(0, domain.size() - 3), public_second_levels));
}

/// The domain of a host: what is left without its first label, unless anyone could have registered under that.
std::string_view domain_of_host(std::string_view name) {
    const std::string_view domain = above(name);
    if (domain.empty() || is_one_of(domain, inside_zones)) {
        return domain;
    }
    return anyone_registers_under(domain) ? name : domain;
}

bool is_or_is_under(std::string_view name, std::string_view zone) {
    return name == zone ||
           (name.size() > zone.size() && name.ends_with(zone) && name[name.size() - zone.size() - 1] == '.');
}

/// "internal-3.example" or "internal-3.local", which a scrubbed payload has where there was a domain.
bool is_replacement(std::string_view domain) {
    constexpr std::string_view head = "internal-";
    const std::string_view top = above(domain);
    if (!domain.starts_with(head) || (top != "example" && (top.empty() || top != domain::local_zone(top)))) {
        return false;
    }
    const std::string_view digits = domain.substr(head.size(), domain.size() - head.size() - top.size() - 1);
    return !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The last two labels when they are such a domain.
std::string_view replacement_in(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    const std::size_t before = dot == npos || dot == 0 ? npos : name.rfind('.', dot - 1);
    const std::string_view domain = before == npos ? name : name.substr(before + 1);
    return is_replacement(domain) ? domain : std::string_view();
}

bool is_blank_mac(std::string_view digits) {
    return digits == "000000000000" || digits == "ffffffffffff";
}

/// One end of a connection as an alert gives it.
struct Side {
    bool src = false;
    std::uint32_t alert = 0;
    std::vector<IpAddress> addresses;
    std::vector<std::string> hosts;
};

}  // namespace

bool is_common_word(std::string_view word) {
    constexpr std::array<std::string_view, 56> words{
        "ax",        "cm",      "cms",           "ex",        "fireeye", "fx",        "hx",      "mas",      "nx",
        "appliance", "admin",   "administrator", "all users", "alert",   "any",       "app",     "attacker", "client",
        "content",   "default", "default user",  "desktop",   "dns",     "domain",    "example", "explorer", "ftp",
        "guest",     "host",    "http",          "https",     "local",   "localhost", "mail",    "malware",  "n/a",
        "network",   "none",    "null",          "proxy",     "public",  "root",      "server",  "service",  "smtp",
        "src",       "system",  "test",          "unknown",   "user",    "users",     "web",     "windows",  "www",
        "xml",       "json"};
    return is_one_of(word, words);
}

bool says_nothing(std::string_view host) {
    constexpr std::array<std::string_view, 6> words{"localhost", "n/a", "none", "null", "unknown", "--"};
    return is_one_of(host, words);
}

bool is_user_field(std::string_view name) {
    constexpr std::array<std::string_view, 9> names{"user",        "username",     "login",
                                                    "loginuser",   "loggedonuser", "accountname",
                                                    "useraccount", "owner",        "samaccountname"};
    return is_one_of(name, names);
}

bool is_correspondent_field(std::string_view name) {
    return name == "smtpto" || name == "smtpcc" || name == "smtpmailfrom";
}

bool is_correspondent_header(std::string_view name) {
    constexpr std::array<std::string_view, 8> names{"from",   "to",       "cc",          "bcc",
                                                    "sender", "reply-to", "return-path", "delivered-to"};
    return is_one_of(name, names);
}

bool is_own_host_field(std::string_view name, std::string_view within) {
    constexpr std::array<std::string_view, 7> names{"appliance",   "sensor",    "hostname",   "computername",
                                                    "dnshostname", "agenthost", "workstation"};
    return is_one_of(name, names) || (name == "domain" && within == "host");
}

void Own::learn(std::string_view payload) {
    suspects_.clear();
    learn_decisions(payload);
    learn_fields(payload);
}

bool Own::is_own_by_rules(const Indicator& indicator) const {
    if (domain::is_allowed(rules_.policy, indicator)) {
        return true;
    }
    const IpAddress* address = indicator.address();
    if (address == nullptr) {
        return false;
    }
    const fireeye::Site& site = rules_.reading.site;
    const auto covers = [&](const std::vector<domain::Prefix>& prefixes) {
        return std::any_of(prefixes.begin(), prefixes.end(),
                           [&](const domain::Prefix& prefix) { return prefix.contains(*address); });
    };
    return covers(site.networks) || covers(site.proxies) || covers(site.resolvers);
}

void Own::learn_decisions(std::string_view payload) {
    const auto notification = fireeye::read_notification(payload, rules_.reading);
    if (!notification) {
        return;
    }
    for (const domain::Alert& alert : notification->alerts) {
        for (const std::string& victim : alert.victims) {
            if (const auto address = IpAddress::parse(victim)) {
                addresses_.insert(*address);
            }
        }
    }
    for (const domain::Alert& alert : notification->alerts) {
        for (const domain::Suspect& suspect : alert.suspects) {
            if (const IpAddress* address = suspect.indicator.address()) {
                if (!is_own_by_range(*address) && !is_own_by_rules(suspect.indicator) &&
                    !addresses_.contains(*address)) {
                    suspects_.insert(*address);
                }
            } else if (!is_own_by_rules(suspect.indicator)) {
                attackers_.insert(suspect.indicator.domain()->text());
            }
        }
    }
}

void Own::learn_host(std::string_view text) {
    std::string name = lower_case(text);
    while (name.ends_with('.')) {
        name.pop_back();
    }
    if (name.size() < 2 || IpAddress::parse(name) || says_nothing(name)) {
        return;
    }
    if (!is_host_name(name) || name.find('.') == std::string::npos) {
        hosts_.insert(std::move(name));
    } else if (std::none_of(vendor_test_zones.begin(), vendor_test_zones.end(),
                            [&](std::string_view zone) { return is_or_is_under(name, zone); })) {
        if (replacement_in(name).empty()) {
            domains_.emplace(domain_of_host(name));
        }
        // "pc7" alone is the same host.
        if (const std::string first = name.substr(0, name.find('.')); domain_of_host(name) != name) {
            hosts_.insert(first);
        }
    }
}

void Own::learn_fields(std::string_view payload) {
    std::map<std::uint32_t, Side> sides;
    std::set<std::uint32_t> proxied_alerts;
    const auto address_in = [](std::string_view text) -> std::optional<IpAddress> {
        std::optional<IpAddress> found;
        for_each_address(text, [&](Span, const IpAddress& address, Spelling) { found = found ? found : address; });
        return found;
    };
    for_each_leaf(payload, [&](const Leaf& leaf) {
        const std::string_view name = leaf.name;
        const bool side = leaf.within == "src" || leaf.within == "dst";
        if (side && (name == "ip" || name == "host")) {
            Side& end = sides[leaf.holder];
            end.src = leaf.within == "src";
            end.alert = leaf.alert;
            if (const auto address = address_in(leaf.text)) {
                end.addresses.push_back(*address);
            } else if (name == "host") {
                end.hosts.emplace_back(leaf.text);
            }
        } else if (is_own_host_field(name, leaf.within) || name == "sensorip" || name == "applianceip" ||
                   (leaf.within == "host" && name.ends_with("ip"))) {
            if (const auto address = address_in(leaf.text)) {
                addresses_.insert(*address);
            } else {
                learn_host(leaf.text);
            }
        } else if (name == "alerturl") {
            const std::string_view host = url_host_span(leaf.text).of(leaf.text);
            if (const auto address = IpAddress::parse(host)) {
                addresses_.insert(*address);
            } else {
                learn_host(host);
            }
        } else if (name == "smtpto" || name == "smtpcc") {
            for_each_mail(leaf.text, [&](Span, Span host) {
                const std::string domain = lower_case(host.of(leaf.text));
                if (!is_one_of(domain, mail_providers) && domain.find('.') != std::string::npos &&
                    replacement_in(domain).empty()) {
                    domains_.insert(domain);
                }
            });
        } else if (name == "mac" || name == "applianceid" || name == "macaddress") {
            const std::string digits = mac_digits_of(leaf.text);
            if (digits.empty() && name == "applianceid" && leaf.text.size() > 1) {
                appliance_ids_.insert(lower_case(leaf.text));
            } else if (!digits.empty() && !is_blank_mac(digits)) {
                macs_.insert(digits);
            }
        } else if (is_user_field(name)) {
            const std::size_t backslash = leaf.text.rfind('\\');
            if (backslash != npos) {
                learn_host(leaf.text.substr(0, leaf.text.find('\\')));
            }
            const std::string user = lower_case(leaf.text.substr(backslash == npos ? 0 : backslash + 1));
            if (user.size() > 1 && user.find('@') == std::string::npos && !is_common_word(user)) {
                people_.insert(user);
            }
        }
        if ((name == "channel" || name == "httpheader") && fireeye::shows_proxy(leaf.text)) {
            proxied_alerts.insert(leaf.alert);
        }
        for_each_user_of_path(leaf.text, [&](Span user) {
            std::string word = lower_case(user.of(leaf.text));
            if (word.size() > 1 && !is_common_word(word)) {
                people_.insert(std::move(word));
            }
        });
        for_each_mail(leaf.text, [&](Span local, Span) { mail_names_.insert(lower_case(local.of(leaf.text))); });
        const auto take_display_names = [&](Span line) {
            for_each_display_name(leaf.text, line,
                                  [&](Span shown) { mail_names_.insert(lower_case(shown.of(leaf.text))); });
        };
        if (is_correspondent_field(name)) {
            take_display_names({0, leaf.text.size()});
        }
        for_each_header(leaf.text, [&](std::string_view header, Span line) {
            if (is_correspondent_header(lower_case(header))) {
                take_display_names(line);
            }
        });
        for_each_userinfo(leaf.text, [&](Span user, Span) { mail_names_.insert(lower_case(user.of(leaf.text))); });
        for_each_unc_host(leaf.text, [&](Span host) {
            if (const auto name_of_host = host.of(leaf.text); !IpAddress::parse(name_of_host)) {
                learn_host(name_of_host);
            }
        });
    });
    for (const auto& [holder, side] : sides) {
        bool attackers = !side.addresses.empty();
        for (const IpAddress& address : side.addresses) {
            const bool proxy = !side.src && proxied_alerts.contains(side.alert);
            if (!suspects_.contains(address) || proxy) {
                addresses_.insert(address);
            }
            attackers = attackers && !is_own(address);
        }
        if (!attackers && (side.src || !side.addresses.empty())) {
            for (const std::string& host : side.hosts) {
                learn_host(host);
            }
        }
    }
}

bool Own::is_own(const IpAddress& address) const {
    return is_own_by_range(address) || addresses_.contains(address) || is_own_by_rules(Indicator(address));
}

std::string_view Own::domain_of(std::string_view name) const {
    if (std::any_of(vendor_test_zones.begin(), vendor_test_zones.end(),
                    [&](std::string_view zone) { return is_or_is_under(name, zone); })) {
        return {};
    }
    if (const std::string_view replacement = replacement_in(name); !replacement.empty()) {
        return replacement;
    }
    for (std::string_view zone = name; !zone.empty(); zone = above(zone)) {
        if (domains_.contains(zone)) {
            return zone;
        }
    }
    // Own by its top alone: the zone is that and the label before it, or only the top where there is no more.
    for (const std::string_view zone : inside_zones) {
        if (name != zone && is_or_is_under(name, zone)) {
            const std::size_t tail = name.size() - zone.size() - 1;
            const std::size_t dot = name.substr(0, tail).rfind('.');
            return dot == npos ? name.substr(tail + 1) : name.substr(dot + 1);
        }
    }
    const auto whole = domain::DomainName::parse(name);
    if (whole && is_own_by_rules(Indicator(*whole))) {
        return domain_of_host(name);
    }
    return {};
}

}  // namespace bridge::reproduction
