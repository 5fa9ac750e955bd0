#include "bridge/domain/firewall/address_object.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <utility>

namespace bridge::domain {

std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return hash;
}

std::string address_name_of(const Indicator& indicator) {
    std::string text = indicator.text();
    for (char& c : text) {
        if (c == ':') {
            c = '-';
        } else if (c == '/') {
            c = '_';
        }
    }
    const std::size_t room = name_characters_max - address_name_prefix.size();
    if (text.size() > room) {
        const std::string digest = fmt::format("-{:016x}", fnv1a(text));
        text.resize(room - digest.size());
        text += digest;
    }
    return std::string(address_name_prefix) + text;
}

bool SeenObject::stands_for(const Indicator& indicator) const {
    if (indicator.domain() == nullptr) {
        if (kind != "ip-netmask") {
            return false;
        }
        const auto prefix = Prefix::parse(value);
        return prefix && *prefix == Prefix::parse(indicator.text());
    }
    const auto fqdn = DomainName::parse(value);
    return kind == "fqdn" && fqdn && *fqdn == *indicator.domain();
}

bool SeenObject::is_as_named() const {
    std::optional<Indicator> indicator;
    if (kind == "ip-netmask") {
        indicator = Indicator::parse_blocked(value);
    } else if (kind == "fqdn") {
        if (auto domain = DomainName::parse(value)) {
            indicator = Indicator(std::move(*domain));
        }
    }
    // A domain name is not taken from an ip-netmask, and a name that was cut has its full length.
    return indicator && (indicator->domain() != nullptr) == (kind == "fqdn") && name.size() < name_characters_max &&
           name == address_name_of(*indicator);
}

}  // namespace bridge::domain
