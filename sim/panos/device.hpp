// A PAN-OS firewall without its sockets: requests and the time go in, answers come out. It has no thread and no clock,
// so that the same device runs behind a server in real time and in a simulation in virtual time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "net/http.hpp"
#include "sim/panos/fault.hpp"
#include "sim/panos/locks.hpp"
#include "sim/panos/policy.hpp"
#include "sim/panos/record.hpp"

namespace sim::panos {

using ApiCall = net::HttpRequest;
using ApiAnswer = net::HttpResponse;

struct Administrator {
    std::string name;
    std::string password;
};

struct DeviceOptions {
    std::string name = "fw";
    std::string version = "10.1.9";
    std::string model = "PA-VM";
    std::vector<Administrator> administrators = {{"admin", "admin"}};
    std::chrono::microseconds commit_time = std::chrono::seconds(20);
    std::chrono::microseconds validate_time = std::chrono::seconds(2);  // at most the commit time
    std::string prepare_group;                                          // --prepare GROUP; empty: none
    std::string load_xml;        // the running configuration to start with, as text; empty: the factory's
    std::uint64_t seed = 0;      // API keys, serial number
    std::size_t queue_max = 10;  // administrators' commits that may wait (the real number is not known)
    /// A commit after a failed one, without an edit between them: true answers code 13 and starts no job.
    bool refuse_repeat_of_failed_commit = false;
};

class Device {
public:
    /// Errors: an unreadable configuration, a group name that can't be prepared, an unknown version.
    static tl::expected<std::unique_ptr<Device>, std::string> make(DeviceOptions options, Instant now);
    ~Device();
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    /// One API request, whole, answered whole; never throws for what the client sent. `fault` of the answer says what
    /// is to happen on the wire.
    ApiAnswer handle(const ApiCall& call, Instant now);
    /// Does what is due by `now`: jobs end and start.
    void advance(Instant now);
    /// When advance() has something to do next.
    std::optional<Instant> next_event() const;

    const DeviceOptions& options() const;
    /// A valid key of that administrator, as keygen would give it; empty for an unknown one.
    std::string api_key(std::string_view administrator) const;
    /// Keys made with the old password end, and are good again when it is set back.
    void change_password(std::string_view administrator, std::string password);

    /// From the running configuration.
    Verdict verdict(const Flow& flow, Instant now) const;
    bool blocks(std::string_view indicator) const;

    // what happened
    const std::vector<RecordedCall>& calls() const;
    const std::vector<RecordedCommit>& commits() const;
    FaultDesk& faults();

    // what an administrator does by hand, without the API
    /// False when somebody holds it already.
    bool lock(LockKind kind, std::string_view admin, std::string_view comment, Instant now);
    bool unlock(LockKind kind, std::string_view admin);
    const std::vector<Lock>& locks() const;
    /// An uncommitted change. Errors: what the device refused.
    tl::expected<void, std::string> set_as(std::string_view admin, std::string_view xpath, std::string_view element_xml,
                                           Instant now);
    tl::expected<void, std::string> delete_as(std::string_view admin, std::string_view xpath, Instant now);
    /// A full commit, or a partial one of his own changes; the job's number, or why there is none.
    tl::expected<std::uint64_t, std::string> commit_as(std::string_view admin, bool only_own, Instant now);
    /// Replaces candidate and running; nothing is pending afterwards.
    tl::expected<void, std::string> load_running(std::string_view xml);
    /// Paths that were changed and are not committed, in order; all administrators' when `admin` is empty.
    std::vector<std::string> pending(std::string_view admin = {}) const;

    // looking at it
    NodePtr running() const;
    NodePtr candidate() const;
    std::string running_xml() const;
    const JobQueue& jobs() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
    explicit Device(std::unique_ptr<Parts> parts);
};

}  // namespace sim::panos
