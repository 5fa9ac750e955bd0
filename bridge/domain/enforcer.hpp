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
#include "bridge/domain/name_list.hpp"
#include "bridge/domain/registration.hpp"
#include "bridge/domain/time.hpp"

namespace bridge::domain {

using JobId = std::uint32_t;  // the firewall's numbering

// What the enforcer asks of the device.
struct ReadJobs {};       // is a commit of ours queued or running?
struct ReadObjects {};    // the address objects in the candidate whose name begins as ours do
struct ReadCapacity {};   // what the device can hold, and what it holds
struct ReadGroups {       // the group that the rules name and, with `children`, those that continue it
    bool running = true;  // else in the candidate
    bool children = false;
    std::string only{};  // of the running configuration just the group of that name
};
/// Members for one group, which is made if it is not there and is a child.
struct GroupMembers {
    std::string group;
    std::vector<std::string> members;
    bool child = false;
};
struct SetMembers {  // all in one request; the objects are there before the members that name them
    std::vector<AddressObject> objects;
    std::vector<GroupMembers> groups;
    bool make_tag = false;  // our tag is not there: it gets our mark, so that it may be deleted one day
};
struct DeleteMembers {  // from whichever of the groups has them
    std::vector<std::string> groups;
    std::vector<std::string> names;
};
struct DeleteGroups {
    std::vector<std::string> names;
};
struct DeleteObjects {
    std::vector<std::string> names;
};
struct ReadTag {};    // the tag in the candidate that our objects carry
struct DeleteTag {};  // that one
struct StartCommit {
    std::string description;
};
struct ReadJob {
    JobId job;
};
// The same of a Panorama.
struct ReadDevices {};     // the firewalls that get what we write, and whether they have the newest
struct ReadDeviceGroups {  // what was pushed to one of them: our group and its children
    std::string serial;
};
struct Receiver {
    std::string device_group;
    std::string serial;
};
struct StartPush {
    std::vector<Receiver> receivers;
    std::string description;
};
struct ReadPush {
    JobId job;
};
using Call = std::variant<ReadJobs, ReadObjects, ReadCapacity, ReadGroups, SetMembers, DeleteMembers, DeleteGroups,
                          DeleteObjects, StartCommit, ReadJob, ReadDevices, ReadDeviceGroups, StartPush, ReadPush,
                          ReadTag, DeleteTag, ReadSystem, ReadDynamicGroup, ReadRegistered, ReadRegisteredAddress,
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
    NameList as_named;                // ours, and just what their names say (SeenObject::is_as_named)
    std::vector<SeenObject> objects;  // all others

    /// To the one or the other: of a hundred thousand blocks nearly all are as named, and cost their names alone.
    void add(SeenObject object);
};
struct CapacitySeen {  // none: the device does not tell
    std::optional<std::size_t> objects_max;
    std::optional<std::size_t> group_members_max;
    std::optional<std::size_t> objects;  // address objects in the candidate, everybody's
};
struct GroupSeen {
    std::string name;
    bool is_static = true;
    bool ours = false;  // carries our mark
    NameList members;
    std::string filter{};  // of a dynamic one
};
struct GroupsSeen {
    std::vector<GroupSeen> groups;  // those that are there

    const GroupSeen* find(std::string_view name) const;
};
struct TagSeen {
    bool there = false;
    bool ours = false;  // carries our mark: we made it, and nobody has changed it since
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
struct ManagedDevice {
    std::string serial;
    std::string name;  // its host name, or the serial number again while it is not connected
    std::string device_group;
    bool connected = false;
    bool in_sync = false;  // it has all that the Panorama has for it
};
struct DevicesSeen {
    std::vector<ManagedDevice> devices;
};
struct PushSeen {
    struct Device {
        enum class State { pending, succeeded, failed } state = State::pending;
        std::string serial;
        std::string details;  // of one that failed, one line
    };
    bool over = false;  // the Panorama's own part
    bool failed = false;
    std::string details;  // of a Panorama's part that failed
    std::vector<Device> devices;
};
using Reply =
    std::variant<JobsSeen, ObjectsSeen, CapacitySeen, GroupsSeen, Done, CommitAnswered, JobSeen, DevicesSeen, PushSeen,
                 TagSeen, SystemSeen, RegisteredSeen, RegisteredCounted, RegistrationAnswered, ListSeen>;
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

/// How much of a thing there is, and how much there may be.
struct Gauge {
    std::size_t used = 0;
    std::size_t max = 0;  // 0: not known
};
struct Capacity {
    Gauge members;            // of the groups, ours and others
    Gauge objects;            // address objects on the device, ours and others
    std::size_t refused = 0;  // blocks that wait for room

    /// "ok", "high" from 80 % on, "full".
    std::string_view level() const noexcept;
};

/// A firewall behind a Panorama, as far as our blocks are concerned.
struct DeviceState {
    std::string serial;
    std::string name;
    bool connected = false;
    std::string state;  // "current", "waiting", "pushing", "failed", "disconnected"
    std::string reason;
};

class Enforcer {
public:
    virtual ~Enforcer() = default;

    /// One by one, before anything else happens: what the ledger has for this target. Nothing of it is kept but what
    /// the way to block needs, so that a hundred thousand blocks are never there twice.
    virtual void know(const Block& block) = 0;

    /// Takes what happened; the answer is what to do now, in order.
    virtual Actions on(const Event& event, Instant now) = 0;

    /// In one word: "idle", "committing", "waiting".
    virtual std::string_view state() const = 0;
    /// What it waits for, in words; empty unless waiting.
    virtual const std::string& reason() const = 0;
    virtual const std::string& last_error() const = 0;
    /// Commits started since the process did; 0 for ways to block that need none.
    virtual std::uint64_t commits() const = 0;
    virtual Capacity capacity() const { return {}; }
    /// Of a Panorama.
    virtual std::vector<DeviceState> devices() const { return {}; }
};

}  // namespace bridge::domain
