#include "bridge/reproduction/pseudonyms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "bridge/domain/value/special_purpose.hpp"

namespace bridge::reproduction {

using domain::IpAddress;
using domain::Prefix;

namespace {

/// Addresses of a range are replaced by addresses counted from `first`, which is written so that a number can follow.
struct Range {
    const char* prefix;
    const char* first_v4;  // "10.0.0.0": number n is n further; empty for IPv6
    const char* head_v6;   // "fd00::": number n in hexadecimal follows
    bool own;              // by its range alone
};

constexpr std::array ranges{
    Range{"10.0.0.0/8", "10.0.0.0", "", true},
    Range{"172.16.0.0/12", "172.16.0.0", "", true},
    Range{"192.168.0.0/16", "192.168.0.0", "", true},
    Range{"100.64.0.0/10", "100.64.0.0", "", true},
    Range{"127.0.0.0/8", "127.0.0.0", "", true},
    Range{"169.254.0.0/16", "169.254.0.0", "", true},
    Range{"198.18.0.0/15", "198.18.0.0", "", true},
    Range{"fe80::/10", "", "fe80::", true},
    Range{"fc00::/7", "", "fd00::", true},
    Range{"fec0::/10", "", "fec0::", true},
    Range{"64:ff9b:1::/48", "", "64:ff9b:1::", true},
};

/// What stands for no host that could be told apart.
constexpr std::array kept_ranges{"0.0.0.0/8", "192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4",
                                 "::/96",     "64:ff9b::/96", "ff00::/8",       "100::/64"};

/// RFC 5737. The first addresses are left to the lab, which has uses for some.
struct Documentation {
    const char* head;
    std::uint32_t first;
};
constexpr std::array documentation_v4{Documentation{"192.0.2.", 101}, Documentation{"198.51.100.", 1},
                                      Documentation{"203.0.113.", 1}};
constexpr std::uint32_t last_octet_max = 254;

const Range* range_of(const IpAddress& address) {
    static const std::array<Prefix, ranges.size()> prefixes = [] {
        std::array<Prefix, ranges.size()> parsed;
        std::transform(ranges.begin(), ranges.end(), parsed.begin(),
                       [](const Range& range) { return Prefix::parse(range.prefix).value(); });
        return parsed;
    }();
    const auto found =
        std::find_if(prefixes.begin(), prefixes.end(), [&](const Prefix& prefix) { return prefix.contains(address); });
    return found == prefixes.end() ? nullptr : &ranges[static_cast<std::size_t>(found - prefixes.begin())];
}

bool is_kept(const IpAddress& address) {
    static const std::array<Prefix, kept_ranges.size()> prefixes = [] {
        std::array<Prefix, kept_ranges.size()> parsed;
        std::transform(kept_ranges.begin(), kept_ranges.end(), parsed.begin(),
                       [](const char* prefix) { return Prefix::parse(prefix).value(); });
        return parsed;
    }();
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const Prefix& prefix) { return prefix.contains(address); });
}

std::optional<IpAddress> numbered_v4(const IpAddress& first, std::uint32_t number) {
    const auto& bytes = first.bytes();
    std::uint32_t value = 0;
    for (std::size_t i = 12; i < 16; ++i) {
        value = (value << 8U) | bytes[i];
    }
    value += number;
    return IpAddress::parse(
        fmt::format("{}.{}.{}.{}", value >> 24U, (value >> 16U) & 255U, (value >> 8U) & 255U, value & 255U));
}

std::optional<IpAddress> documentation(std::uint32_t number) {
    for (const Documentation& range : documentation_v4) {
        const std::uint32_t size = last_octet_max - range.first + 1;
        if (number <= size) {
            return IpAddress::parse(fmt::format("{}{}", range.head, range.first + number - 1));
        }
        number -= size;
    }
    return std::nullopt;
}

std::optional<IpAddress> in_range(const Range* range, bool v4, std::uint32_t number) {
    if (range == nullptr) {
        return v4 ? documentation(number) : IpAddress::parse(fmt::format("2001:db8::{:x}", number));
    }
    return v4 ? numbered_v4(IpAddress::parse(range->first_v4).value(), number)
              : IpAddress::parse(fmt::format("{}{:x}", range->head_v6, number));
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

}  // namespace

std::string_view name_of(Kind kind, bool one) {
    switch (kind) {
        case Kind::address:
            return one ? "address" : "addresses";
        case Kind::host:
            return one ? "host name" : "host names";
        case Kind::domain:
            return one ? "domain" : "domains";
        case Kind::person:
            return one ? "user or mail name" : "user and mail names";
        case Kind::mac:
            return one ? "MAC address" : "MAC addresses";
        case Kind::appliance_id:
            return one ? "appliance id" : "appliance ids";
        case Kind::secret:
            return one ? "token or password" : "tokens and passwords";
        case Kind::subject:
            return one ? "mail subject" : "mail subjects";
        case Kind::customer:
            return one ? "customer name" : "customer names";
    }
    return "";
}

bool is_own_by_range(const IpAddress& address) {
    const Range* range = range_of(address);
    return range != nullptr && range->own;
}

std::optional<IpAddress> Pseudonyms::address(const IpAddress& original) {
    if (const auto known = addresses_.find(original); known != addresses_.end()) {
        return known->second;
    }
    std::optional<IpAddress> replacement = original;
    const Range* range = range_of(original);
    if (range != nullptr || !is_kept(original)) {
        std::uint32_t& next = next_in_range_[range == nullptr ? (original.is_v4() ? "v4" : "v6") : range->prefix];
        do {
            replacement = in_range(range, original.is_v4(), ++next);
        } while (replacement && kept_.contains(*replacement));
    }
    if (!replacement) {
        return std::nullopt;
    }
    addresses_.emplace(original, *replacement);
    counts_[Kind::address] += *replacement != original ? 1U : 0U;
    return replacement;
}

std::string Pseudonyms::numbered(Kind kind, std::string key, std::string_view head, std::string_view tail) {
    const auto [place, is_new] = names_.try_emplace({kind, std::move(key)});
    if (is_new) {
        std::uint32_t& next = next_[kind];
        do {
            place->second = fmt::format("{}{}{}", head, ++next, tail);
        } while (kept_words_.contains(place->second));
        counts_[kind] += place->second != place->first.second ? 1U : 0U;
    }
    return place->second;
}

std::string Pseudonyms::host(std::string_view label) {
    return numbered(Kind::host, lower_case(label), "host-");
}

std::string Pseudonyms::domain(std::string_view name) {
    // What the bridge never blocks for its zone stays in that zone, which is nobody's secret.
    std::string lower = lower_case(name);
    const std::string_view zone = domain::local_zone(lower);
    if (!zone.empty() && zone.size() == lower.size()) {
        return lower;
    }
    const std::string tail = fmt::format(".{}", zone.empty() ? "example" : zone);
    return numbered(Kind::domain, std::move(lower), "internal-", tail);
}

std::string Pseudonyms::person(std::string_view name) {
    return numbered(Kind::person, lower_case(name), "user-");
}

std::string Pseudonyms::mac_digits(std::string_view twelve_hex_digits) {
    std::string key = lower_case(twelve_hex_digits);
    const auto known = names_.find({Kind::mac, key});
    if (known != names_.end()) {
        return known->second;
    }
    std::string digits = fmt::format("02{:010}", ++next_[Kind::mac]);
    counts_[Kind::mac] += digits != key ? 1U : 0U;
    names_[{Kind::mac, std::move(key)}] = digits;
    return digits;
}

std::string Pseudonyms::appliance_id(std::string_view id) {
    return numbered(Kind::appliance_id, lower_case(id), "appliance-");
}

std::string Pseudonyms::secret(std::string_view text) {
    return numbered(Kind::secret, std::string(text), "token-");
}

std::string Pseudonyms::subject(std::string_view text) {
    return numbered(Kind::subject, std::string(text), "subject-");
}

std::string Pseudonyms::customer(std::string_view text) {
    return numbered(Kind::customer, std::string(text), "customer-");
}

}  // namespace bridge::reproduction
