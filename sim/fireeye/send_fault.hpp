// What goes wrong between an appliance and a receiver.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace sim::fireeye {

struct SendFault {
    enum class Kind {
        none,
        cut_body,            // announces the whole body, sends `after_bytes` of it, and hangs up
        slow_body,           // sends `after_bytes`, waits for `pause`, sends as many again, and so on
        wrong_password,      // another one than configured
        chunked,             // chunked coding instead of Content-Length
        no_expect,           // a large body without asking first
        byte_order_mark,     // UTF-8 mark before the body
        wrong_content_type,  // `content_type`
        raw_newline,         // line ends inside JSON strings as they are, which JSON forbids (reference §4.2)
    };
    Kind kind = Kind::none;
    std::size_t after_bytes = 0;
    std::chrono::milliseconds pause{0};
    std::string content_type{};

    /// Whether it changes nothing but the body's bytes, so that it can be shown without a socket.
    bool is_of_body() const { return kind == Kind::none || kind == Kind::byte_order_mark || kind == Kind::raw_newline; }
};

/// "cut:400", "slow:2KiB/s", "slow:100/250ms" (pieces of 100 bytes, 250 ms between them), "chunked", "bom",
/// "no-expect", "wrong-password", "content-type:text/plain", "raw-newline".
///
/// Errors   a line that says what can be written
tl::expected<SendFault, std::string> parse_fault(std::string_view text);

/// The body as the fault leaves it, for the faults that change it.
///
/// Errors   raw-newline, and no JSON string that takes one
tl::expected<std::string, std::string> body_with(const SendFault& fault, std::string_view body);

}  // namespace sim::fireeye
