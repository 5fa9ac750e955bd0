#include "sim/panos/machine/account.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/panos/machine/api_key.hpp"
#include "sim/panos/machine/password.hpp"
#include "sim/panos/tree/place.hpp"
#include "sim/panos/tree/whole_number.hpp"

namespace sim::panos {
namespace {

constexpr int lifetime_minutes_max = 525'600;

NodePtr users_of(const NodePtr& root) {
    return root ? node_at(root, std::vector<std::string>{"mgt-config", "users"}) : nullptr;
}

const Children& entries(const NodePtr& node) {
    static const Children none;
    return node ? node->children() : none;
}

}  // namespace

tl::expected<Accounts, std::string> Accounts::make(std::uint64_t seed, const std::vector<Administrator>& given,
                                                   const NodePtr& running) {
    Accounts made;
    made.seed_ = seed;
    for (const Administrator& each : given) {
        if (made.find(each.name) != nullptr) {
            return tl::make_unexpected(fmt::format("administrator '{}' is given twice", each.name));
        }
        Account account;
        account.name = each.name;
        account.password = each.password;
        const NodePtr users = users_of(running);
        const Node* user = users ? users->child("entry", each.name) : nullptr;
        account.configured = user != nullptr;
        account.hash = user == nullptr ? std::string{} : std::string(user->text_of("phash"));
        made.given_.push_back(each.name);
        if (user != nullptr && each.role.empty()) {
            account.role = role_of(*user, running);
        } else if (!each.role.empty()) {
            auto role = read_role(each.role, running);
            if (!role) {
                return tl::make_unexpected(fmt::format("administrator '{}': {}", each.name, role.error()));
            }
            account.role = std::move(*role);
            account.role_given = true;
        }
        made.accounts_.push_back(std::move(account));
    }
    entries(users_of(running)).each([&](const Child& child) {
        if (made.find(child.node->value()) == nullptr) {
            Account account;
            account.name = child.node->value();
            account.hash = std::string(child.node->text_of("phash"));
            account.role = role_of(*child.node, running);
            account.configured = true;
            made.accounts_.push_back(std::move(account));
        }
        return true;
    });
    made.read_lifetime(running);
    made.renew_all();
    return made;
}

Account* Accounts::find(std::string_view name) {
    const auto at =
        std::find_if(accounts_.begin(), accounts_.end(), [name](const Account& a) { return a.name == name; });
    return at == accounts_.end() ? nullptr : &*at;
}

const Account* Accounts::find(std::string_view name) const {
    const auto at =
        std::find_if(accounts_.begin(), accounts_.end(), [name](const Account& a) { return a.name == name; });
    return at == accounts_.end() ? nullptr : &*at;
}

// The first key of an administrator depends on nothing but the device's seed, his name and his password: it is good
// again when the password is set back.
void Accounts::renew(Account& account) const {
    account.key.clear();
    if (account.secret().empty() || account.secret() == "*") {
        return;
    }
    const std::uint64_t generation = lifetime_.count() > 0 ? account.generation : 0;
    std::string bound = account.secret();
    if (epoch_ > 0 || generation > 0) {
        bound += fmt::format("\n{}\n{}", epoch_, generation);
    }
    account.key = make_api_key(seed_, Administrator{account.name, bound, ""});
}

void Accounts::renew_all() {
    for (Account& each : accounts_) {
        renew(each);
    }
}

const Account* Accounts::by_key(std::string_view text, Instant now) const {
    const auto at = std::find_if(accounts_.begin(), accounts_.end(),
                                 [text](const Account& each) { return !text.empty() && each.key == text; });
    if (at == accounts_.end()) {
        return nullptr;
    }
    const bool ends = lifetime_.count() > 0 && at->generation > 0;
    return ends && now >= at->issued + lifetime_ ? nullptr : &*at;
}

const Account* Accounts::by_password(std::string_view name, std::string_view password) const {
    const Account* account = find(name);
    if (account == nullptr) {
        return nullptr;
    }
    const bool right =
        account->password.empty() ? password_fits(password, account->hash) : account->password == password;
    return right ? account : nullptr;
}

std::string Accounts::issue_key(std::string_view name, Instant now) {
    Account* account = find(name);
    if (account == nullptr) {
        return {};
    }
    if (lifetime_.count() > 0) {
        ++account->generation;
        account->issued = now;
        renew(*account);
    }
    return account->key;
}

std::string Accounts::key_of(std::string_view name) const {
    const Account* account = find(name);
    return account == nullptr ? std::string{} : account->key;
}

void Accounts::expire_keys() {
    ++epoch_;
    renew_all();
}

bool Accounts::change_password(std::string_view name, std::string password) {
    Account* account = find(name);
    if (account == nullptr) {
        return false;
    }
    account->password = std::move(password);
    renew(*account);
    return true;
}

void Accounts::follow(const NodePtr& before, const NodePtr& after) {
    if (before == after) {
        return;
    }
    const NodePtr was = users_of(before);
    const NodePtr is = users_of(after);
    Children::differences(entries(was), entries(is), [&](const NodePtr& old_user, const NodePtr& new_user) {
        if (!new_user) {
            std::erase_if(accounts_, [&](const Account& each) { return each.name == old_user->value(); });
            return;
        }
        Account* account = find(new_user->value());
        if (account == nullptr) {
            account = &accounts_.emplace_back();
            account->name = new_user->value();
        }
        const std::string hash(new_user->text_of("phash"));
        if (!old_user || old_user->text_of("phash") != hash) {
            account->hash = hash;
            account->password.clear();
        }
        account->configured = true;
        account->role_given = false;
    });
    for (Account& each : accounts_) {
        if (each.configured && !each.role_given) {
            if (const Node* user = is ? is->child("entry", each.name) : nullptr) {
                each.role = role_of(*user, after);
            }
        }
    }
    read_lifetime(after);
    renew_all();
}

void Accounts::read_lifetime(const NodePtr& running) {
    lifetime_ = std::chrono::minutes(0);
    entries(running->child_ptr("devices")).each([this](const Child& device) {
        const NodePtr node = node_at(
            device.node, std::vector<std::string>{"deviceconfig", "setting", "management", "api", "key", "lifetime"});
        const std::string text = node ? node->value() : "";
        if (const auto minutes = whole_number(text); minutes && *minutes > 0) {
            lifetime_ = std::chrono::minutes(std::min<std::uint64_t>(*minutes, lifetime_minutes_max));
        }
        return true;
    });
}

std::string Accounts::without_secrets(std::string text) const {
    remove_secrets(text);
    return text;
}

void Accounts::remove_secrets(std::string& text) const {
    constexpr std::size_t secret_min = 6;  // a shorter word would take honest text with it; passwords are in no field
                                           // that is kept
    for (const Account& each : accounts_) {
        for (const std::string* const secret : {&each.key, &each.password, &each.hash}) {
            if (secret->size() < secret_min || text.size() < secret->size()) {
                continue;
            }
            for (std::size_t at = 0; (at = text.find(*secret, at)) != std::string::npos;) {
                text.replace(at, secret->size(), "***");
            }
        }
    }
}

Accounts::Kept Accounts::kept() const {
    Kept kept;
    kept.epoch = epoch_;
    for (const Account& each : accounts_) {
        if (each.generation > 0) {
            kept.keys[each.name] = {each.generation, each.issued};
        }
    }
    for (const std::string& name : given_) {
        const Account* account = find(name);
        if (account == nullptr) {
            kept.removed.push_back(name);
        } else if (account->password.empty()) {
            kept.by_hash.push_back(name);
        }
    }
    return kept;
}

void Accounts::restore(const Kept& kept) {
    epoch_ = kept.epoch;
    std::erase_if(accounts_, [&kept](const Account& each) {
        return std::find(kept.removed.begin(), kept.removed.end(), each.name) != kept.removed.end();
    });
    for (const auto& [name, state] : kept.keys) {
        if (Account* account = find(name)) {
            account->generation = state.generation;
            account->issued = state.issued;
        }
    }
    for (const std::string& name : kept.by_hash) {
        if (Account* account = find(name)) {
            account->password.clear();
        }
    }
    renew_all();
}

}  // namespace sim::panos
