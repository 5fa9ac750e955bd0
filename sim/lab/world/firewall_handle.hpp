// A mock firewall as scenarios speak of it: what can be asked about it, and what other people do to it. One
// implementation stands over the device model in both worlds.
#pragma once

#include <cstddef>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "sim/lab/story/scenario.hpp"

namespace sim::lab {

struct PacketVerdict {
    bool denied = false;
    std::string rule;  // that decided; empty for the default
};

struct CommitSeen {
    std::string by;
    std::string result;  // "OK", "FAIL", or "PEND" while it is queued or running
};

struct CallSeen {
    std::string kind;    // a config action such as "set", else "commit", "op", "keygen", "user-id"
    std::string detail;  // of op: "show jobs id"
};

class FirewallHandle {
public:
    virtual ~FirewallHandle() = default;

    // What is, by the running configuration unless said otherwise.
    virtual PacketVerdict verdict(const Traffic& traffic) = 0;
    virtual bool blocks(const std::string& indicator) = 0;
    virtual std::vector<CommitSeen> commits() = 0;  // of the bridge, since the scenario began, oldest first
    virtual bool committing() = 0;
    virtual std::vector<CallSeen> calls() = 0;  // of the bridge, since the scenario began
    /// The nodes that an xpath selects, as XML; an error when the xpath cannot be read.
    virtual tl::expected<std::vector<std::string>, std::string> look(bool running, const std::string& xpath) = 0;
    virtual bool has_pending_changes(const std::string& administrator) = 0;

    // What others do. Errors say what the device answers.
    virtual void add_fault(const SetFault& fault) = 0;
    virtual void clear_faults() = 0;
    virtual tl::expected<void, std::string> lock(const Lock& lock) = 0;
    virtual tl::expected<void, std::string> edit(const Edit& edit) = 0;
    virtual tl::expected<void, std::string> commit_by(const std::string& administrator) = 0;
    virtual tl::expected<void, std::string> happen(const FleetEvent& event) = 0;
    virtual tl::expected<void, std::string> load(const std::string& file) = 0;
    virtual void reboot() = 0;
    virtual tl::expected<void, std::string> register_by(const RegisterBy& what) = 0;
    virtual tl::expected<void, std::string> refresh_by(const RefreshBy& what) = 0;
};

}  // namespace sim::lab
