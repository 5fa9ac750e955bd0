// Block lists that firewalls fetch (external dynamic lists): their kinds, how an indicator is written in each, and what
// is asked of a firewall about its copy.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/domain/value/indicator.hpp"

namespace bridge::domain {

enum class ListKind { ip, domain, url };
inline constexpr std::array list_kinds{ListKind::ip, ListKind::domain, ListKind::url};

/// As PAN-OS and the pages' paths call it: "ip", "domain", "url".
std::string_view name_of(ListKind kind);
std::optional<ListKind> list_kind_of(std::string_view name);

/// Whether a list of that kind has a place for the indicator: addresses in ip, names in domain and url.
bool carries(ListKind kind, const Indicator& indicator);

/// The indicator's line: "203.0.113.5", "evil.example", and as a URL "evil.example/", whose slash keeps it from
/// matching evil.example.org.
std::string list_entry(ListKind kind, const Indicator& indicator);

/// The line that begins every page, so that none is ever empty: nothing on the Internet has that address (RFC 1112,
/// reserved) or name (RFC 6761, .invalid).
std::string_view placeholder_entry(ListKind kind);

/// What a firewall shows as an entry, read back; host prefixes and trailing slashes are the same entry.
std::optional<Indicator> read_list_entry(std::string_view text);

/// One page as it is now. A page with another text has another version.
struct ListPage {
    std::uint64_t version = 0;
    std::string text;
};

// What is asked of a firewall.
struct RefreshList {
    ListKind kind;
    std::string list;  // its name on the firewall
};
/// Entries of the firewall's copy, from the `from`th on (counted from 1), at most `limit`.
struct ReadList {
    ListKind kind;
    std::string list;
    std::size_t from = 1;
    std::size_t limit = 0;
};

struct ListSeen {
    std::vector<std::string> members;
    std::size_t valid = 0;    // in all
    std::size_t ignored = 0;  // beyond the model's capacity
};

}  // namespace bridge::domain
