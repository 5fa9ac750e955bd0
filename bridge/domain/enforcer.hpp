// Brings one target to what the ledger wants: what an enforcer of any kind is told, asks and answers. It is a state
// machine without I/O: events and the time come in, actions go out, so that it runs the same in production and in a
// simulation. There is one kind for each way to block: group_enforcer.hpp (a static group and commits),
// registration_enforcer.hpp (registered addresses), list_enforcer.hpp (lists that firewalls fetch).
//
// At most one call to a device is under way: every `Call` in the actions is answered by exactly one `Answer`, and every
// `CallOn` by one `AnswerFrom` of the same firewall, before the next one goes out there.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bridge/domain/address_object.hpp"
#include "bridge/domain/block.hpp"
#include "bridge/domain/external_list.hpp"
#include "bridge/domain/failure.hpp"
#include "bridge/domain/registration.hpp"
#include "bridge/domain/time.hpp"

namespace bridge::domain {

using JobId = std::uint32_t;  // the firewall's numbering

// What the enforcer asks of the device.
struct ReadJobs {};          // is a commit of ours queued or running?
struct ReadObjects {};       // the address objects in the candidate whose name begins as ours do
struct ReadRunningGroup {};  // the members of our group in the running configuration
struct SetObjects {
    std::vector<AddressObject> objects;
};
struct SetMembers {
    std::vector<std::string> names;
};
struct DeleteMembers {
    std::vector<std::string> names;
};
struct DeleteObjects {
    std::vector<std::string> names;
};
struct StartCommit {
    std::string description;
};
struct ReadJob {
    JobId job;
};
using Call = std::variant<ReadJobs, ReadObjects, ReadRunningGroup, SetObjects, SetMembers, DeleteMembers, DeleteObjects,
                          StartCommit, ReadJob, ReadSystem, ReadDynamicGroup, ReadRegistered, ReadRegisteredAddress,
                          CountRegistered, RegisterAddresses, RefreshList, ReadList>;

/// The same of one of several firewalls that a target has to do with, by its place in the target's settings.
struct CallOn {
    std::size_t firewall;
    Call call;
};

// What it asks of the rest of the bridge.
struct Wake {
    Instant at;  // send Woken then; replaces an earlier Wake
};
struct Record {
    std::vector<BlockChange> changes;
};
enum class Weight { detail, news, warning };
struct Note {
    Weight weight;
    std::string text;
};
using Action = std::variant<Call, CallOn, Wake, Record, Note>;
using Actions = std::vector<Action>;

// What comes in.
struct Started {};
struct Want {
    std::vector<Indicator> indicators;
};
struct Unwant {  // expired or unblocked
    std::vector<Indicator> indicators;
};
struct Woken {};

struct JobsSeen {
    std::optional<JobId> ours;  // the newest commit of our administrator that is queued or running
};
struct ObjectsSeen {
    std::vector<SeenObject> objects;
};
struct GroupSeen {
    bool exists = false;
    bool is_static = true;
    std::vector<std::string> members;
    std::string filter{};  // of a dynamic one
};
struct Done {};
struct CommitAnswered {
    std::optional<JobId> job;  // none: there was nothing to commit
};
struct JobSeen {
    enum class State { queued, running, succeeded, failed } state = State::queued;
    int progress = 0;                          // percent
    std::optional<std::chrono::seconds> took;  // by the device's clock, of a finished job
    std::string details;                       // of a failed one, one line
};
using Reply = std::variant<JobsSeen, ObjectsSeen, GroupSeen, Done, CommitAnswered, JobSeen, SystemSeen, RegisteredSeen,
                           RegisteredCounted, RegistrationAnswered, ListSeen>;
struct Answer {
    Result<Reply> reply;
};
struct AnswerFrom {
    std::size_t firewall;
    Result<Reply> reply;
};
struct PageFetched {  // somebody with the target's credentials was given this page
    ListKind kind;
    std::uint64_t version;
};
using Event = std::variant<Started, Want, Unwant, Woken, Answer, AnswerFrom, PageFetched>;

class Enforcer {
public:
    virtual ~Enforcer() = default;

    /// Takes what happened; the answer is what to do now, in order.
    virtual Actions on(const Event& event, Instant now) = 0;

    /// In one word: "idle", "committing", "waiting".
    virtual std::string_view state() const = 0;
    /// What it waits for, in words; empty unless waiting.
    virtual const std::string& reason() const = 0;
    virtual const std::string& last_error() const = 0;
    /// Commits started since the process did; 0 for ways to block that need none.
    virtual std::uint64_t commits() const = 0;
};

}  // namespace bridge::domain
