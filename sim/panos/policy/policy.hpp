// Security policy lookup: which rule decides about a flow. Follows the running configuration from version to version by
// what differs; what changes without a commit (registered addresses, lists, resolved names, the time) is looked at anew
// at each question.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/panos/tree/node.hpp"

namespace sim::panos {

class FqdnTable;
class ListTable;
class Registration;

struct Flow {
    std::string from;  // an address or a domain name; empty: nothing is known of it
    std::string to;
    std::string from_zone = "trust";
    std::string to_zone = "untrust";
    std::optional<std::uint16_t> port{};  // of the destination
    std::string protocol{};               // "tcp", "udp", or a number; empty: nothing is known
    std::string application{};
    std::string vsys = "vsys1";
    std::string user{};      // empty: who is logged in at `from`
    std::string category{};  // of the URL
    std::string url{};       // "host/path": what lists of URLs in a rule's category are asked for
};

struct Verdict {
    bool allowed = false;
    std::string rule;       // "interzone-default" and "intrazone-default" when none of the rules matched
    std::string action;     // as the rule says it
    std::string object;     // what the far end matched, by its way: "blocked -> part-2 -> evil-1"; "any"
    std::size_t index = 0;  // of the rule, from 1; 0 for the default rules
    NodePtr entry{};        // of the rule, null for the default rules that are not overridden
};

/// What decides beside the configuration. What is not there matches nothing; without a time no schedule holds.
struct Surroundings {
    const Registration* registration = nullptr;
    const ListTable* lists = nullptr;
    const FqdnTable* names = nullptr;
    std::optional<Instant> now{};
};

/// A dynamic address group that a rule uses, by itself or through groups.
struct DynamicGroup {
    std::string vsys;  // empty: shared
    std::string name;
    std::string filter;
    std::vector<std::string> objects;     // address objects with tags that it takes
    std::vector<std::string> registered;  // registered addresses
};

class Policy {
public:
    static std::shared_ptr<Policy> compile(const NodePtr& configuration);
    Policy();
    ~Policy();
    Policy(const Policy&) = delete;
    Policy& operator=(const Policy&) = delete;

    /// From now on it is the policy of this version of the configuration.
    void follow(const NodePtr& configuration);

    Verdict verdict(const Flow& flow, const Surroundings& around = {}) const;
    /// All rules that match, in order, and the default rule; the first is the one that decides.
    std::vector<Verdict> matches(const Flow& flow, const Surroundings& around = {}) const;
    /// Traffic from any host in zone trust to the address or domain in zone untrust is denied, whatever its port,
    /// by a rule whose destination names it (`any` is no name).
    bool blocks(std::string_view indicator, const Surroundings& around = {}) const;

    /// The used ones of a vsys (all when it is empty), and shared ones once.
    std::vector<DynamicGroup> dynamic_groups(std::string_view vsys, const Surroundings& around) const;

    /// How much of the configuration was read so far: what follow() costs.
    struct Work {
        std::size_t objects = 0;
        std::size_t rules = 0;
        std::size_t groups = 0;
    };
    Work work() const;

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace sim::panos
