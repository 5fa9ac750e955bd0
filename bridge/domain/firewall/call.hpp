// What is asked of a device, a firewall or a Panorama: one call at a time, whatever protocol carries it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "bridge/domain/firewall/address_object.hpp"
#include "bridge/domain/firewall/external_list.hpp"
#include "bridge/domain/firewall/registration.hpp"

namespace bridge::domain {

using JobId = std::uint32_t;  // the firewall's numbering

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

}  // namespace bridge::domain
