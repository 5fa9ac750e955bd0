// What a device answers to a call, read: what it has, how far a job is, that it is done.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bridge/domain/firewall/address_object.hpp"
#include "bridge/domain/firewall/call.hpp"
#include "bridge/domain/firewall/external_list.hpp"
#include "bridge/domain/firewall/name_list.hpp"
#include "bridge/domain/firewall/registration.hpp"

namespace bridge::domain {

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
}  // namespace bridge::domain
