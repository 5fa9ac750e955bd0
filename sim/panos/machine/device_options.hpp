// What a device is made of: its administrators, model, version, times, and the configuration that it starts with.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/panos/machine/management_load.hpp"

namespace sim::panos {

struct Administrator {
    std::string name;
    std::string password;
    std::string role{};  // "superreader", "vsysadmin:vsys1", ... (role.hpp); empty: the configuration's, or superuser
};

class ListFetcher;

/// An external dynamic list that an administrator has made, with rules that deny what is in it.
struct PreparedList {
    std::string name;
    std::string kind;  // "ip"; "url": a rule with it as its category; "domain": no rule can name one
    std::string url;
    std::string user{};  // of Basic authentication; empty: none
    std::string password{};
};

struct DeviceOptions {
    std::string name = "fw";
    std::string version = "10.1.9";
    std::string model = "PA-VM";  // "Panorama" is no firewall: it manages some
    std::vector<Administrator> administrators = {{"admin", "admin"}};
    std::chrono::microseconds commit_time = std::chrono::seconds(20);
    std::chrono::microseconds validate_time = std::chrono::seconds(2);  // at most the commit time
    std::string prepare_group;                                          // --prepare GROUP; empty: none
    std::string prepare_match{};                // of the group, which is then a dynamic one: "'firebreak'"
    std::vector<PreparedList> prepare_lists{};  // fetched every five minutes
    std::string load_xml;        // the running configuration to start with, as text; empty: the factory's
    std::uint64_t seed = 0;      // API keys, serial number
    std::string serial;          // empty: made from the seed
    std::string prepare_in;      // of a Panorama: the device group to prepare (made when missing); empty: shared
    std::size_t queue_max = 10;  // administrators' commits that may wait (the real number is not known)
    std::chrono::microseconds query_time = std::chrono::milliseconds(300);  // of type=log, report, technical support
    bool multi_vsys = false;  // several virtual systems: further ones can be made
    /// A commit after a failed one, without an edit between them: true answers code 13 and starts no job.
    bool refuse_repeat_of_failed_commit = false;
    std::chrono::microseconds boot_time{0};  // from a restart to the API; 0: the model's
    ManagementOptions management{};          // how calls slow each other down; without a service time: not at all
    /// How long registered addresses need to reach the groups; devices take up to a minute.
    std::chrono::microseconds registration_delay{0};
    /// Gets external dynamic lists; without one every refresh fails and they stay empty.
    std::shared_ptr<ListFetcher> list_fetcher{};
    /// What names resolve to from the start; Device::set_fqdn() changes it.
    std::map<std::string, std::vector<std::string>> fqdn{};
};

}  // namespace sim::panos
