// Takes what is the operator's own out of payloads: addresses, names, mail addresses, MACs, tokens. Each becomes
// another of its kind, the same one wherever it stands, and not a byte besides changes; so a payload can be handed to
// others and still leads to the same decision.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "bridge/reproduction/own.hpp"
#include "bridge/reproduction/pseudonyms.hpp"

namespace bridge::reproduction {

enum class Extent {
    everything,
    secrets_only,  // addresses and names stay; tokens, passwords and cookies never do
};

/// For the payloads of one export, which must be told to it before the first is scrubbed. One thread.
class Scrubber {
public:
    explicit Scrubber(Rules rules, Extent extent = Extent::everything);
    Scrubber(const Scrubber&) = delete;
    Scrubber& operator=(const Scrubber&) = delete;

    /// Learns what is own in this payload; learn all of them, then scrub them in the same order.
    void learn(std::string_view payload);

    /// Errors   more own public addresses than there are documentation addresses (762)
    tl::expected<std::string, std::string> scrub(std::string_view payload);

    /// What became of an indicator; itself when it stayed.
    domain::Indicator mapped(const domain::Indicator& indicator) const;

    /// The rules with what they name replaced alike. Prefixes and domains become the single addresses and names of
    /// theirs that payloads hold; what holds none is left out. Directions of appliances are left out: see reproduce().
    Rules mapped_rules() const;

    const Rules& rules() const { return rules_; }
    const std::map<Kind, std::size_t>& counts() const { return pseudonyms_.counts(); }

private:
    class Edits;

    void keep_what_stays();
    void edit_whole(const struct Leaf& leaf, Edits& edits);
    void edit_headers(std::string_view text, Edits& edits);
    void edit_display_names(std::string_view text, struct Span line, Edits& edits);
    void edit_urls(const struct Leaf& leaf, Edits& edits);
    void edit_mail(std::string_view text, Edits& edits);
    void edit_macs(std::string_view text, Edits& edits);
    void edit_addresses(std::string_view text, Edits& edits);
    void edit_paths(std::string_view text, Edits& edits);
    void edit_words(std::string_view text, Edits& edits);
    std::string own_name(std::string_view lower_case_name);
    std::string host_or_name(std::string_view text);
    std::string same_notation(std::string_view mac);

    Rules rules_;
    Extent extent_;
    Own own_;
    Pseudonyms pseudonyms_;
    std::map<std::string, std::string, std::less<>> names_;  // of ours, in lower case, with what they became
    std::set<domain::IpAddress> seen_addresses_;             // in payloads that were learnt
    std::set<std::string> seen_words_;                       // that look like replacements
    std::string trouble_;
};

}  // namespace bridge::reproduction
