// What the mock answers and where each answer's shape comes from: one table, from which docs/panos-coverage.md is made.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sim::panos {

/// observed: a recorded answer of a real device, or a test-suite that runs against devices, shows it.
/// documented: Palo Alto Networks says it. assumed: decided here; check on a device before relying on it.
enum class Provenance { observed, documented, assumed };

struct Coverage {
    std::string_view type;      // of the API call, or "fault", "model"
    std::string_view what;      // action, command, case
    std::string_view versions;  // "all", "7.1 on", ...
    Provenance provenance = Provenance::assumed;
    std::string_view source;  // and remarks
};

std::span<const Coverage> coverage();
/// What a device has and the mock answers as unknown.
std::span<const std::string_view> not_covered();
/// docs/panos-coverage.md, whole.
std::string coverage_page();

}  // namespace sim::panos
