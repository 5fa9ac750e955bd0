// HTTP requests and responses as plain values: what a handler sees and gives, without the parser that made them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace net {

struct HttpHeader {
    std::string name;
    std::string value;
};

/// Who is at the other end of a Unix socket, as the kernel says (SO_PEERCRED: at the time of connect).
struct LocalPeer {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
};

struct HttpRequest {
    std::string method;  // as sent: "POST"
    std::string target;  // as sent, not decoded: "/api/?type=op"
    std::vector<HttpHeader> headers;
    std::string body;
    std::string peer;                // address of the other end, canonical text, without port; "local" on a Unix socket
    std::optional<LocalPeer> local;  // on a Unix socket
    std::string client_certificate;  // subject of a verified client certificate, or empty

    /// Value of the first header of that name (case folded), or empty.
    std::string_view header(std::string_view name) const;
};

/// Faults that a mock server puts on the wire. All of them off: an honest answer.
struct WireFault {
    std::chrono::milliseconds delay{0};      // before the first byte
    std::optional<std::size_t> cut_after{};  // close (RST) after this many bytes of the serialised answer
    bool drop = false;                       // close without a byte
};

struct HttpResponse {
    unsigned status = 200;
    std::vector<HttpHeader> headers{};  // Content-Length, Date and Connection are added, unless they are here
    std::string body{};
    bool close = false;  // close the connection after this answer
    WireFault fault{};
};

/// User and password out of an `Authorization: Basic` value; nullopt when it is no such thing.
std::optional<std::pair<std::string, std::string>> basic_credentials(std::string_view authorization);

/// The reason phrase of a status: "Not Found".
std::string_view reason_phrase(unsigned status);

}  // namespace net
