// What User-ID knows: addresses with the tags that they were registered with, users with theirs, who is logged in
// where, and groups of users. A state machine: calls and the time go in; what has run out goes by itself.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/panos/policy/address_index.hpp"
#include "sim/panos/tree/node.hpp"
#include "sim/panos/tree/version.hpp"

namespace sim::panos {

/// An address, a subnet or a range with its tags.
struct RegisteredAddress {
    std::string text;  // as it was first sent
    IpRange range;
    bool persistent = true;  // survives a reboot
    struct Tag {
        std::string name;
        std::optional<Instant> until;
    };
    std::vector<Tag> tags;  // in the order in which they came

    bool has(std::string_view tag) const;
};

struct RegisteredUser {
    std::string name;
    std::vector<RegisteredAddress::Tag> tags;
};

/// A user at an address (a login), or in a block of an address's ports.
struct UserMapping {
    std::string address;
    std::string user;
    std::optional<Instant> until;
    std::optional<std::uint32_t> block_start;  // of a terminal server's ports
};

/// What a model and a version take.
struct RegistrationLimits {
    std::size_t addresses = 2500;
    std::size_t tags_per_address = 32;
    bool ranges = true;    // IPv4 subnets and ranges, 10.0 on
    bool timeouts = true;  // of tags, 9.0 on; before, tags stay
    bool users = true;     // tags on users, 9.1 on
};
/// Addresses by model family as the documentation's table has them; what it doesn't list has the smallest of its line.
RegistrationLimits registration_limits(std::string_view model, const Version& version);

class Registration {
public:
    explicit Registration(RegistrationLimits limits = {}, std::chrono::microseconds delay = {})
        : limits_(limits), delay_(delay) {}
    Registration(const Registration&) = default;
    Registration(Registration&&) = default;
    Registration& operator=(Registration&&) = default;

    /// Why the device refused, in its words; nothing when it did not.
    using Refused = std::optional<std::string>;

    /// Timeouts in seconds, 0: never. A tag that is there already stays as it is, its time as well.
    Refused add_tag(const std::string& vsys, const std::string& address, const std::string& tag, bool persistent,
                    std::uint64_t timeout, Instant now);
    Refused remove_tag(const std::string& vsys, const std::string& address, const std::string& tag, Instant now);
    Refused remove_address(const std::string& vsys, const std::string& address, Instant now);
    /// Removes all addresses of the vsys.
    void clear_addresses(const std::string& vsys, Instant now);

    Refused add_user_tag(const std::string& vsys, const std::string& user, const std::string& tag,
                         std::uint64_t timeout, Instant now);
    Refused remove_user_tag(const std::string& vsys, const std::string& user, const std::string& tag);
    Refused remove_user(const std::string& vsys, const std::string& user);

    /// Timeout in minutes, 0: never. One user per address; a second login replaces the first.
    Refused login(const std::string& vsys, const std::string& user, const std::string& address, std::uint64_t timeout,
                  std::optional<std::uint32_t> block_start, Instant now);
    Refused logout(const std::string& vsys, const std::string& user, const std::string& address,
                   std::optional<std::uint32_t> block_start);
    void forget_mappings(const std::string& vsys, const std::optional<std::string>& address);

    void set_group(const std::string& vsys, const std::string& group, std::vector<std::string> members);

    /// In order of the address.
    std::vector<const RegisteredAddress*> addresses(std::string_view vsys) const;
    const RegisteredAddress* address(std::string_view vsys, std::string_view text) const;
    std::vector<RegisteredUser> users(std::string_view vsys) const;
    std::vector<UserMapping> mappings(std::string_view vsys) const;
    /// Empty for an unknown group.
    std::vector<std::string> members(std::string_view vsys, std::string_view group) const;
    std::vector<std::string> groups(std::string_view vsys) const;
    std::vector<std::string> vsys() const;
    std::size_t address_count() const noexcept { return count_; }

    /// What the policy sees, which follows after the delay: the registered ranges that hold the address.
    void each_covering(std::string_view vsys, const Ip& ip,
                       const std::function<bool(const RegisteredAddress&)>& visit) const;
    /// All that the policy sees, in order of the address.
    std::vector<const RegisteredAddress*> followed(std::string_view vsys) const;
    /// Who is logged in at the address, or nobody.
    std::optional<std::string> user_at(std::string_view vsys, std::string_view address) const;

    /// What has run out by `now` goes.
    void advance(Instant now);
    std::optional<Instant> next_event() const;

    /// Addresses that are not persistent go, and so do logins; users' tags and groups stay (assumed).
    void after_reboot(Instant now);

    /// XML of all of it, for keeping; restore() reads what serialise() wrote, in place of what there is.
    std::string serialise() const;
    tl::expected<void, std::string> restore(std::string_view xml);

private:
    using Addresses = std::map<IpRange, RegisteredAddress>;
    struct AddressTable {
        Addresses all;
        AddressIndex<const RegisteredAddress*> index;  // of `all`

        AddressTable() = default;
        AddressTable(const AddressTable& other);  // its index is of its own addresses
        AddressTable(AddressTable&&) = default;
        AddressTable& operator=(AddressTable&&) = default;
        RegisteredAddress& put(const std::string& text, const IpRange& range);
        void drop(const IpRange& range);
    };
    struct PortKey {
        std::string address;
        std::optional<std::uint32_t> block_start;
        friend auto operator<=>(const PortKey&, const PortKey&) = default;
    };
    struct Vsys {
        AddressTable addresses;
        AddressTable followed;  // used only when there is a delay
        std::map<std::string, RegisteredUser> users;
        std::map<PortKey, UserMapping> mappings;
        std::map<std::string, std::vector<std::string>> groups;
    };
    enum class Subject { address, user, mapping };
    struct Deadline {
        Instant at{};
        Subject subject = Subject::address;
        std::string vsys;
        std::string name;  // address, or user
        std::string tag;   // or the start of the block of ports
        friend auto operator<=>(const Deadline&, const Deadline&) = default;
    };
    struct Change {
        Instant due{};
        std::string vsys;
        std::string address;
        IpRange range;
        std::string tag;
        bool added = false;
    };

    RegistrationLimits limits_;
    std::chrono::microseconds delay_;
    std::map<std::string, Vsys, std::less<>> vsys_;
    std::set<Deadline> deadlines_;
    std::deque<Change> changes_;  // that the policy has not followed yet
    std::size_t count_ = 0;

    std::optional<IpRange> readable(const std::string& address) const;
    const Vsys* find(std::string_view vsys) const;
    void follow(const std::string& vsys, const RegisteredAddress& address, const std::string& tag, bool added,
                Instant now);
    void follow_now(const Change& change);
    void drop_tag(const std::string& vsys, RegisteredAddress& address, std::size_t at, Instant now);
    void drop_if_bare(const std::string& vsys, const IpRange& range);
    void expire(const Deadline& deadline);
    void read_address(Vsys& into, const std::string& vsys, const struct Element& element);
};

}  // namespace sim::panos
