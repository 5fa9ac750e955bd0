// Reads HTTP/1.x as it went over a wire: one or more requests, pipelined or not, chunked or not, with or without their
// answers. Beast stays in the .cpp.
#pragma once

#include <string>
#include <string_view>

#include "sim/lab/capture/capture.hpp"

namespace sim::lab {

/// Shape     requests and answers in the order in which they were sent, as "follow stream" saves a connection; an
///           interim answer (100 Continue) may stand between a request's header and its body. Lines may end in LF
///           alone, as an editor leaves them.
/// Returns   the requests that are complete, each with the answer that it got; everything else as unusable
Capture read_http(std::string_view bytes, const std::string& place);

/// The two directions of one connection.
Capture read_http(std::string_view requests, std::string_view answers, const std::string& place);

/// Whether bytes begin as HTTP/1.x does: with a request line or a status line.
bool looks_like_http(std::string_view bytes);

/// Whether they begin with a status line.
bool looks_like_answer(std::string_view bytes);

/// Why bytes that are no HTTP/1.x cannot be read, and what to do instead ("TLS ..."); empty when that is not known.
std::string why_not_http(std::string_view bytes);

}  // namespace sim::lab
