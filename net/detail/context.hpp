// The io_context behind an EventLoop, for this room's own sources.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <optional>

#include "net/event_loop.hpp"

namespace net {

struct EventLoop::Context {
    // Hint 1: one thread runs it, any thread may post to it. Asio keeps its locks and drops its wake-ups.
    boost::asio::io_context io{1};
    std::optional<boost::asio::posix::stream_descriptor> signals;  // a signalfd
};

}  // namespace net
