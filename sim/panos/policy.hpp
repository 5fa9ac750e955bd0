// Security policy lookup: which rule decides about a flow. Compiled from one configuration, and valid for it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/panos/node.hpp"

namespace sim::panos {

struct Flow {
    std::string from;  // an address or a domain name; empty: nothing is known of it
    std::string to;
    std::string from_zone = "trust";
    std::string to_zone = "untrust";
    std::optional<std::uint16_t> port{};  // of the destination
    std::string protocol{};               // "tcp", "udp", or a number; empty: nothing is known
    std::string application{};
    std::string vsys = "vsys1";
};

struct Verdict {
    bool allowed = false;
    std::string rule;    // "interzone-default" and "intrazone-default" when none of the rules matched
    std::string action;  // as the rule says it
    std::string object;  // what the far end matched, by its way: "blocked -> part-2 -> evil-1"; "any"
};

class Policy {
public:
    static std::shared_ptr<const Policy> compile(const NodePtr& configuration);
    virtual ~Policy() = default;

    virtual Verdict verdict(const Flow& flow) const = 0;
    /// Traffic from any host in zone trust to the address or domain in zone untrust is denied, whatever its port,
    /// by a rule whose destination names it (`any` is no name).
    virtual bool blocks(std::string_view indicator) const = 0;
};

}  // namespace sim::panos
