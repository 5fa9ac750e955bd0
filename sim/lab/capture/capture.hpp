// What a recording of HTTP traffic holds, whatever it was recorded with: requests with the answers that they got, and
// what could not be used, with place and reason.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace sim::lab {

struct CapturedRequest {
    std::string place;  // "deliveries.har, entry 3"
    std::string method;
    std::string content_encoding;      // empty: the body is as it was made
    std::string body;                  // complete, chunks put together
    std::optional<unsigned> status{};  // of the final answer, when the recording has it
};

struct Unusable {
    std::string place;
    std::string reason;
};

struct Capture {
    std::vector<CapturedRequest> requests;
    std::vector<Unusable> unusable;
};

/// Bounds on what is read: a recording comes from anywhere.
inline constexpr std::size_t capture_file_bytes_max = 256U << 20U;  // of a HAR, HTTP or payload file
inline constexpr std::size_t capture_body_bytes_max = 64U << 20U;
inline constexpr std::size_t capture_requests_max = 10'000;
inline constexpr std::size_t capture_stream_bytes_max = 512U << 20U;  // of all connections of a packet capture
inline constexpr std::size_t capture_connections_max = 20'000;

/// Appends what `more` has.
void append(Capture& all, Capture more);

}  // namespace sim::lab
