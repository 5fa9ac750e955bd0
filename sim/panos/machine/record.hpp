// What a device remembers of what was done to it. No key and no password is ever in it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "sim/panos/machine/jobs.hpp"

namespace sim::panos {

struct RecordedCall {
    Instant time{};
    std::string administrator;  // empty: not known (keygen with a wrong password, a wrong key)
    std::string peer;
    std::string method;
    std::string type;    // keygen, config, commit, op, version, export, ...
    std::string action;  // of config: get, set, ...; of op: "show jobs id"; of commit: "partial", "full", ...
    std::string target;  // of a call to a Panorama: the firewall's serial number
    std::string xpath;
    std::size_t element_bytes = 0;
    unsigned http_status = 200;
    std::string status;  // of the <response>: success, error
    std::string code;
    std::size_t request_bytes = 0;   // target and body
    std::size_t response_bytes = 0;  // body
    std::string fault;               // what the fault desk did to it
};

/// The last calls, oldest first.
using CallLog = std::deque<RecordedCall>;
inline constexpr std::size_t calls_kept_max = 100'000;

/// Members that a commit added to an address group and took from it.
struct GroupChange {
    std::string vsys;  // or "shared"
    std::string group;
    std::vector<std::string> added;
    std::vector<std::string> removed;
};

struct RecordedCommit {
    std::uint64_t job = 0;
    std::string administrator;
    std::string description;
    bool partial = false;
    bool forced = false;
    std::vector<std::string> admins;  // of a partial commit: whose changes
    Instant enqueued{};
    std::optional<Instant> started;
    std::optional<Instant> finished;
    JobResult result = JobResult::pending;
    std::vector<std::string> details;
    std::vector<GroupChange> groups;
    std::vector<std::string> objects_added;  // "address NAME", "rules NAME", ...
    std::vector<std::string> objects_removed;
    std::vector<std::string> objects_changed;
    bool changed_elsewhere = false;  // something that is no such object differs
    NodePtr before;                  // the running configuration, of the last commits that went well; else null
    NodePtr after;
};

}  // namespace sim::panos
