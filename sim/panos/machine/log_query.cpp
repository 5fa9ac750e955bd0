#include "sim/panos/machine/log_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <unordered_set>
#include <vector>

#include "sim/panos/configuration/address.hpp"
#include "sim/panos/tree/whole_number.hpp"
#include "sim/panos/tree/xml.hpp"

namespace sim::panos {

struct LogQuery::Term {
    enum class Of { all, any, none_of, condition } of = Of::condition;
    std::vector<std::shared_ptr<const Term>> parts;
    std::string field;
    std::string operation;
    std::string value;
};

namespace {

using Term = LogQuery::Term;
using TermPtr = std::shared_ptr<const Term>;

constexpr std::size_t text_max = 8000;
constexpr int depth_max = 32;

// Names that the query language has for the fields of an entry; two fields: either may fit.
struct Alias {
    std::string_view name;
    std::string_view first;
    std::string_view second;
};

constexpr std::array aliases{Alias{"addr.src", "src", ""},
                             Alias{"addr.dst", "dst", ""},
                             Alias{"addr", "src", "dst"},
                             Alias{"natsrc", "natsrc", ""},
                             Alias{"port.src", "sport", ""},
                             Alias{"port.dst", "dport", ""},
                             Alias{"port", "sport", "dport"},
                             Alias{"zone.src", "from", ""},
                             Alias{"zone.dst", "to", ""},
                             Alias{"zone", "from", "to"},
                             Alias{"user.src", "srcuser", ""},
                             Alias{"user.dst", "dstuser", ""},
                             Alias{"user", "srcuser", "dstuser"},
                             Alias{"interface.src", "inbound_if", ""},
                             Alias{"interface.dst", "outbound_if", ""},
                             Alias{"interface", "inbound_if", "outbound_if"},
                             Alias{"description", "opaque", ""},
                             Alias{"url", "misc", "url"},
                             Alias{"device_name", "device_name", ""}};

const std::unordered_set<std::string_view>& known_fields() {
    static const std::unordered_set<std::string_view> set{"receive_time",
                                                          "time_generated",
                                                          "time_received",
                                                          "serial",
                                                          "seqno",
                                                          "type",
                                                          "subtype",
                                                          "actionflags",
                                                          "flags",
                                                          "src",
                                                          "dst",
                                                          "natsrc",
                                                          "natdst",
                                                          "sport",
                                                          "dport",
                                                          "natsport",
                                                          "natdport",
                                                          "rule",
                                                          "rule_uuid",
                                                          "srcuser",
                                                          "dstuser",
                                                          "app",
                                                          "vsys",
                                                          "vsys_name",
                                                          "vsys_id",
                                                          "from",
                                                          "to",
                                                          "inbound_if",
                                                          "outbound_if",
                                                          "logset",
                                                          "sessionid",
                                                          "session_id",
                                                          "repeatcnt",
                                                          "proto",
                                                          "action",
                                                          "bytes",
                                                          "bytes_sent",
                                                          "bytes_received",
                                                          "packets",
                                                          "pkts_sent",
                                                          "pkts_received",
                                                          "start",
                                                          "elapsed",
                                                          "category",
                                                          "srcloc",
                                                          "dstloc",
                                                          "session_end_reason",
                                                          "action_source",
                                                          "device_name",
                                                          "threatid",
                                                          "tid",
                                                          "name-of-threatid",
                                                          "category-of-threatid",
                                                          "severity",
                                                          "direction",
                                                          "misc",
                                                          "url",
                                                          "url_category_list",
                                                          "filedigest",
                                                          "filetype",
                                                          "filename",
                                                          "sender",
                                                          "recipient",
                                                          "subject",
                                                          "reportid",
                                                          "verdict",
                                                          "http_method",
                                                          "user_agent",
                                                          "referer",
                                                          "xff",
                                                          "pcap_id",
                                                          "eventid",
                                                          "object",
                                                          "fmt",
                                                          "id",
                                                          "module",
                                                          "opaque",
                                                          "host",
                                                          "cmd",
                                                          "admin",
                                                          "client",
                                                          "result",
                                                          "path",
                                                          "full-path",
                                                          "before",
                                                          "after",
                                                          "before-change-detail",
                                                          "after-change-detail",
                                                          "dg_id",
                                                          "comment",
                                                          "ip",
                                                          "user",
                                                          "datasource",
                                                          "datasourcename",
                                                          "datasourcetype",
                                                          "factorno",
                                                          "factortype",
                                                          "ugflags",
                                                          "tag_name",
                                                          "event_id",
                                                          "timeout",
                                                          "machinename",
                                                          "matchname",
                                                          "os",
                                                          "authpolicy",
                                                          "vendor",
                                                          "authproto",
                                                          "serverprofile",
                                                          "desc",
                                                          "clienttype",
                                                          "objectname",
                                                          "object_id",
                                                          "tunnelid",
                                                          "monitortag",
                                                          "tunnel",
                                                          "status",
                                                          "reason",
                                                          "stage",
                                                          "auth_method",
                                                          "tunnel_type",
                                                          "srcregion",
                                                          "portal",
                                                          "gateway",
                                                          "device",
                                                          "category_of_app",
                                                          "subcategory-of-app",
                                                          "technology-of-app",
                                                          "risk-of-app",
                                                          "tls_version",
                                                          "tls_keyxchg",
                                                          "error",
                                                          "sni",
                                                          "match_time",
                                                          "match_oid",
                                                          "oid"};
    return set;
}

bool is_time(std::string_view field) {
    return field == "receive_time" || field == "time_generated" || field == "time_received";
}

// ---- reading --------------------------------------------------------------------------------------------------------

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    tl::expected<TermPtr, std::string> whole() {
        auto term = alternatives(0);
        if (!term) {
            return term;
        }
        skip();
        return at_ == text_.size() ? term : wrong("unexpected");
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;

    tl::unexpected<std::string> wrong(std::string_view why) const {
        return tl::make_unexpected(fmt::format("{} near character {}", why, at_ + 1));
    }

    void skip() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
            ++at_;
        }
    }

    std::string_view word() {
        skip();
        const std::size_t from = at_;
        while (at_ < text_.size() && std::string_view(" \t\n()'\"").find(text_[at_]) == std::string_view::npos) {
            ++at_;
        }
        return text_.substr(from, at_ - from);
    }

    bool take(std::string_view wanted) {
        const std::size_t before = at_;
        if (lower_case(word()) == wanted) {
            return true;
        }
        at_ = before;
        return false;
    }

    bool take(char wanted) {
        skip();
        if (at_ < text_.size() && text_[at_] == wanted) {
            ++at_;
            return true;
        }
        return false;
    }

    tl::expected<TermPtr, std::string> joined(Term::Of of, std::string_view by, int depth,
                                              tl::expected<TermPtr, std::string> (Reader::*inner)(int)) {
        auto first = (this->*inner)(depth);
        if (!first) {
            return first;
        }
        auto term = std::make_shared<Term>();
        term->of = of;
        term->parts.push_back(*first);
        while (take(by)) {
            auto next = (this->*inner)(depth);
            if (!next) {
                return next;
            }
            term->parts.push_back(*next);
        }
        return term->parts.size() == 1 ? *first : TermPtr(term);
    }

    tl::expected<TermPtr, std::string> alternatives(int depth) {
        return joined(Term::Of::any, "or", depth, &Reader::together);
    }
    tl::expected<TermPtr, std::string> together(int depth) {
        return joined(Term::Of::all, "and", depth, &Reader::single);
    }

    tl::expected<TermPtr, std::string> single(int depth) {
        if (depth > depth_max) {
            return wrong("too many parentheses");
        }
        if (take("not") || take('!')) {
            auto inner = single(depth + 1);
            if (!inner) {
                return inner;
            }
            auto term = std::make_shared<Term>();
            term->of = Term::Of::none_of;
            term->parts = {*inner};
            return TermPtr(term);
        }
        if (!take('(')) {
            return condition();
        }
        auto inner = alternatives(depth + 1);
        if (!inner) {
            return inner;
        }
        return take(')') ? inner : wrong("a parenthesis is not closed");
    }

    tl::expected<TermPtr, std::string> condition() {
        auto term = std::make_shared<Term>();
        term->field = lower_case(word());
        const bool alias = std::any_of(aliases.begin(), aliases.end(),
                                       [&term](const Alias& each) { return each.name == term->field; });
        if (!alias && known_fields().count(term->field) == 0) {
            return wrong(fmt::format("'{}' is no field", term->field));
        }
        term->operation = lower_case(word());
        static const std::unordered_set<std::string_view> operations{
            "eq", "neq", "geq", "leq", "gt", "lt", "in", "notin", "contains", "has", "not-contains"};
        if (operations.count(term->operation) == 0) {
            return wrong(fmt::format("'{}' is no operator", term->operation));
        }
        skip();
        if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) {
            const char quote = text_[at_++];
            const std::size_t end = text_.find(quote, at_);
            if (end == std::string_view::npos) {
                return wrong("a quotation mark is not closed");
            }
            term->value = std::string(text_.substr(at_, end - at_));
            at_ = end + 1;
        } else {
            term->value = std::string(word());
            if (term->value.empty()) {
                return wrong("a value is missing");
            }
            if (is_time(term->field) && term->value.find('/') != std::string::npos) {
                // a date and time without quotation marks, as xsoar sends it
                const std::size_t before = at_;
                const std::string clock(word());
                if (clock.find(':') == std::string::npos) {
                    at_ = before;
                } else {
                    term->value += ' ' + clock;
                }
            }
        }
        return TermPtr(term);
    }
};

// ---- selecting ------------------------------------------------------------------------------------------------------

std::optional<std::string> field_text(std::string_view type, const LogEntry& entry, std::string_view name) {
    if (name == "receive_time" || name == "time_received" ||
        (name == "time_generated" && entry.find("time_generated") == nullptr)) {
        return date_and_time(entry.time);
    }
    if (name == "subtype") {
        return entry.subtype;
    }
    if (name == "seqno") {
        return std::to_string(entry.sequence);
    }
    if (name == "type") {
        return std::string(type);
    }
    const std::string* found = entry.find(name);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

// last-60-seconds, last-15-minutes, last-hour, last-6-hrs, last-24-hrs, last-7-days, last-30-days, ...
std::optional<std::chrono::seconds> span_of(std::string_view text) {
    if (text.rfind("last-", 0) != 0) {
        return std::nullopt;
    }
    text.remove_prefix(5);
    std::int64_t count = 1;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
    if (read.ec == std::errc{}) {
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
        if (text.empty() || text.front() != '-' || count < 1 || count > 100'000) {
            return std::nullopt;
        }
        text.remove_prefix(1);
    } else {
        count = 1;
    }
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units{
        {{"second", 1}, {"minute", 60}, {"hour", 3600}, {"hr", 3600}, {"day", 86400}}};
    for (const auto& [name, seconds] : units) {
        if (text.rfind(name, 0) == 0) {
            return std::chrono::seconds(seconds * count);
        }
    }
    return std::nullopt;
}

bool fits_address(const std::string& found, const std::string& wanted) {
    const auto ip = parse_ip(found);
    if (!ip) {
        return found == wanted;
    }
    if (const auto range = parse_netmask(wanted)) {
        return range->contains(*ip);
    }
    const auto range = parse_range(wanted);
    return range && range->contains(*ip);
}

// Numbers as numbers, severities by their rank, everything else (times among it) as text.
int compared(std::string_view field, const std::string& left, const std::string& right) {
    if (field == "severity") {
        constexpr std::array<std::string_view, 5> ranks{"informational", "low", "medium", "high", "critical"};
        const auto rank = [&ranks](const std::string& text) {
            return std::find(ranks.begin(), ranks.end(), text) - ranks.begin();
        };
        return rank(left) < rank(right) ? -1 : rank(left) > rank(right) ? 1 : 0;
    }
    const auto a = integer(left);
    const auto b = integer(right);
    if (a && b) {
        return *a < *b ? -1 : *a > *b ? 1 : 0;
    }
    return left.compare(right);
}

bool one_fits(const Term& term, const std::string& found, Instant now) {
    const std::string& how = term.operation;
    if (how == "in" || how == "notin") {
        bool inside = false;
        if (is_time(term.field)) {
            const auto span = span_of(term.value);
            inside = span && found >= date_and_time(now - *span);
        } else {
            inside = fits_address(found, term.value);
        }
        return inside == (how == "in");
    }
    if (how == "contains" || how == "has" || how == "not-contains") {
        const bool inside = lower_case(found).find(lower_case(term.value)) != std::string::npos;
        return inside == (how != "not-contains");
    }
    const int order = compared(term.field, found, term.value);
    if (how == "eq" || how == "neq") {
        return (order == 0) == (how == "eq");
    }
    return how == "geq" ? order >= 0 : how == "leq" ? order <= 0 : how == "gt" ? order > 0 : order < 0;
}

bool condition_fits(const Term& term, std::string_view type, const LogEntry& entry, Instant now) {
    std::vector<std::string_view> names{term.field};
    for (const Alias& each : aliases) {
        if (each.name == term.field) {
            names = {each.first};
            if (!each.second.empty()) {
                names.push_back(each.second);
            }
        }
    }
    const bool negative = term.operation == "neq" || term.operation == "notin" || term.operation == "not-contains";
    for (const std::string_view name : names) {
        const auto found = field_text(type, entry, name);
        const bool fits = found ? one_fits(term, *found, now) : negative;
        if (fits != negative) {
            return fits;
        }
    }
    return negative;
}

bool fits(const Term& term, std::string_view type, const LogEntry& entry, Instant now) {
    const auto inner = [&](const TermPtr& part) { return fits(*part, type, entry, now); };
    switch (term.of) {
        case Term::Of::all:
            return std::all_of(term.parts.begin(), term.parts.end(), inner);
        case Term::Of::any:
            return std::any_of(term.parts.begin(), term.parts.end(), inner);
        case Term::Of::none_of:
            return std::none_of(term.parts.begin(), term.parts.end(), inner);
        case Term::Of::condition:
            return condition_fits(term, type, entry, now);
    }
    return false;
}

}  // namespace

tl::expected<LogQuery, std::string> LogQuery::parse(std::string_view text) {
    LogQuery query;
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        return query;
    }
    if (text.size() > text_max) {
        return tl::make_unexpected(fmt::format("a query can have at most {} characters", text_max));
    }
    auto term = Reader(text).whole();
    if (!term) {
        return tl::make_unexpected(term.error());
    }
    query.root_ = *term;
    return query;
}

bool LogQuery::selects(std::string_view type, const LogEntry& entry, Instant now) const {
    return !root_ || fits(*root_, type, entry, now);
}

}  // namespace sim::panos
