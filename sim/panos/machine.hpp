// The device's inside: its state, and what the request handlers share. Not for other rooms.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/panos/configuration.hpp"
#include "sim/panos/device.hpp"
#include "sim/panos/reply.hpp"
#include "sim/panos/request.hpp"

namespace sim::panos {

struct Machine {
    DeviceOptions options;
    Version version;
    Limits limits;
    Configuration configuration;
    JobQueue jobs{};
    Locks locks{};
    FaultDesk faults{};
    std::vector<RecordedCall> calls{};
    std::vector<RecordedCommit> commits{};
    Instant booted{};
    std::string serial{};
    std::string host_name{};
    mutable std::shared_ptr<const Policy> policy{};  // of the running configuration, made when asked for

    /// Jobs that are due end, the next ones start.
    void advance(Instant now);
    void enqueue(Job job, Instant now);
    const Policy& compiled() const;
    void running_changed() { policy = nullptr; }

private:
    void start(Job& job, Instant at);
    void finish(Job& job, Instant at);
    void work_out(Job& job) const;
    void record(const Job& job, const Differences& changed);
};

/// A request that was let in.
struct Session {
    std::string admin;
    std::string vsys;  // of the request, empty when not given
    Instant now{};
};

/// What the record says of a call beyond the answer.
struct CallNote {
    std::string action;
    std::string xpath;
    std::size_t element_bytes = 0;
};

/// An authenticated call, ready to be carried out: what it is known by to the fault desk, and what does it.
struct Prepared {
    FaultOn kind = FaultOn::any;
    std::optional<FaultOn> also;
    CallNote note;
    std::function<Reply()> carry_out;
};

Prepared prepare_config(Machine& machine, const Session& session, const Parameters& parameters);
Prepared prepare_operation(Machine& machine, const Session& session, const Parameters& parameters);
Prepared prepare_commit(Machine& machine, const Session& session, const Parameters& parameters);

struct CommitRequest {
    Take take{};
    bool partial = false;
    bool forced = false;
    bool validate = false;
    std::string description;
};
/// Starts the job, or says why there is none.
Reply commit(Machine& machine, const Session& session, const CommitRequest& request);
/// The number of the job that an answer of commit() names.
std::optional<std::uint64_t> job_of(const Reply& reply);

/// Lines for an element that no command has: from the innermost outwards. `path` leads to the unexpected one.
Lines unexpected_lines(const std::vector<std::string>& path);

/// An administrator's key, bound to the password.
std::string make_api_key(std::uint64_t seed, const Administrator& administrator);

}  // namespace sim::panos
