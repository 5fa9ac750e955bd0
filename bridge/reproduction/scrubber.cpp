#include "bridge/reproduction/scrubber.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "bridge/reproduction/leaf.hpp"
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

/// Fields of the format itself: their words are the vendor's, their numbers tell alerts apart.
bool is_verbatim(const Leaf& leaf) {
    constexpr std::array<std::string_view, 40> names{
        "severity",   "type",        "stype",         "action",    "protocol",   "product",      "version",
        "msg",        "mode",        "analysis",      "id",        "uuid",       "occurred",     "port",
        "vlan",       "ack",         "class",         "signame",   "sigid",      "sigrevision",  "scversion",
        "attackmode", "actiontaken", "cveid",         "mvxstatus", "matchcount", "md5sum",       "md5",
        "sha1",       "sha256",      "malicious",     "sid",       "parent",     "downloadedat", "executedat",
        "attacktime", "profile",     "rootinfection", "targetos",  "alertscount"};
    const bool vendor_name = leaf.name == "name" && (leaf.within == "alert" || leaf.within == "alerts" ||
                                                     leaf.within == "malware" || leaf.within.empty());
    return is_one_of(leaf.name, names) || vendor_name;
}

bool is_secret_field(const Leaf& leaf) {
    constexpr std::array<std::string_view, 12> names{"password",    "passwd",    "pwd",           "secret",
                                                     "apikey",      "cookie",    "authorization", "authtoken",
                                                     "accesstoken", "sessionid", "token",         "setcookie"};
    return is_one_of(leaf.name, names) && leaf.within != "tests";  // HX: the token of a test is a field's name
}

bool is_secret_header(std::string_view lower_name) {
    constexpr std::array<std::string_view, 12> names{
        "authorization", "proxy-authorization", "authentication", "cookie",
        "cookie2",       "set-cookie",          "set-cookie2",    "api-key",
        "apikey",        "x-api-key",           "private-token",  "x-session-id"};
    constexpr std::array<std::string_view, 9> ends{"-token",   "-secret",    "-password",   "-apikey", "-api-key",
                                                   "-session", "-sessionid", "-credential", "-auth"};
    return is_one_of(lower_name, names) ||
           std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return lower_name.ends_with(end); });
}

bool is_secret_parameter(std::string_view lower_name) {
    constexpr std::array<std::string_view, 18> names{"password", "passwd",       "pwd",     "pass",       "secret",
                                                     "token",    "access_token", "auth",    "auth_token", "apikey",
                                                     "api_key",  "sessionid",    "session", "jsessionid", "phpsessid",
                                                     "sig",      "signature",    "key"};
    return is_one_of(lower_name, names);
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_replacement(std::string_view text, std::string_view head) {
    return text.starts_with(head) && all_digits(text.substr(head.size()));
}

/// Only hexadecimal digits and hyphens, and long enough: what FireEye gives as uuid.
bool is_uuid(std::string_view text) {
    return text.size() >= 32 && text.size() <= 36 && std::all_of(text.begin(), text.end(), [](char c) {
               return c == '-' || (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f');
           });
}

/// A segment of a URL's path that nobody would read aloud.
bool looks_like_token(std::string_view segment) {
    constexpr std::size_t shortest = 16;
    if (is_replacement(segment, "token-")) {
        return true;
    }
    const bool has_digit = std::any_of(segment.begin(), segment.end(), [](char c) { return c >= '0' && c <= '9'; });
    const bool has_letter =
        std::any_of(segment.begin(), segment.end(), [](char c) { return lower(c) >= 'a' && lower(c) <= 'z'; });
    return segment.size() >= shortest && has_digit && has_letter && !is_uuid(segment) && segment.find('.') == npos;
}

/// Parameters of an alert's URL that name the alert (reference §6): they are needed to tell which alert it is.
bool names_the_alert(std::string_view lower_name, std::string_view value) {
    const bool known = lower_name.ends_with("id") || lower_name == "type";
    constexpr std::size_t word_max = 15;
    const bool word = value.size() <= word_max && std::all_of(value.begin(), value.end(), [](char c) {
                          return is_alnum(c) || c == '-' || c == '_';
                      });
    return known && (all_digits(value) || is_uuid(value) || (lower_name == "type" && word));
}

}  // namespace

/// The changes of one text: none overlaps another, nor what must stay.
class Scrubber::Edits {
public:
    void replace(Span span, std::string text) {
        if (is_free(span)) {
            spans_.emplace(span.begin, Edit{span.end, std::move(text), true});
        }
    }
    void protect(Span span) {
        if (is_free(span)) {
            spans_.emplace(span.begin, Edit{span.end, {}, false});
        }
    }
    bool is_free(Span span) const {
        if (span.empty()) {
            return false;
        }
        const auto next = spans_.lower_bound(span.begin);
        if (next != spans_.end() && next->first < span.end) {
            return false;
        }
        return next == spans_.begin() || std::prev(next)->second.end <= span.begin;
    }

    /// Appends the payload from `done` to the end of the last change, with the changes.
    void write(const Leaf& leaf, std::string_view payload, std::size_t& done, std::string& out) const {
        for (const auto& [begin, edit] : spans_) {
            if (!edit.replaces || leaf.text.substr(begin, edit.end - begin) == edit.text) {
                continue;
            }
            const std::size_t raw_begin = leaf.raw_at(begin);
            out += payload.substr(done, raw_begin - done);
            out += edit.text;
            done = leaf.raw_at(edit.end);
        }
    }

private:
    struct Edit {
        std::size_t end = 0;
        std::string text;
        bool replaces = true;
    };
    std::map<std::size_t, Edit> spans_;  // by begin
};

Scrubber::Scrubber(Rules rules, Extent extent) : rules_(std::move(rules)), extent_(extent), own_(rules_) {}

void Scrubber::learn(std::string_view payload) {
    own_.learn(payload);
    for_each_leaf(payload, [&](const Leaf& leaf) {
        for_each_address(leaf.text, [&](Span, const IpAddress& address, Spelling) { seen_addresses_.insert(address); });
        for_each_token(leaf.text, [&](Span span) {
            const std::string word = lower_case(span.of(leaf.text));
            if (is_replacement(word, "host-") || is_replacement(word, "user-")) {
                seen_words_.insert(word);
            }
        });
    });
}

/// What stays as it is must not be given to something else.
void Scrubber::keep_what_stays() {
    for (const IpAddress& address : seen_addresses_) {
        if (!own_.is_own(address)) {
            pseudonyms_.keep(address);
        }
    }
    for (const std::string& word : seen_words_) {
        const bool host = word.starts_with("host-") && !own_.is_host(word);
        const bool user = word.starts_with("user-") && !own_.is_person(word) && !own_.is_mail_name(word);
        if (host || user) {
            pseudonyms_.keep(word);
        }
    }
    seen_addresses_.clear();
    seen_words_.clear();
}

tl::expected<std::string, std::string> Scrubber::scrub(std::string_view payload) {
    keep_what_stays();
    std::string out;
    out.reserve(payload.size());
    std::size_t done = 0;
    for_each_leaf(payload, [&](const Leaf& leaf) {
        if (is_verbatim(leaf)) {
            return;
        }
        Edits edits;
        edit_whole(leaf, edits);
        edit_headers(leaf.text, edits);
        edit_urls(leaf, edits);
        if (extent_ == Extent::everything) {
            edit_mail(leaf.text, edits);
            edit_macs(leaf.text, edits);
            edit_addresses(leaf.text, edits);
            edit_paths(leaf.text, edits);
            edit_words(leaf.text, edits);
        }
        edits.write(leaf, payload, done, out);
    });
    out += payload.substr(done);
    if (!trouble_.empty()) {
        return tl::unexpected(trouble_);
    }
    return out;
}

// ---- names

/// A name of ours with a domain, replaced; empty when it is not ours.
std::string Scrubber::own_name(std::string_view name) {
    const std::string_view zone = own_.domain_of(name);
    if (zone.empty()) {
        return {};
    }
    if (const auto known = names_.find(name); known != names_.end()) {
        return known->second;
    }
    std::string replacement;
    if (name.size() > zone.size()) {
        replacement = pseudonyms_.host(name.substr(0, name.size() - zone.size() - 1)) + ".";
    }
    replacement += pseudonyms_.domain(zone);
    names_.emplace(name, replacement);
    return replacement;
}

std::string Scrubber::host_or_name(std::string_view text) {
    const std::string name = lower_case(text);
    std::string replacement = own_name(name);
    return replacement.empty() ? pseudonyms_.host(name) : replacement;
}

std::string Scrubber::same_notation(std::string_view mac) {
    const std::string digits = mac_digits_of(mac);
    if (digits == "000000000000" || digits == "ffffffffffff") {
        return std::string(mac);
    }
    const std::string replacement = pseudonyms_.mac_digits(digits);
    std::string out(mac);
    std::size_t next = 0;
    for (char& c : out) {
        if (is_alnum(c)) {
            c = replacement[next++];
        }
    }
    return out;
}

// ---- by field

void Scrubber::edit_whole(const Leaf& leaf, Edits& edits) {
    const Span all{0, leaf.text.size()};
    const std::string_view name = leaf.name;
    if (std::all_of(leaf.text.begin(), leaf.text.end(),
                    [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; })) {
        return;
    }
    if (is_secret_field(leaf)) {
        edits.replace(all, pseudonyms_.secret(leaf.text));
        return;
    }
    if (extent_ == Extent::secrets_only) {
        return;
    }
    if (name == "subject") {
        edits.replace(all, pseudonyms_.subject(leaf.text));
    } else if (name == "customername" || name == "customerid" || name == "customer") {
        edits.replace(all, pseudonyms_.customer(leaf.text));
    } else if (name == "applianceid" && own_.is_appliance_id(lower_case(leaf.text))) {
        edits.replace(all, pseudonyms_.appliance_id(leaf.text));
    } else if ((name == "applianceid" || name == "mac" || name == "macaddress") && !mac_digits_of(leaf.text).empty()) {
        edits.replace(all, same_notation(leaf.text));
    } else if (is_correspondent_field(name)) {
        edit_display_names(leaf.text, all, edits);
    } else if (is_user_field(name)) {
        const std::size_t last = leaf.text.rfind('\\');
        const Span domain{0, last == npos ? 0 : leaf.text.find('\\')};
        const Span user{last == npos ? 0 : last + 1, leaf.text.size()};
        if (!domain.empty() && own_.is_host(lower_case(domain.of(leaf.text)))) {
            edits.replace(domain, host_or_name(domain.of(leaf.text)));
        }
        const std::string word = lower_case(user.of(leaf.text));
        if (own_.is_person(word)) {
            edits.replace(user, pseudonyms_.person(word));
        }
    } else if (is_own_host_field(name, leaf.within) || (name == "host" && leaf.within != "cncservice")) {
        const std::string value = lower_case(leaf.text);
        const bool whole = own_.is_host(value) || !own_.domain_of(value).empty();
        if (whole && !IpAddress::parse(value) && !own_.is_attacker(value)) {
            edits.replace(all, host_or_name(value));
        }
    }
}

// ---- by what it looks like

void Scrubber::edit_headers(std::string_view text, Edits& edits) {
    for_each_header(text, [&](std::string_view header, Span value) {
        const std::string name = lower_case(header);
        if (is_secret_header(name)) {
            const std::string_view whole = value.of(text);
            const std::size_t blank = whole.find(' ');
            const bool scheme =
                name.ends_with("authorization") && blank != npos && blank + 1 < whole.size() &&
                std::all_of(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(blank), is_alnum);
            const Span secret{value.begin + (scheme ? blank + 1 : 0), value.end};
            edits.replace(secret, pseudonyms_.secret(secret.of(text)));
        } else if (extent_ == Extent::everything && (name == "subject" || name == "thread-topic")) {
            edits.replace(value, pseudonyms_.subject(value.of(text)));
        } else if (extent_ == Extent::everything && is_correspondent_header(name)) {
            edit_display_names(text, value, edits);
        }
    });
}

void Scrubber::edit_display_names(std::string_view text, Span line, Edits& edits) {
    for_each_display_name(text, line, [&](Span name) { edits.replace(name, pseudonyms_.person(name.of(text))); });
}

void Scrubber::edit_urls(const Leaf& leaf, Edits& edits) {
    const std::string_view text = leaf.text;
    for_each_userinfo(text, [&](Span user, Span password) {
        if (!password.empty()) {
            edits.replace(password, pseudonyms_.secret(password.of(text)));
        }
        if (extent_ == Extent::everything) {
            edits.replace(user, pseudonyms_.person(user.of(text)));
        }
    });
    const bool receiver = leaf.name == "alerturl" || leaf.name == "serverurl";
    for_each_parameter(text, [&](std::string_view raw_name, Span value) {
        const std::string name = lower_case(raw_name);
        const bool secret = receiver ? !names_the_alert(name, value.of(text)) : is_secret_parameter(name);
        if (secret) {
            edits.replace(value, pseudonyms_.secret(value.of(text)));
        }
    });
    if (!receiver) {
        return;
    }
    const std::size_t scheme = text.find("://");
    const std::size_t path = scheme == npos ? npos : text.find('/', scheme + 3);
    const std::size_t path_end = std::min(text.find_first_of("?#", std::min(path, text.size())), text.size());
    for (std::size_t at = path; at < path_end;) {
        const std::size_t next = std::min(text.find('/', at + 1), path_end);
        if (const Span segment{at + 1, next}; looks_like_token(segment.of(text))) {
            edits.replace(segment, pseudonyms_.secret(segment.of(text)));
        }
        at = next;
    }
}

void Scrubber::edit_mail(std::string_view text, Edits& edits) {
    for_each_mail(text, [&](Span local, Span host) {
        if (!edits.is_free(local)) {
            return;
        }
        edits.replace(local, pseudonyms_.person(local.of(text)));
        const std::string domain = lower_case(host.of(text));
        if (std::string own = own_name(domain); !own.empty()) {
            edits.replace(host, std::move(own));
        } else {
            edits.protect(host);
        }
    });
}

void Scrubber::edit_macs(std::string_view text, Edits& edits) {
    for_each_mac(text, [&](Span span) {
        if (edits.is_free(span)) {
            edits.replace(span, same_notation(span.of(text)));
        }
    });
}

void Scrubber::edit_addresses(std::string_view text, Edits& edits) {
    for_each_address(text, [&](Span span, const IpAddress& address, Spelling spelling) {
        if (!edits.is_free(span)) {
            return;
        }
        if (!own_.is_own(address)) {
            edits.protect(span);
            return;
        }
        const auto replacement = pseudonyms_.address(address);
        if (!replacement) {
            trouble_ =
                "more own public addresses than there are documentation addresses to replace them; export fewer "
                "payloads at once";
            return;
        }
        edits.replace(span, spelled(*replacement, spelling));
    });
}

void Scrubber::edit_paths(std::string_view text, Edits& edits) {
    for_each_user_of_path(text, [&](Span span) {
        const std::string word = lower_case(span.of(text));
        if (edits.is_free(span) && own_.is_person(word)) {
            edits.replace(span, pseudonyms_.person(word));
        }
    });
    for_each_unc_host(text, [&](Span span) {
        const std::string name = lower_case(span.of(text));
        if (edits.is_free(span) && (own_.is_host(name) || !own_.domain_of(name).empty())) {
            edits.replace(span, host_or_name(name));
        }
    });
}

void Scrubber::edit_words(std::string_view text, Edits& edits) {
    constexpr std::size_t host_min = 3;
    constexpr std::size_t person_min = 4;
    constexpr std::size_t labels_max = 4;  // of a user's name with dots
    for_each_token(text, [&](Span token) {
        if (!edits.is_free(token)) {
            return;
        }
        const std::string word = lower_case(token.of(text));
        if (own_.is_attacker(word)) {
            edits.protect(token);
            return;
        }
        if (word.find('.') != std::string::npos) {
            if (std::string own = own_name(word); !own.empty()) {
                edits.replace(token, std::move(own));
                return;
            }
        }
        if (word.size() == 12 && own_.is_mac(word)) {
            edits.replace(token, same_notation(token.of(text)));
            return;
        }
        // Parts of it: "pc7.exe", "jdoe_invoice.pdf", "john.doe.docx".
        std::vector<std::size_t> cuts{0};
        for (std::size_t i = 0; i < word.size(); ++i) {
            if (word[i] == '.' || word[i] == '_' || word[i] == '-') {
                cuts.push_back(i + 1);
            }
        }
        cuts.push_back(word.size() + 1);
        for (std::size_t first = 0; first + 1 < cuts.size(); ++first) {
            const std::size_t last_max = std::min(cuts.size() - 1, first + labels_max);
            for (std::size_t last = last_max; last > first; --last) {
                const std::string_view part = std::string_view(word).substr(cuts[first], cuts[last] - 1 - cuts[first]);
                const Span span{token.begin + cuts[first], token.begin + cuts[first] + part.size()};
                if (part.size() < host_min || is_common_word(part) || !edits.is_free(span)) {
                    continue;
                }
                const bool stands_alone = (cuts[first] == 0 || word[cuts[first] - 1] == '.') &&
                                          (cuts[last] > word.size() || word[cuts[last] - 1] == '.');
                if (own_.is_host(part) && (stands_alone || part.find_first_of("0123456789") != npos)) {
                    edits.replace(span, pseudonyms_.host(part));
                } else if (own_.is_person(part) && (part.size() >= person_min || part.size() == word.size())) {
                    edits.replace(span, pseudonyms_.person(part));
                }
            }
        }
    });
}

// ---- what became of what

Indicator Scrubber::mapped(const Indicator& indicator) const {
    if (const IpAddress* address = indicator.address()) {
        const auto& all = pseudonyms_.addresses();
        const auto found = all.find(*address);
        return found == all.end() ? indicator : Indicator(found->second);
    }
    if (indicator.domain() == nullptr) {
        return indicator;  // a network: decisions are reproduced for hosts only
    }
    const auto found = names_.find(indicator.domain()->text());
    const auto name = found == names_.end() ? std::nullopt : domain::DomainName::parse(found->second);
    return name ? Indicator(*name) : indicator;
}

Rules Scrubber::mapped_rules() const {
    Rules mapped = rules_;
    if (extent_ == Extent::secrets_only) {
        return mapped;
    }
    mapped.reading.ips_direction_of.clear();
    mapped.policy.allow.clear();
    mapped.policy.also_allowed = {};
    const auto allow = [&](const Indicator& original, const std::string& replacement) {
        if (domain::is_allowed(rules_.policy, original)) {
            mapped.policy.allow.push_back(domain::AllowRule::parse(replacement).value());
        }
    };
    const auto replaced = [&](const std::vector<domain::Prefix>& prefixes) {
        std::vector<domain::Prefix> out;
        for (const auto& [original, replacement] : pseudonyms_.addresses()) {
            if (std::any_of(prefixes.begin(), prefixes.end(),
                            [&, &from = original](const auto& prefix) { return prefix.contains(from); })) {
                out.push_back(domain::Prefix::parse(replacement.text()).value());
            }
        }
        return out;
    };
    for (const auto& [original, replacement] : pseudonyms_.addresses()) {
        allow(Indicator(original), replacement.text());
    }
    for (const auto& [original, replacement] : names_) {
        if (const auto name = domain::DomainName::parse(original)) {
            allow(Indicator(*name), replacement);
        }
    }
    fireeye::Site& site = mapped.reading.site;
    site.networks = replaced(rules_.reading.site.networks);
    site.proxies = replaced(rules_.reading.site.proxies);
    site.resolvers = replaced(rules_.reading.site.resolvers);
    return mapped;
}

}  // namespace bridge::reproduction
