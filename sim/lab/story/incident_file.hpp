// A file of incidents: what happened, in more detail than a `send` step or the command line has words for, and the
// appliance that tells it. `firebreak-lab fireeye render|send --incident FILE`, and `send: {incidents: FILE}`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/fireeye/incident.hpp"
#include "sim/lab/story/scenario.hpp"

namespace sim::lab {

struct IncidentFile {
    std::optional<ApplianceSetup> appliance;  // who tells it; nullopt: whoever asks
    std::optional<ApplianceSetup> manager;    // `through`: the CM that tells it too
    bool digest = false;                      // all in one body
    bool backlog = false;                     // the newest first
    bool dual = false;                        // ips events twice
    std::vector<fireeye::Incident> incidents;
};

/// Errors: every complaint, each with file, line, column and path, and the nearest right key. With an appliance in the
/// file they include what it cannot send.
tl::expected<IncidentFile, std::vector<std::string>> read_incidents(std::string_view text, const std::string& file);

/// The same from disk.
tl::expected<IncidentFile, std::vector<std::string>> load_incidents(const std::string& file);

}  // namespace sim::lab
