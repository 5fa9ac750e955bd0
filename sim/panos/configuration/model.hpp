// The models as profiles: what each is called where, what it takes, how fast its management plane is.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "sim/panos/configuration/schema.hpp"

namespace sim::panos {

struct Model {
    std::string_view name;    // as it is asked for: "PA-3220", "VM-100", "Panorama"
    std::string_view shown;   // as it calls itself: every VM-Series firewall is a "PA-VM"
    std::string_view family;  // <family> and <platform-family> of show system info
    std::string_view vm_license;
    Limits limits;
    unsigned vsys_base = 1;
    unsigned vsys_max = 1;
    std::size_t sessions = 0;
    unsigned management_cores = 2;  // the load model's measure
    unsigned commit_seconds = 20;   // a commit of a small configuration
    unsigned boot_seconds = 300;    // from the restart to the API

    bool virtual_machine() const { return !vm_license.empty() || family == "pc"; }
    bool panorama() const { return family == "pc" || family == "m"; }
    std::chrono::seconds commit_time() const { return std::chrono::seconds(commit_seconds); }
    std::chrono::seconds boot_time() const { return std::chrono::seconds(boot_seconds); }
};

std::span<const Model> models();
/// Null for a name that is none of them.
const Model* find_model(std::string_view name);
/// "PA-220, PA-410, ..."
std::string model_names();

}  // namespace sim::panos
