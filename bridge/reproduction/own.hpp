// What in some payloads is the operator's own: found before anything is replaced, so that a name which one alert gives
// away is replaced in all of them.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "bridge/domain/policy/policy.hpp"
#include "bridge/fireeye/notification_reader.hpp"

namespace bridge::reproduction {

/// The rules under which payloads were read and decided.
struct Rules {
    domain::Policy policy;
    fireeye::ReadingRules reading;
};

class Own {
public:
    explicit Own(const Rules& rules) : rules_(rules) {}

    /// Adds what this payload tells. Any bytes: what is no notification tells what its texts look like.
    void learn(std::string_view payload);

    /// By its range, by the rules, or because a payload says so (a victim, the appliance, its proxy).
    bool is_own(const domain::IpAddress& address) const;

    /// The longest domain of ours that this name is or is under; empty when it is not ours. `name` in lower case.
    std::string_view domain_of(std::string_view name) const;

    /// A host's name without a domain, as some field gives it ("pc7"), or with one that is not ours alone.
    bool is_host(std::string_view name_in_lower_case) const { return hosts_.contains(name_in_lower_case); }
    /// A user's name out of a path, a field or a mail address.
    bool is_person(std::string_view name_in_lower_case) const { return people_.contains(name_in_lower_case); }
    bool is_mac(std::string_view twelve_digits) const { return macs_.contains(twelve_digits); }
    bool is_appliance_id(std::string_view id) const { return appliance_ids_.contains(id); }
    /// A suspect's name outside our domains: it stays, whatever words of ours it holds.
    bool is_attacker(std::string_view name_in_lower_case) const {
        return attackers_.contains(name_in_lower_case) && domain_of(name_in_lower_case).empty();
    }
    /// A name in a mail address or a URL's user, or in front of a mail address.
    bool is_mail_name(std::string_view name_in_lower_case) const { return mail_names_.contains(name_in_lower_case); }

private:
    using Words = std::set<std::string, std::less<>>;

    bool is_own_by_rules(const domain::Indicator& indicator) const;
    void learn_decisions(std::string_view payload);
    void learn_fields(std::string_view payload);
    void learn_host(std::string_view name);

    const Rules& rules_;
    std::set<domain::IpAddress> addresses_;
    std::set<domain::IpAddress> suspects_;  // of the payload that is being learnt, without those that are ours
    Words domains_;
    Words hosts_;
    Words people_;
    Words mail_names_;
    Words macs_;
    Words appliance_ids_;
    Words attackers_;
};

/// Words that name a role or a product and no person or host ("admin", "localhost", "unknown").
bool is_common_word(std::string_view word_in_lower_case);

/// What stands in a host's field where there is no host ("n/a").
bool says_nothing(std::string_view host_in_lower_case);

/// Whether a field of this folded name holds a user's name.
bool is_user_field(std::string_view name);

/// Whether a field of this folded name, or a mail header of this name in lower case, says who wrote to whom.
bool is_correspondent_field(std::string_view name);
bool is_correspondent_header(std::string_view name);

/// Whether a field of this folded name, within that one, holds the name of a host of ours whatever else is known.
bool is_own_host_field(std::string_view name, std::string_view within);

}  // namespace bridge::reproduction
