// Turns recordings of what appliances sent into scenarios: HAR, raw HTTP, packet captures, bare payloads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/reproduction/reproduction.hpp"
#include "sim/lab/capture/capture.hpp"

namespace sim::lab {

enum class CaptureKind { har, http, pcap, payload };

std::optional<CaptureKind> capture_kind_named(std::string_view name);

/// By its first bytes; what is nothing else is a payload.
CaptureKind capture_kind_of(std::string_view first_bytes, std::string_view file_name);

struct Imported {
    std::vector<bridge::reproduction::Reproduction> reproductions;
    std::vector<Unusable> unusable;
};

/// Reads the files and makes one scenario for each notification in them, in their order. What is expected is what the
/// bridge's own reading and `rules` decide now. A raw HTTP file with answers only holds those to the file before it.
/// Bounds   the first 1,000 notifications
Imported import_captures(const std::vector<std::string>& files, std::optional<CaptureKind> kind,
                         const bridge::reproduction::Rules& rules, bridge::reproduction::Scrubbing scrubbing);

}  // namespace sim::lab
