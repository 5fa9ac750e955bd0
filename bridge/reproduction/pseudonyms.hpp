// What stands for what: the same original always gets the same replacement, of the same kind. Replacements are numbered
// in the order in which originals are first asked for, so a text that consists of replacements already gets each of
// them again, and scrubbing twice is scrubbing once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "bridge/domain/value/ip_address.hpp"

namespace bridge::reproduction {

enum class Kind { address, host, domain, person, mac, appliance_id, secret, subject, customer };

/// "addresses", for "3 addresses"; with `one`, "address".
std::string_view name_of(Kind kind, bool one);

/// Whether an address is somebody's own by its range alone: private, shared, loopback, link-local, benchmarking.
/// Source: IANA IPv4/IPv6 Special-Purpose Address Registries.
bool is_own_by_range(const domain::IpAddress& address);

class Pseudonyms {
public:
    /// An address that stays as it is somewhere, so that no other may become it.
    void keep(const domain::IpAddress& address) { kept_.insert(address); }
    /// The same for a word that looks like one of our replacements ("host-3").
    void keep(std::string_view word) { kept_words_.emplace(word); }

    /// An address of the same family and range: private ones stay private, public ones become documentation addresses
    /// (RFC 5737, RFC 3849). Unspecified, multicast and reserved ones are their own replacement. nullopt when more
    /// public addresses are asked for than there are documentation addresses.
    std::optional<domain::IpAddress> address(const domain::IpAddress& original);

    std::string host(std::string_view label);   // "host-1"; labels fold case
    std::string domain(std::string_view name);  // "internal-1.example", "internal-2.local"; names fold case
    std::string person(std::string_view name);  // "user-1"; names fold case
    std::string mac_digits(std::string_view twelve_hex_digits);  // "020000000001", digits only
    std::string appliance_id(std::string_view id);               // "appliance-1"
    std::string secret(std::string_view text);                   // "token-1"
    std::string subject(std::string_view text);                  // "subject-1"
    std::string customer(std::string_view text);                 // "customer-1"

    /// How many originals of each kind have another text now.
    const std::map<Kind, std::size_t>& counts() const { return counts_; }

    /// Every address that was asked for, with what it became.
    const std::map<domain::IpAddress, domain::IpAddress>& addresses() const { return addresses_; }

private:
    std::string numbered(Kind kind, std::string key, std::string_view head, std::string_view tail = "");

    std::set<domain::IpAddress> kept_;
    std::set<std::string, std::less<>> kept_words_;
    std::map<domain::IpAddress, domain::IpAddress> addresses_;
    std::map<std::string, std::uint32_t> next_in_range_;
    std::map<std::pair<Kind, std::string>, std::string> names_;
    std::map<Kind, std::uint32_t> next_;
    std::map<Kind, std::size_t> counts_;
};

}  // namespace bridge::reproduction
