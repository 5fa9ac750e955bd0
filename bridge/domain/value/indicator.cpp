#include "bridge/domain/value/indicator.hpp"

#include <algorithm>

namespace bridge::domain {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_label(std::string_view label) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
        return false;
    }
    return std::all_of(label.begin(), label.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

bool all_digits(std::string_view label) {
    return std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<DomainName> DomainName::parse(std::string_view text) {
    if (!text.empty() && text.back() == '.') {
        text.remove_suffix(1);
    }
    if (text.empty() || text.size() > 253) {
        return std::nullopt;
    }
    DomainName name;
    name.text_.assign(text);
    std::transform(name.text_.begin(), name.text_.end(), name.text_.begin(), lower);
    std::string_view rest = name.text_;
    std::string_view last;
    std::size_t labels = 0;
    while (true) {
        const std::size_t dot = rest.find('.');
        last = rest.substr(0, dot);
        if (!is_label(last)) {
            return std::nullopt;
        }
        ++labels;
        if (dot == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(dot + 1);
    }
    // A last label of digits alone is a mistyped or exotic spelling of an address ("1.2.3", "0x7f.1"), never a name.
    if (labels < 2 || all_digits(last) || last.starts_with("0x")) {
        return std::nullopt;
    }
    return name;
}

std::optional<Indicator> Indicator::parse(std::string_view text) {
    if (const auto address = IpAddress::parse(text)) {
        return Indicator(*address);
    }
    if (auto name = DomainName::parse(text)) {
        return Indicator(std::move(*name));
    }
    return std::nullopt;
}

std::optional<Indicator> Indicator::parse_blocked(std::string_view text) {
    if (text.find('/') == std::string_view::npos) {
        return parse(text);
    }
    const auto prefix = Prefix::parse(text);
    if (!prefix) {
        return std::nullopt;
    }
    if (prefix->is_host()) {
        return Indicator(prefix->network());
    }
    if (prefix->network().is_v4() || prefix->length() != blocked_prefix_length) {
        return std::nullopt;
    }
    return Indicator(*prefix);
}

std::optional<Indicator> Indicator::wider() const {
    const IpAddress* ip = address();
    if (ip == nullptr || ip->is_v4()) {
        return std::nullopt;
    }
    return Indicator(Prefix::of(*ip, blocked_prefix_length));
}

bool Indicator::overlaps(const Indicator& other) const {
    if (const Prefix* ours = prefix()) {
        return other.address() != nullptr ? ours->contains(*other.address()) : *this == other;
    }
    return other.prefix() != nullptr ? other.overlaps(*this) : *this == other;
}

std::string Indicator::text() const {
    if (const IpAddress* ip = address()) {
        return ip->text();
    }
    if (const Prefix* wide = prefix()) {
        return wide->text();
    }
    return domain()->text();
}

}  // namespace bridge::domain
