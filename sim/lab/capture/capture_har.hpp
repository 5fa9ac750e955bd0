// Reads HAR, the recording of a browser's or a proxy's network tab.
#pragma once

#include <string>
#include <string_view>

#include "sim/lab/capture/capture.hpp"

namespace sim::lab {

/// Shape    {"log":{"entries":[{"request":{"method","headers","postData":{"text","encoding"}},"response":{"status"}}]}}
/// Source   HAR 1.2; "encoding": "base64" beside the text is a habit of exporters
Capture read_har(std::string_view bytes, const std::string& place);

}  // namespace sim::lab
