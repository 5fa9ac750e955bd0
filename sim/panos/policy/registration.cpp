#include "sim/panos/policy/registration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/panos/tree/whole_number.hpp"

namespace sim::panos {
namespace {

constexpr std::uint64_t timeout_seconds_max = 2'592'000;  // 30 days, documented
constexpr std::uint64_t timeout_minutes_max = 10'080;     // a week (assumed)
constexpr std::size_t tag_bytes_max = 127;

struct ModelRow {
    std::string_view model;
    std::size_t addresses;
};

// The documentation's table of registered addresses by model; the first row that begins like the model counts.
constexpr std::array models{
    ModelRow{"Panorama", 500'000}, ModelRow{"M-", 500'000},     ModelRow{"PA-5450", 100'000},
    ModelRow{"PA-54", 500'000},    ModelRow{"PA-52", 500'000},  ModelRow{"PA-7", 100'000},
    ModelRow{"VM-500", 300'000},   ModelRow{"VM-700", 300'000}, ModelRow{"PA-3410", 150'000},
    ModelRow{"PA-3420", 150'000},  ModelRow{"PA-34", 200'000},  ModelRow{"PA-32", 200'000},
    ModelRow{"VM-300", 200'000},   ModelRow{"PA-450", 100'000}, ModelRow{"PA-460", 100'000},
    ModelRow{"PA-440", 50'000},    ModelRow{"PA-850", 2'500},   ModelRow{"VM-100", 2'500},
    ModelRow{"PA-820", 1'000},     ModelRow{"PA-410", 1'000},   ModelRow{"PA-220", 1'000},
    ModelRow{"VM-50", 1'000},      ModelRow{"PA-VM", 200'000},  // its 10,000 address objects are those of a VM-300
};

std::optional<Instant> end_of(std::uint64_t amount, std::chrono::microseconds unit, Instant now) {
    return amount == 0
               ? std::nullopt
               : std::optional(now +
                               unit * static_cast<std::int64_t>(std::min<std::uint64_t>(amount, timeout_seconds_max)));
}

template <class Tags>
auto tag_named(Tags& tags, std::string_view name) {
    return std::find_if(tags.begin(), tags.end(), [name](const auto& tag) { return tag.name == name; });
}

std::string tag_is_bad(const std::string& tag) {
    return tag.empty()                  ? "Failed to register, the tag is empty"
           : tag.size() > tag_bytes_max ? fmt::format("Failed to register, the tag is longer than {}", tag_bytes_max)
                                        : std::string{};
}

}  // namespace

bool RegisteredAddress::has(std::string_view tag) const {
    return tag_named(tags, tag) != tags.end();
}

RegistrationLimits registration_limits(std::string_view model, const Version& version) {
    RegistrationLimits limits;
    const auto row = std::find_if(models.begin(), models.end(),
                                  [model](const ModelRow& each) { return model.starts_with(each.model); });
    limits.addresses = row == models.end() ? limits.addresses : row->addresses;
    limits.ranges = version.at_least(10, 0);
    limits.timeouts = version.at_least(9, 0);
    limits.users = version.at_least(9, 1);
    return limits;
}

// ---- the table of addresses -----------------------------------------------------------------------------------------

Registration::AddressTable::AddressTable(const AddressTable& other) : all(other.all) {
    for (const auto& [range, address] : all) {
        index.add(range, &address);
    }
}

RegisteredAddress& Registration::AddressTable::put(const std::string& text, const IpRange& range) {
    const auto [at, fresh] = all.try_emplace(range);
    if (fresh) {
        at->second.text = text;
        at->second.range = range;
        index.add(range, &at->second);
    }
    return at->second;
}

void Registration::AddressTable::drop(const IpRange& range) {
    if (const auto at = all.find(range); at != all.end()) {
        index.remove(range, &at->second);
        all.erase(at);
    }
}

std::optional<IpRange> Registration::readable(const std::string& address) const {
    auto range = parse_netmask(address);
    if (!range) {
        range = parse_range(address);
    }
    if (!range || range->first == range->last) {
        return range;
    }
    return limits_.ranges && !range->first.v6 ? range : std::nullopt;
}

const Registration::Vsys* Registration::find(std::string_view vsys) const {
    const auto at = vsys_.find(vsys);
    return at == vsys_.end() ? nullptr : &at->second;
}

Registration::Refused Registration::add_tag(const std::string& vsys, const std::string& address, const std::string& tag,
                                            bool persistent, std::uint64_t timeout, Instant now) {
    const auto range = readable(address);
    if (!range) {
        return fmt::format("Failed to register, ip {} is invalid", address);
    }
    if (const std::string bad = tag_is_bad(tag); !bad.empty()) {
        return bad;
    }
    if (limits_.timeouts && timeout > timeout_seconds_max) {
        return fmt::format("Failed to register, timeout {} is over {}", timeout, timeout_seconds_max);
    }
    AddressTable& table = vsys_[vsys].addresses;
    const auto known = table.all.find(*range);
    if (known == table.all.end() && count_ >= limits_.addresses) {
        return fmt::format("Failed to register ip {}, the maximum of {} is reached", address, limits_.addresses);
    }
    if (known != table.all.end() && known->second.has(tag)) {
        return fmt::format("tag {} already exists, ignore", tag);
    }
    if (known != table.all.end() && known->second.tags.size() >= limits_.tags_per_address) {
        return fmt::format("Failed to register tag {}, an ip has at most {} tags", tag, limits_.tags_per_address);
    }
    count_ += known == table.all.end() ? std::size_t{1} : std::size_t{0};
    RegisteredAddress& entry = table.put(address, *range);
    entry.persistent = persistent;
    entry.tags.push_back({tag, limits_.timeouts ? end_of(timeout, std::chrono::seconds(1), now) : std::nullopt});
    if (entry.tags.back().until) {
        deadlines_.insert({*entry.tags.back().until, Subject::address, vsys, entry.text, tag});
    }
    follow(vsys, entry, tag, true, now);
    return std::nullopt;
}

void Registration::follow(const std::string& vsys, const RegisteredAddress& address, const std::string& tag, bool added,
                          Instant now) {
    if (delay_.count() > 0) {
        changes_.push_back({now + delay_, vsys, address.text, address.range, tag, added});
    }
}

void Registration::follow_now(const Change& change) {
    AddressTable& table = vsys_[change.vsys].followed;
    if (change.added) {
        RegisteredAddress& entry = table.put(change.address, change.range);
        if (!entry.has(change.tag)) {
            entry.tags.push_back({change.tag, std::nullopt});
        }
        return;
    }
    const auto at = table.all.find(change.range);
    if (at == table.all.end()) {
        return;
    }
    std::erase_if(at->second.tags, [&change](const auto& tag) { return tag.name == change.tag; });
    if (at->second.tags.empty()) {
        table.drop(change.range);
    }
}

void Registration::drop_tag(const std::string& vsys, RegisteredAddress& address, std::size_t at, Instant now) {
    const auto tag = address.tags.begin() + static_cast<std::ptrdiff_t>(at);
    if (tag->until) {
        deadlines_.erase({*tag->until, Subject::address, vsys, address.text, tag->name});
    }
    follow(vsys, address, tag->name, false, now);
    address.tags.erase(tag);
}

void Registration::drop_if_bare(const std::string& vsys, const IpRange& range) {
    AddressTable& table = vsys_[vsys].addresses;
    const auto at = table.all.find(range);
    if (at != table.all.end() && at->second.tags.empty()) {
        table.drop(range);
        --count_;
    }
}

Registration::Refused Registration::remove_tag(const std::string& vsys, const std::string& address,
                                               const std::string& tag, Instant now) {
    const auto range = readable(address);
    AddressTable& table = vsys_[vsys].addresses;
    const auto at = range ? table.all.find(*range) : table.all.end();
    if (at == table.all.end()) {
        return fmt::format("ip {} does not exist, ignore unreg", address);
    }
    const auto found = tag_named(at->second.tags, tag);
    if (found == at->second.tags.end()) {
        return fmt::format("tag {} does not exist, ignore unreg", tag);
    }
    drop_tag(vsys, at->second, static_cast<std::size_t>(found - at->second.tags.begin()), now);
    drop_if_bare(vsys, *range);
    return std::nullopt;
}

Registration::Refused Registration::remove_address(const std::string& vsys, const std::string& address, Instant now) {
    const auto range = readable(address);
    AddressTable& table = vsys_[vsys].addresses;
    const auto at = range ? table.all.find(*range) : table.all.end();
    if (at == table.all.end()) {
        return fmt::format("ip {} does not exist, ignore unreg", address);
    }
    while (!at->second.tags.empty()) {
        drop_tag(vsys, at->second, at->second.tags.size() - 1, now);
    }
    drop_if_bare(vsys, *range);
    return std::nullopt;
}

void Registration::clear_addresses(const std::string& vsys, Instant now) {
    std::vector<std::string> texts;
    for (const RegisteredAddress* each : addresses(vsys)) {
        texts.push_back(each->text);
    }
    for (const std::string& each : texts) {
        remove_address(vsys, each, now);
    }
}

// ---- users ----------------------------------------------------------------------------------------------------------

Registration::Refused Registration::add_user_tag(const std::string& vsys, const std::string& user,
                                                 const std::string& tag, std::uint64_t timeout, Instant now) {
    if (const std::string bad = tag_is_bad(tag); !bad.empty()) {
        return bad;
    }
    if (timeout > timeout_seconds_max) {
        return fmt::format("Failed to register, timeout {} is over {}", timeout, timeout_seconds_max);
    }
    RegisteredUser& entry = vsys_[vsys].users[user];
    entry.name = user;
    if (tag_named(entry.tags, tag) != entry.tags.end()) {
        return fmt::format("tag {} already exists, ignore", tag);
    }
    if (entry.tags.size() >= limits_.tags_per_address) {
        return fmt::format("Failed to register tag {}, a user has at most {} tags", tag, limits_.tags_per_address);
    }
    entry.tags.push_back({tag, end_of(timeout, std::chrono::seconds(1), now)});
    if (entry.tags.back().until) {
        deadlines_.insert({*entry.tags.back().until, Subject::user, vsys, user, tag});
    }
    return std::nullopt;
}

Registration::Refused Registration::remove_user_tag(const std::string& vsys, const std::string& user,
                                                    const std::string& tag) {
    auto& users = vsys_[vsys].users;
    const auto at = users.find(user);
    if (at == users.end()) {
        return fmt::format("user {} does not exist, ignore unreg", user);
    }
    const auto found = tag_named(at->second.tags, tag);
    if (found == at->second.tags.end()) {
        return fmt::format("tag {} does not exist, ignore unreg", tag);
    }
    if (found->until) {
        deadlines_.erase({*found->until, Subject::user, vsys, user, tag});
    }
    at->second.tags.erase(found);
    if (at->second.tags.empty()) {
        users.erase(at);
    }
    return std::nullopt;
}

Registration::Refused Registration::remove_user(const std::string& vsys, const std::string& user) {
    auto& users = vsys_[vsys].users;
    const auto at = users.find(user);
    if (at == users.end()) {
        return fmt::format("user {} does not exist, ignore unreg", user);
    }
    for (const RegisteredAddress::Tag& tag : at->second.tags) {
        if (tag.until) {
            deadlines_.erase({*tag.until, Subject::user, vsys, user, tag.name});
        }
    }
    users.erase(at);
    return std::nullopt;
}

Registration::Refused Registration::login(const std::string& vsys, const std::string& user, const std::string& address,
                                          std::uint64_t timeout, std::optional<std::uint32_t> block_start,
                                          Instant now) {
    const auto ip = parse_ip(address);
    if (!ip || user.empty() || timeout > timeout_minutes_max) {
        return std::string("Add mapping failed");
    }
    const std::string text = to_text(*ip);
    UserMapping& mapping = vsys_[vsys].mappings[{text, block_start}];
    const std::string block = block_start ? std::to_string(*block_start) : std::string{};
    if (mapping.until) {
        deadlines_.erase({*mapping.until, Subject::mapping, vsys, text, block});
    }
    mapping = {text, user, end_of(timeout, std::chrono::minutes(1), now), block_start};
    if (mapping.until) {
        deadlines_.insert({*mapping.until, Subject::mapping, vsys, text, block});
    }
    return std::nullopt;
}

Registration::Refused Registration::logout(const std::string& vsys, const std::string& user, const std::string& address,
                                           std::optional<std::uint32_t> block_start) {
    const auto ip = parse_ip(address);
    auto& mappings = vsys_[vsys].mappings;
    const auto at = ip ? mappings.find({to_text(*ip), block_start}) : mappings.end();
    if (at == mappings.end() || lower_case(at->second.user) != lower_case(user)) {
        return std::string("Delete mapping failed");
    }
    if (at->second.until) {
        deadlines_.erase({*at->second.until, Subject::mapping, vsys, at->second.address,
                          block_start ? std::to_string(*block_start) : std::string{}});
    }
    mappings.erase(at);
    return std::nullopt;
}

void Registration::forget_mappings(const std::string& vsys, const std::optional<std::string>& address) {
    const auto ip = address ? parse_ip(*address) : std::nullopt;
    const std::string text = ip ? to_text(*ip) : std::string{};
    std::erase_if(vsys_[vsys].mappings, [&](const auto& each) {
        const UserMapping& mapping = each.second;
        if (address && mapping.address != text) {
            return false;
        }
        if (mapping.until) {
            deadlines_.erase({*mapping.until, Subject::mapping, vsys, mapping.address,
                              mapping.block_start ? std::to_string(*mapping.block_start) : std::string{}});
        }
        return true;
    });
}

void Registration::set_group(const std::string& vsys, const std::string& group, std::vector<std::string> members) {
    if (members.empty()) {
        vsys_[vsys].groups.erase(group);
    } else {
        vsys_[vsys].groups[group] = std::move(members);
    }
}

// ---- looking at it --------------------------------------------------------------------------------------------------

std::vector<const RegisteredAddress*> Registration::addresses(std::string_view vsys) const {
    std::vector<const RegisteredAddress*> all;
    if (const Vsys* table = find(vsys)) {
        all.reserve(table->addresses.all.size());
        for (const auto& [range, address] : table->addresses.all) {
            all.push_back(&address);
        }
    }
    return all;
}

std::vector<const RegisteredAddress*> Registration::followed(std::string_view vsys) const {
    if (delay_.count() == 0) {
        return addresses(vsys);
    }
    std::vector<const RegisteredAddress*> all;
    if (const Vsys* table = find(vsys)) {
        for (const auto& [range, address] : table->followed.all) {
            all.push_back(&address);
        }
    }
    return all;
}

const RegisteredAddress* Registration::address(std::string_view vsys, std::string_view text) const {
    const auto range = readable(std::string(text));
    const Vsys* table = find(vsys);
    if (table == nullptr || !range) {
        return nullptr;
    }
    const auto at = table->addresses.all.find(*range);
    return at == table->addresses.all.end() ? nullptr : &at->second;
}

std::vector<RegisteredUser> Registration::users(std::string_view vsys) const {
    std::vector<RegisteredUser> all;
    if (const Vsys* table = find(vsys)) {
        for (const auto& [name, user] : table->users) {
            all.push_back(user);
        }
    }
    return all;
}

std::vector<UserMapping> Registration::mappings(std::string_view vsys) const {
    std::vector<UserMapping> all;
    if (const Vsys* table = find(vsys)) {
        for (const auto& [key, mapping] : table->mappings) {
            all.push_back(mapping);
        }
    }
    return all;
}

std::vector<std::string> Registration::members(std::string_view vsys, std::string_view group) const {
    const Vsys* table = find(vsys);
    if (table == nullptr) {
        return {};
    }
    const auto at = table->groups.find(std::string(group));
    return at == table->groups.end() ? std::vector<std::string>{} : at->second;
}

std::vector<std::string> Registration::groups(std::string_view vsys) const {
    std::vector<std::string> names;
    if (const Vsys* table = find(vsys)) {
        for (const auto& [name, members] : table->groups) {
            names.push_back(name);
        }
    }
    return names;
}

std::vector<std::string> Registration::vsys() const {
    std::vector<std::string> names;
    for (const auto& [name, table] : vsys_) {
        names.push_back(name);
    }
    return names;
}

void Registration::each_covering(std::string_view vsys, const Ip& ip,
                                 const std::function<bool(const RegisteredAddress&)>& visit) const {
    if (const Vsys* table = find(vsys)) {
        const AddressTable& seen = delay_.count() == 0 ? table->addresses : table->followed;
        seen.index.each(ip, [&visit](const IpRange& /*range*/, const RegisteredAddress* each) { return visit(*each); });
    }
}

std::optional<std::string> Registration::user_at(std::string_view vsys, std::string_view address) const {
    const auto ip = parse_ip(address);
    const Vsys* table = find(vsys);
    if (table == nullptr || !ip) {
        return std::nullopt;
    }
    const auto at = table->mappings.find({to_text(*ip), std::nullopt});
    return at == table->mappings.end() ? std::nullopt : std::optional(at->second.user);
}

// ---- time -----------------------------------------------------------------------------------------------------------

void Registration::expire(const Deadline& deadline) {
    switch (deadline.subject) {
        case Subject::address:
            remove_tag(deadline.vsys, deadline.name, deadline.tag, deadline.at);
            return;
        case Subject::user:
            remove_user_tag(deadline.vsys, deadline.name, deadline.tag);
            return;
        case Subject::mapping: {
            const auto block = integer(deadline.tag);
            vsys_[deadline.vsys].mappings.erase(
                {deadline.name, block ? std::optional(static_cast<std::uint32_t>(*block)) : std::nullopt});
            return;
        }
    }
}

void Registration::advance(Instant now) {
    while (!deadlines_.empty() && deadlines_.begin()->at <= now) {
        const Deadline deadline = *deadlines_.begin();
        deadlines_.erase(deadlines_.begin());
        expire(deadline);
    }
    while (!changes_.empty() && changes_.front().due <= now) {
        const Change change = changes_.front();
        changes_.pop_front();
        follow_now(change);
    }
}

std::optional<Instant> Registration::next_event() const {
    std::optional<Instant> next;
    if (!deadlines_.empty()) {
        next = deadlines_.begin()->at;
    }
    if (!changes_.empty() && (!next || changes_.front().due < *next)) {
        next = changes_.front().due;
    }
    return next;
}

void Registration::after_reboot(Instant now) {
    for (auto& [name, table] : vsys_) {
        std::vector<std::string> gone;
        for (const auto& [range, address] : table.addresses.all) {
            if (!address.persistent) {
                gone.push_back(address.text);
            }
        }
        for (const std::string& each : gone) {
            remove_address(name, each, now);
        }
        forget_mappings(name, std::nullopt);
    }
    for (const Change& change : changes_) {
        follow_now(change);  // what a device finds when it comes up is in its groups at once
    }
    changes_.clear();
    advance(now);
}

}  // namespace sim::panos
