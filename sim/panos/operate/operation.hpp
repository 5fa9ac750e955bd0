// One operational command: where it stands in the command tree, and what answers it. Each file has a table of
// them for its subject. Not for other rooms.
#pragma once

#include <span>
#include <string_view>

#include "sim/panos/call/call.hpp"

namespace sim::panos {

struct OperationCall {
    Machine& machine;
    const Session& session;
    const Element& command;  // the element at the end of the command's path
};

/// Which devices have a command.
enum class Has { every_device, firewall, panorama };

struct Operation {
    std::string_view path;       // "show jobs id"
    std::string_view arguments;  // children that may be there, blanks between them; "*": any
    Reply (*answer)(const OperationCall&);
    Has has = Has::every_device;
};

std::span<const Operation> job_operations();
std::span<const Operation> system_operations();
std::span<const Operation> configuration_operations();
std::span<const Operation> lock_operations();
std::span<const Operation> policy_operations();
std::span<const Operation> maintenance_operations();
std::span<const Operation> software_operations();
std::span<const Operation> interface_operations();
std::span<const Operation> network_operations();
std::span<const Operation> session_operations();
std::span<const Operation> batch_operations();
std::span<const Operation> advanced_routing_operations();
std::span<const Operation> link_operations();
std::span<const Operation> service_operations();
std::span<const Operation> certificate_request_operations();
std::span<const Operation> master_key_operations();
std::span<const Operation> licence_operations();
std::span<const Operation> authkey_operations();
std::span<const Operation> global_protect_operations();
std::span<const Operation> rulebase_operations();
std::span<const Operation> counter_operations();
std::span<const Operation> vpn_operations();
std::span<const Operation> lldp_operations();
std::span<const Operation> dhcp_operations();
std::span<const Operation> dataplane_operations();
std::span<const Operation> log_operations();
std::span<const Operation> panorama_operations();
std::span<const Operation> pushed_operations();
std::span<const Operation> high_availability_operations();
std::span<const Operation> registration_operations();
std::span<const Operation> external_list_operations();
std::span<const Operation> state_operations();
std::span<const Operation> version_operations();
std::span<const Operation> certificate_operations();
std::span<const Operation> enrolment_operations();

/// The virtual system that a call is about, vsys1 when it names none.
std::string vsys_of(const OperationCall& call);

/// Of what a firewall has from its Panorama, "vsys" or "template"; null when nothing was pushed.
const Node* pushed_part(const Machine& firewall, std::string_view what);

/// Answers that many commands have: an empty result, and what the device says when its maker's server can't be reached.
Reply nothing(const OperationCall& call);
Reply server_not_reached(std::string_view to_do);

/// <completion>s for a configuration's name, and for the number of one that was.
std::string saved_completions(const Machine& machine);
std::string version_completions(const Machine& machine);

}  // namespace sim::panos
