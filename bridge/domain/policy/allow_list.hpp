// What is never blocked by the operator's word, and by what the bridge knows of itself: rules in layers, each of which
// can be replaced as a whole (a file that changed, addresses that were looked up anew).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bridge/domain/value/indicator.hpp"

namespace bridge::domain {

/// One entry of an allow list: a prefix, or a name ("example.com" for itself, "*.example.com" for all below it too).
class AllowRule {
public:
    /// `origin` tells whose rule it is, for the reason: "an address of target hq", "allow.txt:12"; empty for the
    /// operator's own list.
    static std::optional<AllowRule> parse(std::string_view text, std::string origin = {});

    /// A prefix is covered by a rule that covers any address in it.
    bool covers(const Indicator& indicator) const;
    const std::string& text() const noexcept { return text_; }
    const std::string& origin() const noexcept { return origin_; }
    /// "on the allow list: 192.0.2.0/24 (allow.txt:12)"
    std::string reason() const;

private:
    friend class AllowList;

    std::string text_;  // as the operator wrote it
    std::string origin_;
    std::optional<Prefix> prefix_;
    std::string name_;
    bool below_ = false;
};

/// Finds the rule for an indicator among hundreds of thousands without looking at each. A value.
class AllowList {
public:
    /// The layer holds these rules from now on, and no others.
    void replace(const std::string& layer, std::vector<AllowRule> rules);
    void add(const std::string& layer, AllowRule rule);
    /// Takes the layers of another list that this one has not.
    void inherit(AllowList other) { layers_.merge(other.layers_); }

    /// A rule that covers the indicator, or nullptr. Valid until the list changes.
    const AllowRule* rule_for(const Indicator& indicator) const;

    std::size_t size(const std::string& layer) const;
    bool empty() const noexcept { return layers_.empty(); }

private:
    struct Layer {
        void take(AllowRule rule);
        const AllowRule* find(const IpAddress& address) const;
        const AllowRule* find(const Prefix& wide) const;
        const AllowRule* find(const DomainName& name) const;

        std::vector<AllowRule> rules;
        // By family and length, then by network; the value is the place in `rules`.
        std::map<std::pair<bool, unsigned>, std::map<IpAddress, std::size_t>> prefixes;
        std::unordered_map<std::string, std::size_t> names;
        std::unordered_map<std::string, std::size_t> zones;  // of rules that cover what is below, too
    };

    std::map<std::string, Layer> layers_;
};

}  // namespace bridge::domain
