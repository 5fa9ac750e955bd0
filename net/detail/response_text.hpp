// A response as bytes for the wire.
#pragma once

#include <string>
#include <string_view>

#include "net/http.hpp"

namespace net::detail {

struct ResponseFrame {
    std::string_view server{};  // empty: no Server header
    std::string_view date{};    // IMF-fixdate
    bool keep_alive = true;
    bool http_1_0 = false;  // such a client must be told when the connection stays
};

/// Appends status line and headers. A Content-Length, Date, Server or Connection that the handler gave stands in
/// place of ours. Line breaks inside a name or value become spaces.
void append_head(std::string& out, const HttpResponse& response, const ResponseFrame& frame);

/// Whether an answer of this status has a body at all (RFC 9110, section 6.4.1).
bool has_body(unsigned status);

}  // namespace net::detail
