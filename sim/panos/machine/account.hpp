// The administrators of a device: those that it was started with and those of its running configuration, their
// passwords, roles and API keys. What it tells others holds no secret but where it says so.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/panos/machine/device_options.hpp"
#include "sim/panos/machine/role.hpp"

namespace sim::panos {

struct Account {
    std::string name;
    std::string password;  // secret; empty: `hash` decides
    std::string hash;      // phash of the running configuration
    Role role;
    bool configured = false;       // in the running configuration
    bool role_given = false;       // at the start; the configuration's counts once a commit changes his entry
    std::uint64_t generation = 0;  // of the newest key while keys have a lifetime; 0: the one key that does not end
    Instant issued{};              // that newest key
    std::string key;               // secret: the one that is valid, unless its time is over

    /// What the key is bound to.
    const std::string& secret() const { return password.empty() ? hash : password; }
};

class Accounts {
public:
    Accounts() = default;
    /// Errors: a role that can't be read, a name given twice.
    static tl::expected<Accounts, std::string> make(std::uint64_t seed, const std::vector<Administrator>& given,
                                                    const NodePtr& running);

    const std::vector<Account>& all() const noexcept { return accounts_; }
    const Account* find(std::string_view name) const;
    /// Whose valid key it is.
    const Account* by_key(std::string_view key, Instant now) const;
    const Account* by_password(std::string_view name, std::string_view password) const;
    /// What keygen answers: a secret. While keys have a lifetime it ends the administrator's earlier ones.
    std::string issue_key(std::string_view name, Instant now);
    /// The newest key of that administrator: a secret; empty for an unknown one.
    std::string key_of(std::string_view name) const;
    /// Ends every key that there is ("Expire All API Keys"); keygen gives new ones.
    void expire_keys();
    /// False for an unknown name.
    bool change_password(std::string_view name, std::string password);

    /// A commit (or a load) made `after` of `before`: administrators come, go and change.
    void follow(const NodePtr& before, const NodePtr& after);

    /// Replaces every key and password that is long enough to be told from honest text by asterisks.
    std::string without_secrets(std::string text) const;
    /// The same in place, for texts that are kept by the thousand.
    void remove_secrets(std::string& text) const;

    /// What a kept state holds: no secrets.
    struct KeyState {
        std::uint64_t generation = 0;
        Instant issued{};
    };
    struct Kept {
        std::uint64_t epoch = 0;
        std::map<std::string, KeyState> keys;
        std::vector<std::string> removed;  // given at the start, and gone with a commit since
        std::vector<std::string> by_hash;  // given at the start, and their password is the configuration's since
    };
    Kept kept() const;
    void restore(const Kept& kept);

private:
    std::uint64_t seed_ = 0;
    std::uint64_t epoch_ = 0;
    std::chrono::minutes lifetime_{0};  // 0: keys do not end
    std::vector<Account> accounts_;
    std::vector<std::string> given_;  // names that the device was started with

    Account* find(std::string_view name);
    void renew(Account& account) const;
    void renew_all();
    void read_lifetime(const NodePtr& running);
};

}  // namespace sim::panos
